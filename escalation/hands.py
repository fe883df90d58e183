"""What this process has in its hands: held for as long as it lives, stamped, and let go."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from escalation.operations.claim import begin_again
from escalation.operations.outgoing import Outgoing
from escalation.operations.pages import Lease
from escalation.operations.sending import Outcome, renew, stamp
from escalation.pools import ReadClock
from escalation.rules.sending import LEASE_SECONDS, RENEW_SECONDS

logger = logging.getLogger(__name__)

MOST_STAMPED = 500
TOGETHER_SECONDS = 0.05
"""How long outcomes are gathered while many pages are under way: a commit for each few of them
would cost more than sending them. A page that is alone is stamped at once."""
AGAIN_SECONDS = 0.25
"""How long a stamp waits for a database that is away."""
OURS_SECONDS = LEASE_SECONDS - RENEW_SECONDS
"""A page that was not renewed for so long may be somebody else's at any moment."""

Answer = Callable[[bool], None]


class Hands:
    """Pages from claim to stamp. A thread of its own writes, so that nobody waits for it."""

    def __init__(self, read_clock: ReadClock) -> None:
        self._read_clock = read_clock
        self._pages: dict[UUID, Outgoing] = {}
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._outcomes: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        self._repeats: queue.SimpleQueue[tuple[Outgoing, Answer]] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._renewed_at = 0.0
        self._thread = threading.Thread(target=self._work, name="stamp", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def held(self, provider: str) -> int:
        return self._held[provider]

    def lease(self) -> Lease:
        """Give a lease that begins now; on our own clock it ends a little earlier."""
        until = self._read_clock() + timedelta(seconds=LEASE_SECONDS)
        return Lease(until, time.monotonic() + OURS_SECONDS)

    def hold(self, pages: Sequence[Outgoing]) -> list[Outgoing]:
        """Take pages, and give those that were not in hand before.

        A lease may run out in our own hands, while the database is away: it is one page, not two.
        """
        new = []
        with self._lock:
            for page in pages:
                held = self._pages.setdefault(page.key, page)
                held.lease, held.ours_until = page.lease, page.ours_until
                if held is page:
                    self._held[page.provider] += 1
                    new.append(page)
        return new

    def note(self, outcome: Outcome) -> None:
        """Have an outcome written down soon, together with what else has come."""
        self._outcomes.put(outcome)

    def begin(self, page: Outgoing, answer: Answer) -> None:
        """Have it written down that a page is about to be dialled once more.

        The answer is whether it may be: it is still ours, and the database knows.
        """
        self._repeats.put((page, answer))
        self._outcomes.put(None)

    def finish(self, seconds: float) -> None:
        """Write down what has come so far, at most for some seconds."""
        self._stopping.set()
        self._outcomes.put(None)
        self._thread.join(seconds)

    def _work(self) -> None:
        kept: list[Outcome] = []
        while not self._stopping.is_set() or kept or not self._outcomes.empty():
            kept += self._gathered(AGAIN_SECONDS if kept else RENEW_SECONDS)
            self._begin_repeats()
            kept = self._written(kept)
        connection.close()

    def _gathered(self, seconds: float) -> list[Outcome]:
        """Wait for an outcome, and take what has come besides."""
        found: list[Outcome | None] = []
        try:
            found.append(self._outcomes.get(timeout=seconds))
            if len(self._pages) > MOST_STAMPED:
                self._stopping.wait(TOGETHER_SECONDS)
            while len(found) < MOST_STAMPED:
                found.append(self._outcomes.get_nowait())
        except queue.Empty:
            pass
        return [each for each in found if each]

    def _begin_repeats(self) -> None:
        """Count the tries that wait for it; whose could not be counted is left to others."""
        waiting = []
        with suppress(queue.Empty):
            while True:
                waiting.append(self._repeats.get_nowait())
        if not waiting:
            return
        ours: set[UUID] = set()
        try:
            close_old_connections()
            ours = begin_again([page for page, _ in waiting])
        except Exception:
            logger.warning("%s pages are not sent again from here", len(waiting), exc_info=True)
            connection.close()
        for page, answer in waiting:
            answer(page.key in ours)

    def _written(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Renew and stamp, and give what has to be stamped again: the database is away, or held."""
        held: list[Outcome] = []
        try:
            close_old_connections()
            # First: what takes long to stamp must not cost the others their leases.
            self._renew()
            held = stamp(outcomes).held
        except (OperationalError, InterfaceError):
            logger.warning("the database is away; %s stamps wait for it", len(outcomes))
            connection.close()
            return outcomes
        except Exception:
            logger.exception("pages could not be stamped; their leases will run out")
            connection.close()
        later = {each.page.key for each in held}
        self.let_go([each.page for each in outcomes if each.page.key not in later])
        return held

    def let_go(self, pages: Sequence[Outgoing]) -> None:
        """Have pages in hand no more: they were stamped, or whoever claims them next sends them."""
        with self._lock:
            for page in pages:
                if self._pages.pop(page.key, None):
                    self._held[page.provider] -= 1

    def _renew(self) -> None:
        """Keep what has been in hand for a while; most pages are gone before that."""
        now = time.monotonic()
        if now - self._renewed_at < RENEW_SECONDS:
            return
        self._renewed_at = now
        with self._lock:
            old = [p for p in self._pages.values() if p.ours_until < now + OURS_SECONDS / 2]
        if not old:
            return
        ours = renew(pages=old, now=self._read_clock())
        for page in old:
            if page.key in ours:
                page.ours_until = now + OURS_SECONDS
