"""The two tables that a plain timer needs, shared by all who are not CodeRed."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

TABLES = """
CREATE TABLE timer (
    id bigserial PRIMARY KEY, due_at timestamptz NOT NULL, url text NOT NULL, fired_at timestamptz
);
CREATE INDEX timer_due ON timer (due_at) WHERE fired_at IS NULL;
CREATE TABLE page (
    id bigserial PRIMARY KEY, timer_id bigint NOT NULL UNIQUE REFERENCES timer,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(), sent_at timestamptz
);
"""


def make_tables(connection: psycopg.Connection) -> None:
    """Make them empty, whatever was there before."""
    connection.execute("DROP TABLE IF EXISTS page, timer")
    connection.execute(TABLES)
    connection.commit()


def arm(connection: psycopg.Connection, seconds: Sequence[float], url: str) -> dict[str, float]:
    """Write timers that are due so many seconds from now, and give their due times by id."""
    rows = connection.execute(
        "INSERT INTO timer (due_at, url) SELECT clock_timestamp() + v * interval '1 second', %s"
        " FROM unnest(%s::float8[]) v RETURNING id, extract(epoch FROM due_at)::float8",
        [url, list(seconds)],
    ).fetchall()
    connection.execute("ANALYZE timer")
    connection.execute("NOTIFY timers")
    connection.commit()
    return {str(key): due for key, due in rows}
