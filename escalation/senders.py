"""Where a page leaves: claimed rows, one pool of threads per transport, stamps afterwards."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections, connection

from escalation.crash import crash_point
from escalation.operations.sending import (
    Claim,
    claim_pages,
    load,
    message_of,
    reason_not_to_send,
    stamp_failed,
    stamp_sent,
)
from escalation.rules.sending import Failure
from escalation.transports import TRANSPORTS
from escalation.transports.base import TransportError

logger = logging.getLogger(__name__)

ReadClock = Callable[[], datetime]
THREADS_PER_TRANSPORT = 8


class Senders:
    """One bounded pool per transport, so that a slow provider delays nobody else.

    `read_clock` is asked once before and once after the wire: the two moments of a stamp.
    """

    def __init__(self, read_clock: ReadClock, threads: int = THREADS_PER_TRANSPORT) -> None:
        self._pools = {kind: _Pool(kind, read_clock, threads) for kind in TRANSPORTS}

    def send_due(self, now: datetime) -> int:
        """Hand every due page to a free thread of its transport, and tell how many."""
        handed = 0
        for kind, pool in self._pools.items():
            free = pool.free
            claims = claim_pages(kind=kind, limit=free, now=now) if free else []
            if claims:
                crash_point("after_claim")
            for claim in claims:
                pool.take(claim)
            handed += len(claims)
        return handed

    def finish(self, seconds: float) -> None:
        """Take nothing more, and let the threads end what they are at, at most for some seconds."""
        for pool in self._pools.values():
            pool.close()
        for pool in self._pools.values():
            pool.join(seconds)


class _Pool:
    """Threads of one transport. Each keeps its database connection, and closes it as it ends."""

    def __init__(self, kind: str, read_clock: ReadClock, size: int) -> None:
        self._kind = kind
        self._read_clock = read_clock
        self._size = size
        self._claims: queue.SimpleQueue[Claim | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def free(self) -> int:
        """How many pages may be taken now. A lease must not run out while a page waits here."""
        with self._lock:
            return self._size - self._taken

    def take(self, claim: Claim) -> None:
        with self._lock:
            self._taken += 1
            needs_thread = self._taken > len(self._threads)
        if needs_thread:
            thread = threading.Thread(target=self._work, name=f"send-{self._kind}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._claims.put(claim)

    def close(self) -> None:
        for _ in self._threads:
            self._claims.put(None)

    def join(self, seconds: float) -> None:
        for thread in self._threads:
            thread.join(seconds)

    def _work(self) -> None:
        while (claim := self._claims.get()) is not None:
            self._deliver(claim)
        connection.close()

    def _deliver(self, claim: Claim) -> None:
        try:
            close_old_connections()
            deliver(self._kind, claim, self._read_clock)
        except Exception:
            logger.exception("page %s could not be stamped; its lease will run out", claim.page_id)
            connection.close()
        finally:
            with self._lock:
                self._taken -= 1


def deliver(kind: str, claim: Claim, read_clock: ReadClock) -> None:
    """Send one claimed page and stamp what came of it."""
    page = load(claim)
    if page is None:
        return
    if reason := reason_not_to_send(page):
        failure = Failure(is_permanent=True)
        stamp_failed(claim=claim, error=reason, failure=failure, now=read_clock())
        return
    try:
        receipt = TRANSPORTS[kind].send(message_of(page, read_clock()))
        crash_point("after_dial")
    except TransportError as error:
        failure = Failure(error.permanent, error.is_unknown, error.retry_after_seconds)
        stamp_failed(claim=claim, error=str(error), failure=failure, now=read_clock())
    except Exception as error:
        # A fault of ours says nothing about whether the page arrived.
        logger.exception("transport %s broke on page %s", kind, claim.page_id)
        failure = Failure(is_unknown=True)
        stamp_failed(claim=claim, error=type(error).__name__, failure=failure, now=read_clock())
    else:
        stamp_sent(claim=claim, receipt=receipt, now=read_clock())
