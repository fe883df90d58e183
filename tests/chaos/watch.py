"""Looks every second whether the invariants hold, and remembers for how long which one did not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from crisis.queries.invariants import all_faults, faults, present_faults
from crisis.queries.records import Fault
from escalation import clock
from tests.chaos.journal import Seen

EVERY_SECONDS = 1.0
RECORDS_EVERY = 40
"""How many looks at the present go to one at the records, which takes a hundred times as long."""


class Watch:
    """A thread of its own with a connection of its own."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
        self.seen: dict[tuple[str, str], Seen] = {}
        self.looks = 0
        self.away = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self._look(present_faults if self.looks % RECORDS_EVERY else faults)
        connection.close()

    def look_at_everything(self) -> None:
        self._look(all_faults)

    def _look(self, check: Callable[[datetime], list[Fault]]) -> None:
        """Check once; a database that is away is a fault of the schedule, not of the product."""
        try:
            close_old_connections()
            found = check(clock.now())
        except (DatabaseError, InterfaceError):
            self.away += 1
            connection.close()
            return
        self.looks += 1
        for fault in found:
            self._note(fault, time.time())

    def _note(self, fault: Fault, now: float) -> None:
        seen = self.seen.setdefault(
            (fault.code, fault.row), Seen(fault.code, fault.row, fault.why, now, now)
        )
        seen.last_at = now
