"""Change the schema under a running installation, and never stand in the clock's way for long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

LIMITS = {
    # While a migration waits for a table, everybody who comes after it waits as well.
    "lock_timeout": "1s",
    # Between two statements a migration may have to think.
    "idle_in_transaction_session_timeout": "0",
}
PAUSE_SECONDS = 1.0
MOST_TRIES = 30


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; where a table is in use, let the others go first and try again.

        What has been applied stays applied. Raises OperationalError after the last try.
        """
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                with holding_back(options["database"]):
                    super().handle(*args, **options)
                return
            except OperationalError as error:
                if not tries_left or not isinstance(error.__cause__, LockNotAvailable):
                    raise
            self.stdout.write("A table is in use. The others go first.")
            self.stdout.flush()
            time.sleep(PAUSE_SECONDS)


@contextmanager
def holding_back(alias: str) -> Iterator[None]:
    """Limit how long this session waits for a lock, on PostgreSQL."""
    if connections[alias].vendor != "postgresql":
        yield
        return
    _say(alias, *(f"SET {name} = '{value}'" for name, value in LIMITS.items()))
    try:
        yield
    finally:
        _say(alias, *(f"RESET {name}" for name in LIMITS))


def _say(alias: str, *statements: str) -> None:
    with connections[alias].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
