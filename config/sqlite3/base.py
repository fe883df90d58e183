"""SQLite's own way to wait gives those who have waited longest the least chance.

Between two tries it sleeps for up to 100 ms, and whoever has just written tries again at once: with
eight busy writers one of them, or the clock, waits for seconds. Here all try alike.
"""

import random
import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

SHORTEST_SLEEP_SECONDS = 0.0003
LONGEST_SLEEP_SECONDS = 0.001


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes turns at the beginning of a transaction; all else waits as SQLite does."""

    def _start_transaction_under_autocommit(self) -> None:
        waits_for = self.settings_dict["OPTIONS"].get("timeout", 5)
        ends_at = time.monotonic() + waits_for
        self._set_busy_timeout(0)
        try:
            while not self._begins(is_last=time.monotonic() >= ends_at):
                time.sleep(random.uniform(SHORTEST_SLEEP_SECONDS, LONGEST_SLEEP_SECONDS))  # noqa: S311
        finally:
            self._set_busy_timeout(waits_for)

    def _begins(self, *, is_last: bool) -> bool:
        """Try once. Raises OperationalError when it is locked at the last try."""
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except OperationalError as error:
            if is_last or "locked" not in str(error):
                raise
            return False
        return True

    def _set_busy_timeout(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
