"""Connections that outlive the thread of their request, and a client that gives up.

Under ASGI every request has a thread of its own, and Django keeps connections by thread: each one
would be opened anew. Here a connection that is let go waits for the next request, whoever runs it.
"""

import select
from collections import deque
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import Buffer
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestampLoader, TimestamptzLoader

INTERVAL_SECONDS = 0.1
FIRST = datetime(1, 1, 2, tzinfo=UTC)
LAST = datetime(9999, 12, 31, tzinfo=UTC)
"""The first and the last moment that Python has in every time zone."""

_kept: dict[str, deque[psycopg.Connection[Any]]] = {}
"""Idle connections by alias, the one that was used last at the end."""


class ImpatientConnection(psycopg.Connection[Any]):
    """Gives up on a server that is there and says nothing, which none of its own limits ends."""

    patience_seconds: float | None = None

    def wait(
        self, gen: Any, interval: float = INTERVAL_SECONDS, timeout: float | None = None
    ) -> Any:
        """Wait as ever, but no longer than that. Raises OperationalError when it is over."""
        try:
            return super().wait(
                gen, interval, self.patience_seconds if timeout is None else timeout
            )
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                # A late reply would be taken for that of the next statement.
                self.close()
            raise


class UtcLoader(TimestamptzLoader):
    """Reads moments five times as fast; the clock reads thousands of them in a second.

    PostgreSQL has years that Python has not. They are read as the nearest moment that it has: one
    date that somebody mistyped must not keep a whole chain, and every screen, from being read.
    """

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        written = bytes(data)
        try:
            # Django has the session in UTC. What is not a plain moment is left to the slow way.
            is_plain = written.endswith(b"+00")
            moment = datetime.fromisoformat(written.decode()) if is_plain else super().load(data)
        except (ValueError, psycopg.DataError):
            return nearest(written)
        return moment if FIRST <= moment <= LAST else nearest(written)


class WallClockLoader(TimestampLoader):
    """Reads moments that the database has put on a wall clock, within the same years."""

    def load(self, data: Buffer) -> datetime:
        try:
            return super().load(data)
        except psycopg.DataError:
            return nearest(bytes(data)).replace(tzinfo=None)


def nearest(written: bytes) -> datetime:
    """Give the moment of Python's that is nearest to one beyond them, as PostgreSQL writes it."""
    return FIRST if written.startswith((b"-", b"0001")) or written.endswith(b"BC") else LAST


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps up to KEPT idle connections for whichever thread is next; waits PATIENCE_SECONDS."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Give a connection that somebody has let go, else open one."""
        idle = self._idle
        while idle:
            kept = idle.pop()
            if is_quiet(kept):
                return kept
            kept.close()
        opened = ImpatientConnection.connect(**conn_params)
        opened.patience_seconds = self.settings_dict["PATIENCE_SECONDS"]
        opened.adapters.register_loader("timestamptz", UtcLoader)
        opened.adapters.register_loader("timestamp", WallClockLoader)
        return opened

    def _close(self) -> None:
        idle = self._idle
        if len(idle) < self.settings_dict["KEPT"] and self._is_reusable:
            idle.append(self.connection)
        else:
            super()._close()  # type: ignore[misc]

    @property
    def _idle(self) -> deque[psycopg.Connection[Any]]:
        return _kept.setdefault(self.alias, deque())

    @property
    def _is_reusable(self) -> bool:
        return (
            self.connection is not None
            and not self.in_atomic_block
            and self.connection.info.transaction_status == TransactionStatus.IDLE
        )


def is_quiet(connection: psycopg.Connection[Any]) -> bool:
    """Say whether an idle connection is as it was left: a server that ends it says so, unasked."""
    if connection.closed:
        return False
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return not look.poll(0)
