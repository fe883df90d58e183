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

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from escalation.operations.news import CHANNEL

HEARTBEAT_SECONDS = 15.0
"""A line now and then keeps proxies from closing what they think is dead."""
LONGEST_SECONDS = 600.0
"""Then the browser comes anew, and has to be somebody who may still look."""
PATIENCE_SECONDS = 2.0
"""How long Redis may be silent when it was asked for a sign of life."""
AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


class Looker:
    """One open stream: what it has not been told yet."""

    def __init__(self, timeline_id: int | None) -> None:
        self.timeline_id = timeline_id
        """The incident that is looked at; None for all of them."""
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
        self._is_live = False

    @contextmanager
    def looking(self, timeline_id: int | None) -> Iterator[Looker]:
        looker = Looker(timeline_id)
        self._lookers.add(looker)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        elif self._is_live:
            looker.tell("live")
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
            except (RedisError, OSError) as error:
                log.debug("Nobody is told what moved: %s", error)
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
                self._pass_on({int(each) for each in message["data"].split(b",") if each})

    def _turn(self, event: str) -> None:
        self._is_live = event == "live"
        for looker in self._lookers:
            looker.tell(event)

    def _pass_on(self, moved: set[int]) -> None:
        for looker in self._lookers:
            if looker.timeline_id is None or looker.timeline_id in moved:
                looker.tell("moved")


def _redis() -> Redis:
    return Redis.from_url(
        settings.CODERED_NEWS_URL,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


_HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


async def events(timeline_id: int | None) -> AsyncIterator[bytes]:
    """Say "moved" whenever an incident moves, or any of them; "slow" as long as nobody knows.

    Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    loop = asyncio.get_running_loop()
    hub = _HUBS.setdefault(loop, Hub())
    ends_at = loop.time() + LONGEST_SECONDS
    with hub.looking(timeline_id) as looker:
        yield b"retry: 1000\n\n"
        while loop.time() < ends_at:
            yield await looker.next()
