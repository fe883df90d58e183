"""Where a page leaves: claimed here, sent by the one event loop of this process."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from queue import SimpleQueue

import uvloop

from escalation.crash import crash_point
from escalation.hands import OURS_SECONDS, Hands
from escalation.operations.claim import (
    Claimed,
    begin_again,
    claim_lapsed,
    claim_pages,
    claim_queued,
)
from escalation.operations.outgoing import Outgoing
from escalation.operations.pages import Lease
from escalation.operations.sending import Outcome, stamp
from escalation.pools import Pools, ReadClock, try_all

logger = logging.getLogger(__name__)

MOST_CLAIMED = 500
WRITTEN_SECONDS = 0.05
"""How much time has to be left for another batch to be written ahead of its moment."""

Claim = Callable[..., Claimed]


def send_all(read_clock: ReadClock) -> int:
    """Send once what is due and nobody has in hand, stamp it, and tell how many pages it was.

    Nothing is renewed: what is not dialled before its lease is nearly over is left to the next.
    """
    ours_until = time.monotonic() + OURS_SECONDS
    claimed = claim_pages(limit=MOST_CLAIMED, now=read_clock())
    for page in claimed.pages:
        page.ours_until = ours_until
    begin_again(claimed.pages)
    stamp(claimed.refused)
    for outcome in _tried(claimed.pages, read_clock):
        stamp([outcome])
    return len(claimed.refused) + len(claimed.pages)


def _tried(pages: Sequence[Outgoing], read_clock: ReadClock) -> Iterator[Outcome]:
    """Try them on a thread of their own: whoever calls may be inside an event loop already."""
    if not pages:
        return
    outcomes: SimpleQueue[Outcome | None] = SimpleQueue()
    with ThreadPoolExecutor(1, "send") as thread:
        sent = thread.submit(lambda: asyncio.run(try_all(pages, read_clock, outcomes.put)))
        sent.add_done_callback(lambda _: outcomes.put(None))
        while outcome := outcomes.get():
            yield outcome
    sent.result()


class Senders:
    """Sends for as long as the process lives. One thread talks to providers, another stamps."""

    def __init__(self, read_clock: ReadClock) -> None:
        self._read_clock = read_clock
        self._hands = Hands(read_clock)
        self._pools = Pools(read_clock, self._hands.note, self._begin)
        self._taken: list[Outgoing] = []
        # In C: a page by webhook costs a sixth less than on asyncio's own.
        self._loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="send", daemon=True)
        self._hands.start()
        self._thread.start()

    def room(self, provider: str, kind: str) -> int:
        """Tell how many more pages of a provider it makes sense to have in hand."""
        return self._pools.limit(provider, kind) - self._hands.held(provider)

    def lease(self) -> Lease:
        """Give a lease that begins now, for pages that are about to be written."""
        return self._hands.lease()

    def has_time(self, moment: datetime) -> bool:
        """Tell whether a moment is still so far away that more can be written before it."""
        return self._seconds_to(moment) > WRITTEN_SECONDS

    def wait_for(self, moment: datetime) -> None:
        """Wait until a moment has come: it is a few milliseconds away at most."""
        # time.sleep would aim at a moment of the host's clock; this counts seconds, however far off
        # that clock is.
        threading.Event().wait(max(0.0, self._seconds_to(moment)))

    def _seconds_to(self, moment: datetime) -> float:
        return (moment - self._read_clock()).total_seconds()

    def take(self, pages: Sequence[Outgoing]) -> None:
        """Have pages in hand whose rows say that they are in this process's hands."""
        self._taken += self._hands.hold(pages)

    def go(self) -> None:
        """Send what was taken. Until then nothing is sent: what is due is written down first."""
        taken, self._taken = self._taken, []
        if taken:
            self._loop.call_soon_threadsafe(self._pools.put, taken)

    def send_due(self, now: datetime) -> int:
        """Claim what is due and nobody has in hand, and tell how many pages that was."""
        queued = self.send_queued(now)
        # What was raised a moment ago is out before anybody looks for what has lapsed: the next
        # pass does that, unless there is no end of what is raised.
        if 0 < queued < MOST_CLAIMED:
            return queued
        return queued + self._claimed(claim_lapsed, now)

    def send_queued(self, now: datetime) -> int:
        """Claim what is due and was in nobody's hands before, and tell how many pages that was."""
        return self._claimed(claim_queued, now)

    def _claimed(self, claim: Claim, now: datetime) -> int:
        # A provider that has as much in hand as makes sense is left out: it must not hide others.
        limits = self._pools.limits().items()
        full = [name for name, limit in limits if self._hands.held(name) >= limit]
        lease = self._hands.lease()
        claimed = claim(limit=MOST_CLAIMED, now=now, until=lease.until, but=full)
        for page in claimed.pages:
            page.ours_until = lease.ours_until
        self._taken += self._hands.hold(claimed.pages)
        if claimed.pages:
            crash_point("after_claim")
        self.go()
        for outcome in claimed.refused:
            self._hands.note(outcome)
        return len(claimed.pages) + len(claimed.refused)

    async def _begin(self, page: Outgoing) -> bool:
        """Have a repeat written down by the thread that writes, while others are being sent."""
        loop = asyncio.get_running_loop()
        begun: asyncio.Future[bool] = loop.create_future()

        def answer(is_ours: bool) -> None:
            loop.call_soon_threadsafe(begun.set_result, is_ours)

        self._hands.begin(page, answer)
        return await begun

    def finish(self, seconds: float) -> None:
        """Take nothing more, and let what is in hand end, at most for some seconds."""
        closed = asyncio.run_coroutine_threadsafe(self._pools.close(), self._loop)
        try:
            closed.result(seconds)
        except TimeoutError:
            logger.warning("pages were still under way at the end; their leases will run out")
        self._hands.finish(seconds)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(seconds)
        if not self._thread.is_alive():
            self._loop.close()
