"""Tell whoever looks at an incident that it has moved.

A hint on Redis, and nothing else: no act waits for it, it may be lost, and the rows are the truth.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable
from functools import lru_cache, partial

from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CHANNEL = "codered:moved"
"""Messages are ids of timelines, comma-separated."""
PATIENCE_SECONDS = 1.0
GATHER_SECONDS = 0.1
"""What moves within it is told at once: nobody's eyes are faster."""

log = logging.getLogger(__name__)


def tell_moved(timeline_ids: Iterable[int]) -> None:
    """Say, once this transaction commits, that these incidents are no longer what they were."""
    transaction.on_commit(partial(HERALD.tell, frozenset(timeline_ids)), robust=True)


class Herald:
    """Carries the news from a thread of its own: whoever acts does not wait for Redis."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: set[int] = set()
        self._has_news = threading.Event()
        self._thread: threading.Thread | None = None

    def tell(self, timeline_ids: frozenset[int]) -> None:
        if not settings.CODERED_NEWS_URL:
            return
        with self._lock:
            self._news |= timeline_ids
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="herald", daemon=True)
                self._thread.start()
        self._has_news.set()

    def _run(self) -> None:
        while True:
            self._has_news.wait()
            # Whoever sends a thousand pages at this moment needs the processor more.
            time.sleep(GATHER_SECONDS)
            self._has_news.clear()
            with self._lock:
                news, self._news = self._news, set()
            try:
                _redis(settings.CODERED_NEWS_URL).publish(CHANNEL, ",".join(map(str, news)))
            except Exception:  # noqa: BLE001
                # Whoever looks asks every few seconds as long as there is no news.
                log.debug("Nobody can be told that something moved.", exc_info=True)


@lru_cache(maxsize=1)
def _redis(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _born_again() -> None:
    global HERALD
    HERALD = Herald()


HERALD = Herald()
# A thread does not live on in a forked child.
os.register_at_fork(after_in_child=_born_again)
