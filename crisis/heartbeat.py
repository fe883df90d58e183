"""The heartbeat: a watcher outside hears that all is well. When it hears nothing, it calls.

Any number of processes may have one. They take turns by a row, and whoever is alive tells.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.db import close_old_connections, connection

from crisis.operations.watch import note_ping, take_look
from crisis.queries.invariants import faults
from crisis.rules.heartbeat import fail_url, is_ping_due
from escalation import clock
from escalation.queries import STALE_CLOCK_SECONDS, clock_age

logger = logging.getLogger(__name__)

SEND_SECONDS = 5.0
FIRST_LOOK_SECONDS = 3.0
"""After a start the clock catches up first."""
TURN_SECONDS = 2.0
"""How often somebody who does not look asks whether somebody else still does."""


class Heart:
    """Looks and tells in a thread of its own: a watcher that hangs never holds up the clock."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="heart", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = SEND_SECONDS) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def run(self) -> None:
        """Beat until stopped. With the database away it is silent, which is the alarm."""
        seconds = FIRST_LOOK_SECONDS
        while not self._stopping.wait(seconds):
            try:
                close_old_connections()
                beat(self._url)
            except Exception:
                logger.exception("the heartbeat missed a turn")
                connection.close()
            seconds = TURN_SECONDS
        connection.close()


def beat(url: str) -> bool:
    """Look whether all is well and tell the watcher, when it is our turn; say whether it was told.

    Once in a look's time, whoever asks first. A watcher that could not be told is told at the next.
    """
    now = clock.now()
    look = take_look(now=now)
    if look is None:
        return False
    reason = reason_to_worry(now)
    if not is_ping_due(reason=reason, told=look.reason, pinged_at=look.pinged_at, now=now):
        return False
    try:
        ping(url, reason)
    except (OSError, HTTPException) as error:
        logger.warning("the watcher outside could not be told: %s", error)
        return False
    note_ping(reason=reason, now=clock.now())
    return True


def reason_to_worry(now: datetime) -> str:
    """Say what is not well, a line each; empty when all is."""
    age = clock_age(now)
    lines = [f"{each.code} {each.row}: {each.why}" for each in faults(now)]
    if age is None or age > STALE_CLOCK_SECONDS:
        lines.insert(0, "the clock does not pass")
    return "\n".join(lines)


def ping(url: str, reason: str) -> None:
    """Tell the watcher: that all is well, or why not. Raises OSError or HTTPException."""
    parts = urlsplit(fail_url(url) if reason else url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SEND_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": "CodeRed", "Content-Type": "text/plain; charset=utf-8"}
    try:
        line.request("POST", target, reason.encode(), headers)
        status = line.getresponse().status
    finally:
        line.close()
    if not 200 <= status < 300:
        raise HTTPException(f"it answered {status}")
