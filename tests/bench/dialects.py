"""How each database says what an archive needs: series, moments, hashes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

Sql = tuple[str, list[Any]]
"""An expression over `i`, the number of the copy, and its parameters."""


INDEXES = """
SELECT t.relname, i.relname, pg_get_constraintdef(c.oid), pg_get_indexdef(i.oid)
FROM pg_index x
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype = 'u'
WHERE t.relname = ANY(%s) AND NOT x.indisprimary
"""


class Postgres:
    """How PostgreSQL says it."""

    def prepare(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute("SET TIME ZONE 'UTC'")

    def series(self, first: int, end: int, step: int) -> str:
        return f"generate_series({first}::bigint, {end - 1}, {step}) AS s(i)"

    def moved(self, moment: datetime, by: str) -> Sql:
        return f"(%s::timestamptz + ({by}) * interval '1 second')", [moment.isoformat()]

    def written(self, moment: datetime, by: str, *, in_full: bool) -> Sql:
        sql, given = self.moved(moment, by)
        fraction = ".US" if in_full or moment.microsecond else ""
        return f"""to_char({sql}, 'YYYY-MM-DD"T"HH24:MI:SS{fraction}"+00:00"')""", given

    def sha256(self, sql: str) -> str:
        return f"encode(sha256(convert_to({sql}, 'UTF8')), 'hex')"

    def new_uuid(self) -> str:
        return "gen_random_uuid()"

    def as_json(self, sql: str) -> str:
        return f"({sql})::jsonb"

    def without_indexes(self, models: Sequence[type[Model]]) -> list[str]:
        """Take all indexes but the primary keys away, and give what brings them back."""
        again = []
        with connection.cursor() as cursor:
            cursor.execute(INDEXES, [[each._meta.db_table for each in models]])
            for table, name, constraint, definition in cursor.fetchall():
                if constraint:
                    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
                    again.append(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {constraint}')
                else:
                    cursor.execute(f'DROP INDEX "{name}"')
                    again.append(definition)
        return again

    def finish(self, models: Sequence[type[Model]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")
            for model in models:
                table, key = model._meta.db_table, model._meta.pk.column
                last = f'(SELECT max("{key}") FROM "{table}")'  # noqa: S608
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), {last})")
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")


class Sqlite:
    """How SQLite says it, with Python's help."""

    def prepare(self) -> None:
        connection.ensure_connection()
        made = connection.connection.create_function
        made("sha256hex", 1, lambda text: hashlib.sha256(text.encode()).hexdigest())
        made("moved", 2, lambda text, by: str(_moved(text, by).replace(tzinfo=None)))
        made("written", 2, lambda text, by: _moved(text, by).isoformat())
        made("written_in_full", 2, lambda t, by: _moved(t, by).isoformat(timespec="microseconds"))
        made("newuuid", 0, lambda: uuid.uuid4().hex)

    def series(self, first: int, end: int, step: int) -> str:
        more = f"SELECT i + {step} FROM n WHERE i + {step} < {end}"  # noqa: S608
        return f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL {more}) SELECT i FROM n) s"  # noqa: S608

    def moved(self, moment: datetime, by: str) -> Sql:
        return f"moved(%s, {by})", [moment.isoformat()]

    def written(self, moment: datetime, by: str, *, in_full: bool) -> Sql:
        return f"written{'_in_full' if in_full else ''}(%s, {by})", [moment.isoformat()]

    def sha256(self, sql: str) -> str:
        return f"sha256hex({sql})"

    def new_uuid(self) -> str:
        return "newuuid()"

    def as_json(self, sql: str) -> str:
        return sql

    def without_indexes(self, models: Sequence[type[Model]]) -> list[str]:
        return []

    def finish(self, models: Sequence[type[Model]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _moved(text: str, by: int) -> datetime:
    return datetime.fromisoformat(text) + timedelta(seconds=by)
