"""Statements that are run over and over while somebody waits: planned once a connection.

A step that falls due is a dozen statements. To write each of them anew, and to plan it, takes twice
as long as to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import connection
from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]
Build = Callable[..., QuerySet[Any, tuple[Any, ...]]]

_written: dict[tuple[Any, ...], str] = {}


def ask(sql: str, params: Sequence[Any] = ()) -> Rows:
    """Run a statement and give its rows. Raises what the ORM would."""
    return run(sql, params)[1]


def run(sql: str, params: Sequence[Any] = ()) -> tuple[int, Rows]:
    """Run a statement; give how many rows it touched, and those that it returned.

    Never in a pipeline, fast as that is: the driver ends one with a Flush, upon which the server
    waits for a transaction that sleeps without the limit that frees what it holds.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount, cursor.fetchall() if cursor.description else []
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, params, prepare=True)
        return cursor.rowcount, cursor.fetchall() if cursor.description else []


def rows(build: Build, *params: Any, **fixed: int) -> Rows:
    """Give the rows of the query that `build(*params, **fixed)` builds with `values_list`.

    On PostgreSQL it is built once, and from then on only its parameters travel: so they have to be
    all that there are in it, in their order. What is kept as JSON has to be asked for as text.
    """
    if connection.vendor != "postgresql":
        return list(build(*params, **fixed))
    plain = [array(each) if isinstance(each, list) else each for each in params]
    name = build, *fixed.items()
    if name not in _written:
        sql, found = build(*params, **fixed).query.sql_with_params()
        if list(found) != plain:
            raise ValueError(f"{build.__name__} has {found} for {plain}")
        _written[name] = sql
    return ask(_written[name], plain)


def array(values: Sequence[Any], write: Callable[[Any], str] = str) -> str:
    """Write a PostgreSQL array: the driver's own way takes four times as long."""
    return "{" + ",".join(["NULL" if each is None else write(each) for each in values]) + "}"
