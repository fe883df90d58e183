"""Streams that say that something moved, and nothing else: whoever looks reads the page anew.

One subscription per process serves every stream of it. Without Redis a stream says so, and the
browser asks every few seconds instead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from crisis.access import restricted_among
from crisis.queries.connection import leave_database
from escalation.operations.news import CHANNEL

HEARTBEAT_SECONDS = 15.0
"""A line now and then keeps proxies from closing what they think is dead."""
LONGEST_SECONDS = 600.0
"""Then the browser comes anew, and has to be somebody who may still look."""
PATIENCE_SECONDS = 2.0
"""How long Redis may be silent when it was asked for a sign of life."""
AGAIN_SECONDS = 1.0
MOST_STREAMS = 500
"""Of a process. Whoever comes then asks every few seconds: the others must get in at all."""

log = logging.getLogger(__name__)


class Looker:
    """One open stream: what it has not been told yet."""

    def __init__(self, timeline_id: int | None) -> None:
        self.timeline_id = timeline_id
        """The incident that is looked at; None for all that everybody may know of."""
        self._news: dict[str, None] = {}
        self._has_news = asyncio.Event()

    def tell(self, event: str) -> None:
        self._news[event] = None
        self._has_news.set()

    async def next(self) -> bytes:
        """Give what is new, each event once, or a sign of life when nothing is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._has_news.wait()
        self._has_news.clear()
        news, self._news = self._news, {}
        return b"".join(b"event: %s\ndata: 1\n\n" % each.encode() for each in news) or b":\n\n"


class Hub:
    """Hears of everything that moved, once per process, and tells those who look at it."""

    def __init__(self) -> None:
        self._lookers: set[Looker] = set()
        self._task: asyncio.Task[None] | None = None
        self._state = ""
        self._is_restricted: dict[int, bool] = {}
        """What is known of incidents that moved: it never changes."""

    @property
    def is_full(self) -> bool:
        return len(self._lookers) >= MOST_STREAMS

    @contextmanager
    def looking(self, timeline_id: int | None) -> Iterator[Looker]:
        looker = Looker(timeline_id)
        self._lookers.add(looker)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        if self._state:
            looker.tell(self._state)
        try:
            yield looker
        finally:
            self._lookers.discard(looker)

    async def _listen(self) -> None:
        """Stay subscribed as long as anybody looks."""
        while self._lookers:
            try:
                async with _redis() as redis, redis.pubsub() as heard:
                    await heard.subscribe(CHANNEL)
                    await self._hear(heard)
            except Exception:  # noqa: BLE001
                # Whatever it was: those who look must not go on believing that they hear of all.
                log.debug("Nobody is told what moved.", exc_info=True)
            self._turn("slow")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear(self, heard: PubSub) -> None:
        """Pass on what is heard. Raises ConnectionError after too long a silence."""
        is_asked = False
        while self._lookers:
            message = await heard.get_message(timeout=PATIENCE_SECONDS)
            if message is None and is_asked:
                raise ConnectionError("Redis does not answer.")
            is_asked = message is None
            if message is None:
                await heard.ping()
            elif message["type"] == "subscribe":
                self._turn("live")
            elif message["type"] == "message":
                await self._pass_on({int(each) for each in message["data"].split(b",") if each})

    def _turn(self, state: str) -> None:
        """Tell once that news come, or that none do: every screen looks for itself then."""
        if state != self._state:
            self._state = state
            for looker in self._lookers:
                looker.tell(state)

    async def _pass_on(self, moved: set[int]) -> None:
        for looker in self._lookers:
            if looker.timeline_id in moved:
                looker.tell("moved")
        if not moved.isdisjoint(await self._open_to_all(moved)):
            for looker in self._lookers:
                if looker.timeline_id is None:
                    looker.tell("moved")

    async def _open_to_all(self, moved: set[int]) -> set[int]:
        """Which incidents are not restricted; looked up once, and not while nobody asks."""
        if all(looker.timeline_id for looker in self._lookers):
            return set()
        unknown = moved - self._is_restricted.keys()
        if unknown:
            found = await sync_to_async(_look_up, thread_sensitive=False)(unknown)
            self._is_restricted |= dict.fromkeys(unknown, False) | dict.fromkeys(found, True)
        return {each for each in moved if not self._is_restricted[each]}


def _redis() -> Redis:
    return Redis.from_url(
        settings.CODERED_NEWS_URL,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _look_up(timeline_ids: set[int]) -> set[int]:
    try:
        return restricted_among(timeline_ids)
    finally:
        leave_database()


_HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


async def events(timeline_id: int | None) -> AsyncIterator[bytes]:
    """Say "moved" whenever an incident moves, or any that is not restricted; "slow" without Redis.

    Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    loop = asyncio.get_running_loop()
    hub = _HUBS.setdefault(loop, Hub())
    ends_at = loop.time() + LONGEST_SECONDS
    if hub.is_full:
        yield b"retry: 60000\nevent: slow\ndata: 1\n\n"
        return
    with hub.looking(timeline_id) as looker:
        yield b"retry: 1000\n\n"
        while loop.time() < ends_at:
            yield await looker.next()
