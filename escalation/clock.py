"""The clock: sleep until something is due, do it, sleep again. Rows are its only memory."""

from __future__ import annotations

import gc
import logging
import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from escalation.models import ClockBeat, Deadline, Escalation
from escalation.operations.advance import advance_due
from escalation.operations.due import lock_these
from escalation.operations.prepared import ask
from escalation.operations.wake import CHANNEL
from escalation.resting import Resting
from escalation.senders import Senders
from escalation.transports.web import warm_up

logger = logging.getLogger(__name__)

LONGEST_SLEEP_SECONDS = 1.0
POLL_SECONDS = 0.25
"""How often a clock looks where the database cannot wake it (SQLite)."""
HELD_SECONDS = 0.01
LONGEST_HELD_SECONDS = 0.1
"""How long a clock leaves alone what is due and cannot be done, longer each time: somebody else is
at it, or has as much in hand as makes sense."""
PLACE_SECONDS = 0.015
"""Clocks stand in line, each a little behind the one before it. Else all of them
jump at every single page, and it waits for a processor while they find out who was first."""
AHEAD_SECONDS = 0.01
EACH_SECONDS = 0.00015
"""How long before its moment a clock gets a step ready, and how much earlier for each that it takes
together with it. It holds the incidents and writes the rows, commits when the moment has come, and
sends then: whoever decides meanwhile waits as long."""
MOST_AHEAD = 4_500
"""How many it takes into account: a decision may have to wait for two thirds of a second, and no
longer."""
TOGETHER_SECONDS = 0.004
"""Turns that are no further apart are taken together: the second would wait for the first."""
LINED_UP_SECONDS = 5.0
"""How often a clock counts those before it; one that was silent for as long is not before it."""
RARELY = (20_000, 20, 50)
"""How many new objects there have to be before garbage is looked for: a burst makes many, and
none of them is in a circle. Python's own 700 costs a tenth of the time that pages take to leave."""
FINISH_SECONDS = 6.0
"""How long a stopping clock waits for pages in hand: a transport's time-out and some slack."""


def now() -> datetime:
    """Tell the one time that counts: the database's, so that a host an hour off does no harm."""
    return read_time()


def read_time() -> datetime:
    """Ask the database, or this host where it is embedded. A story puts its own time here."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@dataclass(frozen=True)
class Agenda:
    """What the clock has to do next; None where nothing at all waits."""

    now: datetime
    """The database's time as it was read."""
    turn_at: datetime | None
    """The next turn of a run."""
    deadline_at: datetime | None
    send_at: datetime | None
    """The next page to send."""
    turns_until: datetime | None
    """The last of the turns that are so close to the next one that they are taken together."""
    turns: int = 1
    """How many those are, once they are close, and as far as a clock gets ready for them."""

    @property
    def ready_at(self) -> datetime | None:
        """Tell when it is time to get ready for the next turn."""
        lead = timedelta(seconds=AHEAD_SECONDS + EACH_SECONDS * self.turns)
        return self.turn_at and self.turn_at - lead

    @property
    def next_at(self) -> datetime | None:
        """Tell when there is something to do, of whatever kind."""
        moments = (self.turn_at, self.deadline_at, self.send_at)
        return min((each for each in moments if each), default=None)

    def is_due(self, moment: datetime | None) -> bool:
        return moment is not None and moment <= self.now


AGENDA = """
SELECT {now},
  (SELECT MIN(next_page_at) FROM escalation_escalation WHERE next_page_at IS NOT NULL),
  (SELECT MIN(next_at) FROM escalation_deadline WHERE next_at IS NOT NULL),
  (SELECT MIN(next_send_at) FROM escalation_page WHERE status IN ('queued', 'sending')),
  {turns}
"""
CLOSE = f"""
  next_page_at <= INTERVAL '{TOGETHER_SECONDS} seconds' +
    (SELECT MIN(next_page_at) FROM escalation_escalation WHERE next_page_at IS NOT NULL)
"""  # noqa: S608
TURNS = f"""
  (SELECT MAX(next_page_at) FROM escalation_escalation WHERE {CLOSE}),
  (SELECT COUNT(*) FROM (
    SELECT FROM escalation_escalation
    WHERE {CLOSE} AND next_page_at < now() + INTERVAL '{2 * LONGEST_SLEEP_SECONDS} seconds'
    LIMIT {MOST_AHEAD}) AS turn)
"""  # noqa: S608


def agenda(but: Sequence[int] = ()) -> Agenda:
    """Read, in one look, what time it is and when anything is due, in all incidents `but` some."""
    if but:
        return _of_others(agenda(), but)
    if connection.vendor == "postgresql":
        asked = AGENDA.format(now="clock_timestamp()", turns=TURNS)
        return Agenda(*ask(asked)[0])
    with connection.cursor() as cursor:
        cursor.execute(AGENDA.format(now="NULL", turns="NULL"))
        turn_at, deadline_at, send_at, turns_until = map(_sqlite_moment, cursor.fetchone()[1:])
    return Agenda(now(), turn_at, deadline_at, send_at, turns_until)


def _of_others(look: Agenda, but: Sequence[int]) -> Agenda:
    runs = Escalation.objects.exclude(timeline__pk__any_of=but)
    deadlines = Deadline.objects.exclude(escalation__timeline__pk__any_of=but)
    return replace(
        look,
        turn_at=runs.aggregate(at=Min("next_page_at"))["at"],
        deadline_at=deadlines.aggregate(at=Min("next_at"))["at"],
        turns_until=None,
        turns=1,
    )


def _sqlite_moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if stored else None


class Watch:
    """The database's time, told without asking for it: carried on from when it was last read.

    The host's steady clock does the carrying, so that a host an hour off still does no harm. What
    it tells is behind by what the reading took, and never ahead: nothing leaves early by it.
    """

    def __init__(self) -> None:
        self._read: tuple[datetime, float] | None = None

    def set(self, moment: datetime) -> None:
        self._read = moment, time.monotonic()

    def now(self) -> datetime:
        if self._read is None:
            self.set(now())
        moment, at = self._read  # type: ignore[misc]
        return moment + timedelta(seconds=time.monotonic() - at)


def tick(driver: str) -> int:
    """Do one pass: write the rows of all that is due, leave a beat, and tell how many incidents."""
    moment = now()
    advanced = advance_due(now=moment)
    leave_beat(driver, moment)
    return advanced


def leave_beat(driver: str, moment: datetime) -> None:
    """Note that this driver passed."""
    beat = ClockBeat(driver=driver, at=moment)
    ClockBeat.objects.bulk_create(
        [beat], update_conflicts=True, unique_fields=["driver"], update_fields=["at"]
    )


def clocks_before(driver: str, moment: datetime) -> int:
    """Count the loops that are alive and stand before this one, by their names."""
    return _alive(moment).filter(driver__lt=driver).count()


def is_any_alive(moment: datetime) -> bool:
    """Tell whether any loop has left a beat lately."""
    return _alive(moment).exists()


def _alive(moment: datetime) -> QuerySet[ClockBeat]:
    since = moment - timedelta(seconds=LINED_UP_SECONDS)
    return ClockBeat.objects.filter(driver__contains="@", at__gt=since)


class Clock:
    """The loop, in a thread of its own. Any number may run: the database decides who does what."""

    def __init__(self, name: str) -> None:
        self._driver = f"{name}@{socket.gethostname()}:{os.getpid()}"
        self._watch = Watch()
        self._resting = Resting()
        self._beat_at = 0.0
        self._held_seconds = HELD_SECONDS
        self._lined_up_at = 0.0
        self._behind = 0.0
        self._listening: object = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = 2 * FINISH_SECONDS + LONGEST_SLEEP_SECONDS) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def run(self) -> None:
        """Pass until stopped. Comes back by itself once a database that was away has returned."""
        # What is loaded by now stays: looking through it for garbage again and again would hold
        # up a page by a twentieth of a second each time.
        warm_up()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RARELY)
        senders = Senders(self._watch.now)
        try:
            while not self._stopping.is_set():
                self._pass_safely(senders)
        finally:
            senders.finish(FINISH_SECONDS)
            connection.close()

    def _pass_safely(self, senders: Senders) -> None:
        try:
            self._pass(senders)
        except Exception:
            logger.exception("the clock missed a pass and tries again")
            connection.close()
            self._stopping.wait(POLL_SECONDS)

    def _pass(self, senders: Senders) -> None:
        """Do what is due, or sleep until something is."""
        close_old_connections()
        self._listen()
        look = agenda(self._resting.ids())
        self._watch.set(look.now)
        done = self._do(look, senders)
        # Afterwards: what it was woken for does not wait for the beat to be on the disk.
        self._beat(look.now)
        if done:
            return
        if self._sleep(look):
            # Most likely for a page, which need not wait for a look at everything.
            senders.send_queued(self._watch.now())
        else:
            self._do(self._ahead(look), senders)

    def _ahead(self, look: Agenda) -> Agenda:
        """Go on to what is due by now, or to a turn so close that it is time to get ready for it.

        Never for a deadline: what is approved a hair before it must find it running still.
        """
        look = replace(look, now=self._watch.now())
        if not look.is_due(look.ready_at) or look.is_due(look.deadline_at):
            return look
        turns_until = look.turns_until or look.turn_at or look.now
        return replace(look, now=max(look.now, turns_until), deadline_at=None)

    def _do(self, look: Agenda, senders: Senders) -> int:
        done = 0
        late = look.is_due(look.deadline_at)
        if late or look.is_due(look.turn_at):
            done += advance_due(now=look.now, hand=senders, deadlines=late, resting=self._resting)
        if look.is_due(look.send_at):
            done += senders.send_due(self._watch.now())
        return done

    def _beat(self, moment: datetime) -> None:
        """Leave a beat, once a second, and find the place in line, more rarely."""
        if time.monotonic() - self._beat_at >= LONGEST_SLEEP_SECONDS:
            leave_beat(self._driver, moment)
            self._beat_at = time.monotonic()
        if self._beat_at - self._lined_up_at >= LINED_UP_SECONDS:
            self._behind = PLACE_SECONDS * clocks_before(self._driver, moment)
            self._lined_up_at = self._beat_at

    def _listen(self) -> None:
        """Ask PostgreSQL, once for each connection, to wake it when something is armed."""
        if connection.vendor != "postgresql" or self._listening is connection.connection:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
            # What is asked when a step is due, asked once for nothing: the next time is faster.
            lock_these([], now())
        self._listening = connection.connection

    def _sleep(self, look: Agenda) -> bool:
        """Sleep until the next moment; True when woken earlier, because something is armed."""
        seconds = self._seconds_to_sleep(look)
        if connection.vendor == "postgresql":
            is_woken = wait_for_wake(seconds)
            self._stopping.wait(self._behind)
            return is_woken
        self._stopping.wait(min(seconds, POLL_SECONDS))
        return False

    def _seconds_to_sleep(self, look: Agenda) -> float:
        left = self._seconds_left(look)
        if look.is_due(look.next_at):
            # It is due, and it was not done.
            seconds = self._held_seconds
            self._held_seconds = min(seconds * 2, LONGEST_HELD_SECONDS)
            return min(seconds, left)
        self._held_seconds = HELD_SECONDS
        return left

    def _seconds_left(self, look: Agenda) -> float:
        """Tell how long it is to the next moment that has not come, a second at most."""
        now = self._watch.now()
        pairs = [
            (look.turn_at, look.ready_at),
            (look.deadline_at, look.deadline_at),
            (look.send_at, look.send_at),
        ]
        left = [(at - now).total_seconds() for due, at in pairs if at and not look.is_due(due)]
        return max(0.0, min([LONGEST_SLEEP_SECONDS, *left]))


def wait_for_wake(seconds: float) -> bool:
    """Wait on the database's own connection for a wake, at most for some seconds."""
    # All that have come are one wake.
    return bool(list(connection.connection.notifies(timeout=seconds, stop_after=1)))
