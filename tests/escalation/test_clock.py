"""The loop itself: it wakes, it works, it comes back by itself."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction

from crisis.operations.incident import raise_incident
from escalation import clock
from escalation.models import ClockBeat, Escalation, Page
from escalation.operations.wake import wake_clock
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


def page_leaves(seconds: float = 5, but: int = 0) -> bool:
    """Wait, without guessing how long, until a page is out."""
    done = threading.Event()
    deadline = threading.Timer(seconds, done.set)
    deadline.start()
    try:
        while not done.wait(0.01):
            if Page.objects.filter(sent_at__isnull=False).exclude(pk=but).exists():
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
def test_turns_a_few_milliseconds_apart_are_taken_together(house: House) -> None:
    """The second would wait until the first had been written, and be late for nothing."""
    first = at(300)
    for milliseconds in (0, 4, 5):
        moment = first + timedelta(milliseconds=milliseconds)
        run = house.alarm(post_text=str(milliseconds)).escalation
        Escalation.objects.filter(pk=run.pk).update(next_page_at=moment)

    look = clock.agenda()

    assert (look.turn_at, look.turns_until) == (first, first + timedelta(milliseconds=4))
    assert look.turns == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_no_page_leaves_before_its_moment(running: clock.Clock) -> None:
    """The clock is ready early: that must show nowhere outside."""
    house = make_house()
    raise_incident(storm=house.storm(), by=house.olga, now=clock.now())
    run = Escalation.objects.get()
    assert page_leaves()
    due = clock.now() + timedelta(milliseconds=300)
    with transaction.atomic():
        Escalation.objects.filter(pk=run.pk).update(next_page_at=due)
        run.steps.filter(position=1).update(due_at=due)
        wake_clock()

    assert page_leaves(but=Page.objects.get().pk)

    page = Page.objects.latest("pk")
    fired_at = run.steps.get(position=1).fired_at
    assert page.sent_at is not None
    assert fired_at is not None
    assert page.due_at == due <= fired_at <= page.sent_at


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

    def fail_once(but: object) -> clock.Agenda:
        calls.append(len(calls))
        if len(calls) == 1:
            raise OperationalError("the connection is closed")
        driver.stop(0)
        return clock.Agenda(at(0), None, None, None, None)

    monkeypatch.setattr(clock, "agenda", fail_once)
    monkeypatch.setattr(driver, "_sleep", lambda look: None)
    monkeypatch.setattr(clock, "close_old_connections", lambda: None)
    monkeypatch.setattr(clock.connection, "close", lambda: None)

    driver.run()

    assert len(calls) == 2
    assert "missed a pass" in caplog.text


@pytest.mark.parametrize(
    ("turn", "turns_until", "turns", "deadline", "goes_by"),
    [
        (None, None, 0, None, 0.0),
        (0.011, 0.011, 1, None, 0.0),
        (0.01, 0.01, 1, None, 0.01),
        (0.005, 0.009, 2, None, 0.009),
        (0.011, 0.014, 2, 0.003, 0.0),
        (0.005, 0.006, 2, 0.003, 0.006),
        (0.005, 0.006, 2, -0.001, 0.0),
        (-1.0, -1.0, 1, None, 0.0),
        (0.08, 0.084, 500, None, 0.084),
        (0.09, 0.09, 500, None, 0.0),
    ],
)
def test_clock_gets_ready_for_what_is_due_in_a_moment(
    turn: float | None,
    turns_until: float | None,
    turns: int,
    deadline: float | None,
    goes_by: float,
) -> None:
    """Too late, and the page waits while it is written; too early, and its incident is held."""
    driver = clock.Clock("test")
    moments = [None if each is None else at(each) for each in (turn, deadline, turns_until)]
    with patch.object(driver._watch, "now", return_value=at(0)):
        look = driver._ahead(clock.Agenda(at(-1), moments[0], moments[1], None, moments[2], turns))

    assert look.now == at(goes_by)
    assert not look.is_due(look.deadline_at) or look.deadline_at <= at(0)
