"""Tell the clock that something nearer has been armed. A hint only: rows are the truth."""

from django.db import connection

CHANNEL = "codered_clock"


def wake_clock() -> None:
    """Wake the clocks that listen, once this transaction commits. PostgreSQL only; others poll."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
