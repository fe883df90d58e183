"""Questions that are asked over and over while somebody waits: planned once a connection."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def ask(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement on PostgreSQL and give its rows; the plan is kept for the next time.

    Planning a join of seven tables takes longer than running it. Raises what the ORM would.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, params, prepare=True)
        return cursor.fetchall()
