"""Statements that are run over and over while somebody waits: planned once a connection.

A step that falls due is a dozen statements. To write each of them anew, and to plan it, takes twice
as long as to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg
from django.db import connection
from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]
Build = Callable[..., QuerySet[Any, tuple[Any, ...]]]

_written: dict[tuple[Any, ...], str] = {}


class Statement(NamedTuple):
    """SQL and its parameters."""

    sql: str
    params: Sequence[Any]


Then = Callable[[int, Rows], None]
"""What is to be done with an answer: how many rows were touched, and those that were returned."""


def nothing(_count: int, _rows: Rows) -> None:
    """Leave an answer as it is: had it failed, nobody would come here."""


class Together:
    """Statements of one transaction that go to the database together, and come back together.

    Each way there and back costs as much as what is asked. Where the database is a file there is no
    way: it is asked one by one.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Statement, Then]] = []

    def add(self, statement: Statement, then: Then) -> None:
        self._waiting.append((statement, then))

    def run(self) -> None:
        """Run all in their order, then give each its answer. Raises what the ORM would."""
        waiting, self._waiting = self._waiting, []
        if connection.vendor != "postgresql":
            for statement, then in waiting:
                then(*_run_alone(statement))
            return
        for (_, then), answer in zip(waiting, _run_all([each for each, _ in waiting]), strict=True):
            then(*answer)


def ask(sql: str, params: Sequence[Any] = ()) -> Rows:
    """Run a statement and give its rows. Raises what the ORM would."""
    return run(Statement(sql, params))[1]


def run(statement: Statement) -> tuple[int, Rows]:
    """Run a statement; give how many rows it touched, and those that it returned."""
    if connection.vendor != "postgresql":
        return _run_alone(statement)
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return _answer(cursor.execute(*statement, prepare=True))


def _run_alone(statement: Statement) -> tuple[int, Rows]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return _answer(cursor)


def _run_all(statements: Sequence[Statement]) -> list[tuple[int, Rows]]:
    connection.ensure_connection()
    link = connection.connection
    with connection.wrap_database_errors:
        cursors = [psycopg.Cursor(link) for _ in statements]
        with link.pipeline():
            for cursor, statement in zip(cursors, statements, strict=True):
                cursor.execute(*statement, prepare=True)
        return list(map(_answer, cursors))


def _answer(cursor: Any) -> tuple[int, Rows]:
    return cursor.rowcount, cursor.fetchall() if cursor.description else []


def rows(build: Build, *params: Any, **fixed: int) -> Rows:
    """Give the rows of the query that `build(*params, **fixed)` builds with `values_list`.

    On PostgreSQL it is built once, and from then on only its parameters travel: so they have to be
    all that there are in it, in their order. What is kept as JSON comes as text.
    """
    if connection.vendor != "postgresql":
        return list(build(*params, **fixed))
    return run(_asking(build, params, fixed))[1]


def rows_together(*queries: tuple[Any, ...]) -> list[Rows]:
    """Give the rows of several queries, each a `build` and its parameters, as `rows` does."""
    if connection.vendor != "postgresql":
        return [list(build(*params)) for build, *params in queries]
    asked = [_asking(build, params, {}) for build, *params in queries]
    return [returned for _, returned in _run_all(asked)]


def _asking(build: Build, params: Sequence[Any], fixed: Mapping[str, int]) -> Statement:
    plain = [array(each) if isinstance(each, list) else each for each in params]
    name = build, *fixed.items()
    if name not in _written:
        sql, found = build(*params, **fixed).query.sql_with_params()
        if list(found) != plain:
            raise ValueError(f"{build.__name__} has {found} for {plain}")
        _written[name] = sql
    return Statement(_written[name], plain)


def array(values: Sequence[Any], write: Callable[[Any], str] = str) -> str:
    """Write a PostgreSQL array: the driver's own way takes four times as long."""
    return "{" + ",".join(["NULL" if each is None else write(each) for each in values]) + "}"
