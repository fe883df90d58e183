"""The pages of one provider in hand: who is slow delays nobody else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from escalation.crash import crash_point
from escalation.operations.outgoing import Outgoing, message_of
from escalation.operations.sending import Outcome
from escalation.rules.breaker import Breaker
from escalation.rules.sending import Failure
from escalation.transports import TransportError, transport

logger = logging.getLogger(__name__)

ReadClock = Callable[[], datetime]
"""Tells the database's time without asking it: it is read where nothing may be waited for."""
Begin = Callable[[Outgoing], Awaitable[bool]]
"""Writes down that a page is about to be dialled once more, and tells whether it may be."""
AHEAD = 100
HELD_SECONDS = 2.0
"""How many times what a line carries at once may be in hand, and what leaves within how long: what
is handed over as it is written need not be claimed, which costs as much as sending it. But what
waits here for a slow provider is kept from others, and cannot be taken back."""
BROKEN_SECONDS = 1.0
"""How long a page that cannot be sent from here is left to others."""
REMEMBERED = 8
"""Over how many answers a provider's speed is averaged, the last ones weighing most."""


def untried_limit(kind: str) -> int:
    """Tell how many pages it makes sense to have in hand for a provider not yet heard of."""
    return transport(kind).most_at_once * AHEAD


async def is_counted(page: Outgoing) -> bool:
    """Where whoever claimed them has counted the tries already: at once, and for all."""
    return True


class Pool:
    """The pages of one provider, as many of them under way at once as its line carries."""

    def __init__(
        self,
        kind: str,
        read_clock: ReadClock,
        tell: Callable[[Outcome], None],
        begin: Begin = is_counted,
    ) -> None:
        self._kind = kind
        self._line = transport(kind).connect()
        self._read_clock = read_clock
        self._tell = tell
        self._begin = begin
        self._breaker = Breaker()
        self._seconds_each = 0.0
        self._waiting: deque[Outgoing] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def limit(self) -> int:
        """How many pages it makes sense to have in hand: many only while they go fast."""
        if not self._breaker.is_well:
            return self._most_at_once
        turns = min(HELD_SECONDS / max(self._seconds_each, 0.001), AHEAD)
        return int(self._most_at_once * max(turns, 1))

    def put(self, pages: Sequence[Outgoing]) -> None:
        self._waiting.extend(pages)
        # A task that has ended is taken out a moment later, and would seem to be at work till then.
        busy = sum(not each.done() for each in self._tasks)
        for _ in range(min(len(pages), self._most_at_once - busy)):
            task = asyncio.get_running_loop().create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    @property
    def _most_at_once(self) -> int:
        return transport(self._kind).most_at_once

    async def close(self) -> None:
        """Let what is in hand end, and hang up."""
        await asyncio.gather(*self._tasks)
        await self._line.close()

    async def _work(self) -> None:
        while self._waiting:
            page = self._waiting.popleft()
            self._tell(await self._try(page))

    async def _try(self, page: Outgoing) -> Outcome:
        """Send one page, unless its provider has been silent too often, or it is ours no more."""
        if time.monotonic() > page.ours_until:
            return Outcome(page, self._read_clock(), is_lost=True)
        if not self._breaker.lets_through(time.monotonic()):
            return self._left_alone(page)
        page.is_dialled = True
        # Whoever dies before this has cost the page no chance: it is the last thing but the wire.
        if page.is_again and not await self._begin(page):
            return Outcome(page, self._read_clock(), is_lost=True)
        started = time.monotonic()
        try:
            receipt = await self._line.send(message_of(page, self._read_clock()))
        except TransportError as error:
            self._note(error)
            return self._failed(page, error)
        except Exception as error:
            # A fault of ours says nothing about whether the page arrived.
            logger.exception("transport %s broke on page %s", page.kind, page.key)
            return self._failed(page, TransportError(type(error).__name__, is_unknown=True))
        crash_point("after_dial")
        self._seconds_each += (time.monotonic() - started - self._seconds_each) / REMEMBERED
        self._breaker.note_answer()
        return Outcome(page, self._read_clock(), receipt)

    def _left_alone(self, page: Outgoing) -> Outcome:
        """Have a page tried again as soon as its provider is."""
        failure = Failure(pause_seconds=self._breaker.seconds_left(time.monotonic()))
        error = "The provider does not answer at the moment."
        return Outcome(page, self._read_clock(), failure=failure, error=error)

    def _note(self, error: TransportError) -> None:
        if error.is_local:
            return
        if error.is_silent:
            self._breaker.note_silence(time.monotonic())
        else:
            self._breaker.note_answer()

    def _failed(self, page: Outgoing, error: TransportError) -> Outcome:
        failure = Failure(
            is_permanent=error.permanent,
            is_unknown=error.is_unknown,
            retry_after_seconds=error.retry_after_seconds,
        )
        return Outcome(page, self._read_clock(), failure=failure, error=str(error))


class Pools:
    """A pool for each provider, as they come up. They belong to the event loop that puts."""

    def __init__(
        self, read_clock: ReadClock, tell: Callable[[Outcome], None], begin: Begin = is_counted
    ) -> None:
        self._read_clock = read_clock
        self._tell = tell
        self._begin = begin
        self._pools: dict[tuple[str, str], Pool] = {}

    def limit(self, provider: str, kind: str) -> int:
        """Tell how many of a provider's pages it makes sense to have in hand."""
        pool = self._pools.get((provider, kind))
        return pool.limit if pool else untried_limit(kind)

    def limits(self) -> dict[str, int]:
        """Tell the same of every provider that was heard of."""
        return {name: pool.limit for (name, _), pool in list(self._pools.items())}

    def put(self, pages: Sequence[Outgoing]) -> None:
        """Begin to send. What cannot even begin is told of as well: nothing is lost on the way."""
        parts: dict[tuple[str, str], list[Outgoing]] = {}
        for page in pages:
            parts.setdefault((page.provider, page.kind), []).append(page)
        for key, part in parts.items():
            try:
                self._pool(*key).put(part)
            except Exception as error:
                logger.exception("pages of kind %s cannot be sent from here", key[1])
                for page in part:
                    self._tell(self._not_begun(page, error))

    def _pool(self, provider: str, kind: str) -> Pool:
        if (provider, kind) not in self._pools:
            self._pools[provider, kind] = Pool(kind, self._read_clock, self._tell, self._begin)
        return self._pools[provider, kind]

    def _not_begun(self, page: Outgoing, error: Exception) -> Outcome:
        """Leave a page to others: a newer release beside this one may know how to send it."""
        failure = Failure(pause_seconds=BROKEN_SECONDS)
        return Outcome(page, self._read_clock(), failure=failure, error=type(error).__name__)

    async def close(self) -> None:
        """Let what is in hand end, and hang up."""
        for pool in list(self._pools.values()):
            await pool.close()


async def try_all(
    pages: Sequence[Outgoing], read_clock: ReadClock, tell: Callable[[Outcome], None]
) -> None:
    """Try pages once, each through the pool of its provider, and tell what came of each.

    Whoever calls has counted the tries of those that others had before.
    """
    pools = Pools(read_clock, tell)
    pools.put(pages)
    await pools.close()
