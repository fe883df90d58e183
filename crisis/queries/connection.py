"""The connection to the database that a thread keeps."""

from django.db import connection


def leave_database() -> None:
    """Give this thread's connection back, where nobody else does: each one is kept from others."""
    if not connection.in_atomic_block:
        connection.close()
