"""Connections that requests pass on to each other, and one that is given up on."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler

from config.env import database

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

ALIAS = "passed_on"
PATIENCE_SECONDS = 0.5


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[ConnectionHandler]:
    """The connections of a web process to the database of this test."""
    settings = database(url_of_this_test(), tmp_path, is_web=True)
    settings["PATIENCE_SECONDS"] = PATIENCE_SECONDS
    # There has to be a default; by an alias of its own, nothing else is passed on here.
    connections = ConnectionHandler({"default": settings, ALIAS: settings})
    yield connections
    connections[ALIAS].settings_dict["KEPT"] = 0
    ask(connections)


def url_of_this_test() -> str:
    here = connection.settings_dict
    return f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"


def ask(handler: ConnectionHandler, sql: str = "SELECT pg_backend_pid()") -> Any:
    """Ask in this thread, and let the connection go, as a request does."""
    try:
        with handler[ALIAS].cursor() as cursor:
            return cursor.execute(sql).fetchone()[0]
    finally:
        handler[ALIAS].close()


def test_next_request_goes_on_with_the_connection_of_the_last(handler: ConnectionHandler) -> None:
    """A connection of its own for every request is half of what a request takes."""
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        before = first.submit(ask, handler).result()
        after = second.submit(ask, handler).result()

    assert before == after


def test_connection_that_is_left_in_a_transaction_goes_to_nobody(
    handler: ConnectionHandler,
) -> None:
    """The next officer's code red would be part of somebody else's transaction, or of none."""
    left = handler[ALIAS]
    left.set_autocommit(False)
    with left.cursor() as cursor:
        before = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    left.close()

    assert ask(handler) != before


def test_connection_that_the_server_has_ended_goes_to_nobody(handler: ConnectionHandler) -> None:
    """After a restart every kept connection is dead, and each would cost a request."""
    pid = ask(handler)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    assert ask(handler) != pid


def test_clock_gives_its_healthy_connection_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While requests hold every place that the server has, it would get none again."""
    settings = database(url_of_this_test(), tmp_path)
    clock = ConnectionHandler({"default": settings, ALIAS: settings})[ALIAS]
    clock.ensure_connection()
    held = clock.connection
    day_later = time.monotonic() + 86_400

    monkeypatch.setattr(time, "monotonic", lambda: day_later)
    clock.close_if_unusable_or_obsolete()

    assert clock.connection is held
    clock.close()


def test_silent_server_is_given_up_on_and_its_late_reply_read_by_nobody(
    handler: ConnectionHandler,
) -> None:
    """The reply to one request must never be taken for that to another."""
    with pytest.raises(OperationalError):
        ask(handler, "SELECT pg_sleep(3)")

    assert isinstance(ask(handler), int)
