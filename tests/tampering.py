"""A hand in the database: whoever owns it can change a row past everything that refuses to."""

from typing import Any

from django.db import connection


def change_rows(statement: str, given: Any = None) -> None:
    """Run a statement with no trigger in its way."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, given)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
