"""The clock: sleep until something is due, do it, sleep again. Rows are its only memory."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.utils import timezone

from escalation.models import ClockBeat
from escalation.operations.advance import advance_due
from escalation.operations.wake import CHANNEL
from escalation.queries import next_moment
from escalation.senders import Senders

logger = logging.getLogger(__name__)

LONGEST_SLEEP_SECONDS = 1.0
POLL_SECONDS = 0.25
"""How often a clock looks where the database cannot wake it (SQLite)."""
LEAST_SLEEP_SECONDS = 0.01
FINISH_SECONDS = 6.0
"""How long a stopping clock waits for pages in hand: a transport's time-out and some slack."""


def now() -> datetime:
    """Read the one clock that counts: the database's, so that a host an hour off does no harm."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def tick(driver: str) -> int:
    """Do one pass: write the rows of all that is due, leave a beat, and tell how many incidents."""
    moment = now()
    advanced = advance_due(now=moment)
    leave_beat(driver, moment)
    return advanced


def leave_beat(driver: str, moment: datetime) -> None:
    """Note that this driver passed; once a second is enough to tell the clock's age."""
    young = moment - timedelta(seconds=1)
    if ClockBeat.objects.filter(driver=driver, at__gt=young).exists():
        return
    ClockBeat.objects.update_or_create(driver=driver, defaults={"at": moment})


class Clock:
    """The loop, in a thread of its own. Any number may run: the database decides who does what."""

    def __init__(self, name: str) -> None:
        self._driver = f"{name}@{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = FINISH_SECONDS + LONGEST_SLEEP_SECONDS) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def run(self) -> None:
        """Pass until stopped. Comes back by itself once a database that was away has returned."""
        senders = Senders(now)
        try:
            while not self._stopping.is_set():
                self._pass_and_sleep(senders)
        finally:
            senders.finish(FINISH_SECONDS)
            connection.close()

    def _pass_and_sleep(self, senders: Senders) -> None:
        try:
            close_old_connections()
            listen()
            tick(self._driver)
            senders.send_due(now())
            moment = now()
            horizon = moment + timedelta(seconds=LONGEST_SLEEP_SECONDS)
            self._sleep((next_moment(moment, horizon) - moment).total_seconds())
        except Exception:
            logger.exception("the clock missed a pass and tries again")
            connection.close()
            self._stopping.wait(POLL_SECONDS)

    def _sleep(self, seconds: float) -> None:
        """Sleep until the next moment, or until something nearer is armed."""
        if connection.vendor == "postgresql":
            wait_for_wake(max(seconds, LEAST_SLEEP_SECONDS))
        else:
            self._stopping.wait(min(max(seconds, LEAST_SLEEP_SECONDS), POLL_SECONDS))


def listen() -> None:
    """Ask PostgreSQL to wake this connection; a no-op where it listens already, or elsewhere."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")


def wait_for_wake(seconds: float) -> None:
    """Wait on the database's own connection for a wake, at most for some seconds."""
    for _ in connection.connection.notifies(timeout=seconds, stop_after=1):
        return
