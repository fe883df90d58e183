"""SQLite's own way to wait gives those who have waited longest the least chance.

Between two tries it sleeps for up to 100 ms, and whoever has just written tries again at once: with
eight busy writers one of them, or the clock, waits for seconds. Here all try alike.
"""

import random
import sqlite3
import time

from django.db.backends.sqlite3 import base

SHORTEST_SLEEP_SECONDS = 0.001
LONGEST_SLEEP_SECONDS = 0.005


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes turns at the beginning of a transaction; all else waits as SQLite does."""

    def _start_transaction_under_autocommit(self) -> None:
        waits_for = self.settings_dict["OPTIONS"].get("timeout", 5)
        ends_at = time.monotonic() + waits_for
        self._set_busy_timeout(0)
        try:
            while not self._begins():
                if time.monotonic() >= ends_at:
                    # Once more in Django's own way, which says what is wrong in its own words.
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]
                    return
                time.sleep(random.uniform(SHORTEST_SLEEP_SECONDS, LONGEST_SLEEP_SECONDS))  # noqa: S311
        finally:
            self._set_busy_timeout(waits_for)

    def _begins(self) -> bool:
        """Try once, straight at the driver: whoever waits must not cost those who work."""
        mode = self.settings_dict["OPTIONS"].get("transaction_mode", "")
        with self.wrap_database_errors:
            try:
                self.connection.execute(f"BEGIN {mode}")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                return False
        return True

    def _set_busy_timeout(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
