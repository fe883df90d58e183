"""The loop itself: it wakes, it works, it comes back by itself."""

import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection

from crisis.operations.incident import raise_incident
from escalation import clock
from escalation.models import ClockBeat, Page
from escalation.queries import clock_age, is_clock_alive
from tests.story import House, at, make_house, next_moment


def test_next_moment_is_the_nearest_of_all_that_is_armed(house: House) -> None:
    """A clock that sleeps past a deadline is no clock."""
    assert next_moment(at(0), at(1)) == at(1)
    house.alarm()

    assert next_moment(at(0), at(1)) == at(0)
    clock.advance_due(now=at(0))
    assert next_moment(at(0), at(600)) == at(0), "the page that was queued is due at once"
    Page.objects.update(status="sent", next_send_at=None)
    assert next_moment(at(0), at(600)) == at(60)


def test_beat_tells_the_clocks_age(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead clock behind a green screen is the worst of all."""
    assert clock_age(at(0)) is None
    assert not is_clock_alive(at(0))
    monkeypatch.setattr(clock, "now", lambda: at(0))

    clock.tick("test")

    assert clock_age(at(10)) == 10
    assert is_clock_alive(at(10))
    assert not is_clock_alive(at(10.5))


def test_several_drivers_leave_a_beat_each(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One dead driver of two must be seen in the rows."""
    monkeypatch.setattr(clock, "now", lambda: at(0))
    clock.tick("one")
    clock.tick("two")

    assert ClockBeat.objects.count() == 2


def test_clock_stands_behind_those_that_live(db: None) -> None:
    """Behind the dead it would be late for ever; before everybody, all would jump at a page."""
    for driver, seconds in (
        ("a@h:1", 6),
        ("b@h:2", 10),
        ("c@h:3", 10),
        ("tick", 10),
        ("z@h:4", 10),
    ):
        clock.leave_beat(driver, at(seconds))

    places = {name: clock.clocks_before(name, at(11)) for name in ("b@h:2", "c@h:3", "z@h:4")}

    assert places == {"b@h:2": 0, "c@h:3": 1, "z@h:4": 2}


@pytest.fixture
def running() -> Iterator[clock.Clock]:
    driver = clock.Clock("test")
    driver.start()
    yield driver
    driver.stop()


def page_leaves(seconds: float = 5) -> bool:
    """Wait, without guessing how long, until the first page is out."""
    done = threading.Event()
    deadline = threading.Timer(seconds, done.set)
    deadline.start()
    try:
        while not done.is_set():
            if Page.objects.filter(sent_at__isnull=False).exists():
                return True
        return False
    finally:
        deadline.cancel()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_raising_wakes_a_sleeping_clock(running: clock.Clock) -> None:
    """Without the wake a page would wait for the end of a sleep."""
    house = make_house()

    raise_incident(storm=house.storm(), by=house.olga, now=clock.now())

    assert page_leaves()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_clock_comes_back_after_its_connection_was_cut(running: clock.Clock) -> None:
    """The database was restarted at night: nobody should have to restart the clock."""
    house = make_house()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    raise_incident(storm=house.storm(), by=house.olga, now=clock.now())

    assert page_leaves()


def test_failed_pass_is_logged_and_the_next_one_is_made(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One hiccup of the database must not end the loop for good."""
    driver = clock.Clock("test")
    calls = []

    def fail_once() -> clock.Agenda:
        calls.append(len(calls))
        if len(calls) == 1:
            raise OperationalError("the connection is closed")
        driver.stop(0)
        return clock.Agenda(at(0), None, None)

    monkeypatch.setattr(clock, "agenda", fail_once)
    monkeypatch.setattr(driver, "_sleep", lambda look: None)
    monkeypatch.setattr(clock, "close_old_connections", lambda: None)
    monkeypatch.setattr(clock.connection, "close", lambda: None)

    driver.run()

    assert len(calls) == 2
    assert "missed a pass" in caplog.text
