"""The watcher outside: it hears that all is well, or at once that it is not; silence alarms it."""

from __future__ import annotations

import queue
import socket
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Flag
from threading import Thread

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from config.env import env_url
from crisis import heartbeat
from crisis.bootstep import HeartStep
from crisis.heartbeat import Heart, beat
from crisis.models import Heartbeat
from crisis.operations.watch import take_look
from crisis.rules.heartbeat import fail_url, is_ping_due
from escalation.models import ClockBeat, Deadline, Timeline
from tests.programs import clock_at
from tests.story import House, at, fast_forward

SOON = 5.0
"""How long a thread of a test may take, in seconds."""


class Watcher(ThreadingHTTPServer):
    """A watcher on this machine that notes what it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hearing)
        self.heard: queue.Queue[tuple[str, str]] = queue.Queue()
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/4a1e"

    def told(self) -> list[tuple[str, str]]:
        """What was heard since the last time, as (path, body)."""
        found = []
        while not self.heard.empty():
            found.append(self.heard.get())
        return found


class Hearing(BaseHTTPRequestHandler):
    server: Watcher

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.heard.put((self.path, self.rfile.read(length).decode()))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with Watcher() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def beat_at(seconds: float, url: str, *, clock_passed: float | None = None) -> bool:
    passed = seconds if clock_passed is None else clock_passed
    ClockBeat.objects.update_or_create(driver="clock", defaults={"at": at(passed)})
    with clock_at(seconds):
        return beat(url)


def test_watcher_hears_that_all_is_well_every_half_minute(house: House, watcher: Watcher) -> None:
    """A ping a second is noise; none for two minutes is an alarm."""
    moments = [seconds for seconds in range(0, 301, 2) if beat_at(seconds, watcher.url)]

    assert watcher.told() == [("/ping/4a1e", "")] * len(moments)
    gaps = [later - earlier for earlier, later in zip(moments, moments[1:], strict=False)]
    assert min(gaps) >= 30
    assert max(gaps) <= 42


def test_watcher_hears_at_once_that_all_is_not_well_and_why(house: House, watcher: Watcher) -> None:
    """Silence would tell it too, a minute later, and without a reason."""
    house.alarm()
    beat_at(1, watcher.url)
    watcher.told()
    Deadline.objects.filter(kind="answer").update(next_at=at(2))

    assert beat_at(20, watcher.url)

    ((path, body),) = watcher.told()
    assert path == "/ping/4a1e/fail"
    assert "Q3 deadline" in body
    assert "has been due since" in body


def test_watcher_hears_at_once_that_all_is_well_again(house: House, watcher: Watcher) -> None:
    """An alarm that outlives its cause is the last one that anybody believes."""
    timeline = house.alarm().timeline
    fast_forward(1)
    timeline.refresh_from_db()
    Timeline.objects.filter(pk=timeline.pk).update(head_hash="0" * 64)
    beat_at(1, watcher.url)
    Timeline.objects.filter(pk=timeline.pk).update(head_hash=timeline.head_hash)

    beat_at(11, watcher.url)

    (path, why), (again, nothing) = watcher.told()
    assert (path, why[:3]) == ("/ping/4a1e/fail", "Q8 ")
    assert (again, nothing) == ("/ping/4a1e", "")


def test_same_trouble_is_told_again_every_half_minute_only(house: House, watcher: Watcher) -> None:
    """A watcher that is called six times a minute stops listening."""
    told = [beat_at(seconds, watcher.url, clock_passed=-60) for seconds in (0, 10, 20, 31)]

    assert told == [True, False, False, True]
    assert {body for _, body in watcher.told()} == {"the clock does not pass"}


def test_stopped_clock_is_told_though_nothing_is_due_yet(house: House, watcher: Watcher) -> None:
    """Between storms nothing is overdue: that nobody would page shows in the clock alone."""
    beat_at(0, watcher.url, clock_passed=-11)

    assert watcher.told() == [("/ping/4a1e/fail", "the clock does not pass")]


def test_of_two_hearts_one_looks(house: House) -> None:
    """Ten workers must not ask the same ten questions ten times."""
    assert take_look(now=at(0)) is not None
    assert take_look(now=at(9)) is None
    assert take_look(now=at(10)) is not None
    assert take_look(now=at(10)) is None


def test_watcher_that_refuses_is_told_at_the_next_look(house: House, watcher: Watcher) -> None:
    """A watcher that was restarted must not go without for longer than it waits."""
    watcher.status = 500
    assert not beat_at(0, watcher.url)
    watcher.status = 200

    assert beat_at(10, watcher.url)
    assert Heartbeat.objects.get().pinged_at == at(10)


def test_watcher_that_is_away_breaks_nothing(house: House) -> None:
    """The house must not fall because nobody looks at it."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]

    assert not beat_at(0, f"http://127.0.0.1:{port}/ping")
    assert Heartbeat.objects.get().pinged_at is None


def test_watcher_that_says_nothing_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watcher that hangs would otherwise silence the heart for good."""
    monkeypatch.setattr(heartbeat, "SEND_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/ping"

        assert not beat_at(0, url)


@pytest.mark.django_db(transaction=True)
def test_heart_beats_in_a_thread_of_its_own_and_stops(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock pages on, whatever the watcher does."""
    monkeypatch.setattr(heartbeat, "FIRST_LOOK_SECONDS", 0.0)
    heart = Heart(watcher.url)

    heart.start()
    path, body = watcher.heard.get(timeout=SOON)
    heart.stop(SOON)

    assert (path, body) == ("/ping/4a1e/fail", "the clock does not pass")
    assert not heart._thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_heart_is_silent_while_the_database_is_away_and_then_beats_on(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ping without having looked would be a green light painted on the wall."""
    monkeypatch.setattr(heartbeat, "FIRST_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(heartbeat, "TURN_SECONDS", 0.01)
    missed, is_back = Flag(), Flag()

    def look(*, now: datetime) -> Heartbeat | None:
        if not is_back.is_set():
            missed.set()
            raise OperationalError("gone")
        return take_look(now=now)

    monkeypatch.setattr(heartbeat, "take_look", look)
    heart = Heart(watcher.url)
    heart.start()
    assert missed.wait(SOON)
    assert watcher.told() == []

    is_back.set()
    watcher.heard.get(timeout=SOON)
    heart.stop(SOON)


@pytest.mark.parametrize(("url", "is_wanted"), [("", False), ("https://hc.example/1", True)])
def test_worker_has_a_heart_where_one_is_wanted(
    settings: object, url: str, is_wanted: bool
) -> None:
    """Without an address there is nobody to tell, and nothing to look for."""
    settings.CODERED_HEARTBEAT_URL = url  # type: ignore[attr-defined]

    step = HeartStep.__new__(HeartStep)

    assert step.include_if(None) is is_wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "told", "seconds", "is_due"),
    [
        ("", "", None, True),
        ("", "", 29, False),
        ("", "", 30, True),
        ("Q3", "", 1, True),
        ("", "Q3", 1, True),
        ("Q3", "Q3", 29, False),
        ("Q4", "Q3", 29, False),
        ("Q3", "Q3", 30, True),
    ],
)
def test_news_is_told_at_once_and_the_rest_in_its_time(
    reason: str, told: str, seconds: float | None, is_due: bool
) -> None:
    """Told too late it is no alarm, told too often it is none either."""
    pinged_at = None if seconds is None else at(-seconds)

    assert is_ping_due(reason=reason, told=told, pinged_at=pinged_at, now=at(0)) is is_due


@pytest.mark.parametrize(
    ("url", "to"),
    [
        ("https://hc-ping.com/4a1e", "https://hc-ping.com/4a1e/fail"),
        ("https://hc-ping.com/4a1e/", "https://hc-ping.com/4a1e/fail"),
        ("https://hc-ping.com/key/slug?create=1", "https://hc-ping.com/key/slug/fail?create=1"),
    ],
)
def test_trouble_goes_where_the_protocol_says(url: str, to: str) -> None:
    """Sent to the wrong address it would count as a sign that all is well."""
    assert fail_url(url) == to


@pytest.mark.parametrize("url", ["hc-ping.com/1", "ftp://hc-ping.com/1", "https://", "file:///etc"])
def test_address_that_is_none_is_refused_at_the_start(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watcher that never hears anything is noticed on the day that it was needed."""
    monkeypatch.setenv("CODERED_HEARTBEAT_URL", url)

    with pytest.raises(ImproperlyConfigured, match="CODERED_HEARTBEAT_URL"):
        env_url("CODERED_HEARTBEAT_URL")
