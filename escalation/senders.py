"""Where a page leaves: claimed rows, one pool of threads per transport, stamps afterwards."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

from django.db import close_old_connections

from escalation.operations.sending import (
    Claim,
    claim_pages,
    is_spent,
    load,
    message_of,
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
        self._read_clock = read_clock
        self._threads = threads
        self._pools = {kind: ThreadPoolExecutor(threads, f"send-{kind}") for kind in TRANSPORTS}
        self._busy: dict[str, set[Future[None]]] = {kind: set() for kind in TRANSPORTS}

    def send_due(self, now: datetime) -> int:
        """Hand every due page to a free thread of its transport, and tell how many."""
        handed = 0
        for kind, busy in self._busy.items():
            busy -= {each for each in busy if each.done()}
            free = self._threads - len(busy)
            claims = claim_pages(kind=kind, limit=free, now=now) if free else []
            busy |= {self._pools[kind].submit(self._deliver, kind, claim) for claim in claims}
            handed += len(claims)
        return handed

    def wait(self, seconds: float) -> None:
        """Wait until what is being sent is done, at most for some seconds."""
        wait([each for busy in self._busy.values() for each in busy], timeout=seconds)

    def close(self) -> None:
        """Let the threads end what they are at, and take nothing more."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, kind: str, claim: Claim) -> None:
        close_old_connections()
        try:
            deliver(kind, claim, self._read_clock)
        except Exception:
            logger.exception("page %s could not be stamped; its lease will run out", claim.page_id)
        finally:
            close_old_connections()


def deliver(kind: str, claim: Claim, read_clock: ReadClock) -> None:
    """Send one claimed page and stamp what came of it."""
    page = load(claim)
    if page is None:
        return
    if is_spent(page):
        failure = Failure(is_permanent=True)
        stamp_failed(claim=claim, error="unknown twice", failure=failure, now=read_clock())
        return
    try:
        receipt = TRANSPORTS[kind].send(message_of(page, read_clock()))
    except TransportError as error:
        failure = Failure(error.permanent, error.is_unknown, error.retry_after_seconds)
        stamp_failed(claim=claim, error=str(error), failure=failure, now=read_clock())
    except Exception as error:
        logger.exception("transport %s broke on page %s", kind, claim.page_id)
        stamp_failed(
            claim=claim,
            error=type(error).__name__,
            failure=Failure(is_unknown=True),
            now=read_clock(),
        )
    else:
        stamp_sent(claim=claim, receipt=receipt, now=read_clock())
