"""The bare loop, which is the limit of this machine: LISTEN, sleep, claim, POST.

    DATABASE_URL=… python -m tests.bench.peers.loop

What anybody would write who wants a timer and nothing else, as well as it can be done in a hundred
lines: one statement claims up to 500 and records their pages, all that is due is recorded before
anything is sent, fifty connections post, and what was sent is stamped in batches.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

import aiohttp
import psycopg

CONNECTIONS = 50
BATCH = 500
CLAIM = f"""
WITH due AS (
    SELECT id FROM timer WHERE fired_at IS NULL AND due_at <= clock_timestamp()
    ORDER BY due_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED
), fired AS (
    UPDATE timer SET fired_at = clock_timestamp() FROM due WHERE timer.id = due.id
    RETURNING timer.id, timer.url
), paged AS (
    INSERT INTO page (timer_id) SELECT id FROM fired
)
SELECT id, url FROM fired
"""  # noqa: S608
NEXT = """
SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float8
FROM timer WHERE fired_at IS NULL
"""
SENT = "UPDATE page SET sent_at = clock_timestamp() WHERE timer_id = ANY(%s)"

Timer = tuple[int, str]


class Loop:
    """One process, one connection to the database, one session."""

    def __init__(self, database: psycopg.AsyncConnection) -> None:
        self._database = database
        self._waiting: asyncio.Queue[Timer] = asyncio.Queue()
        self._sent: list[int] = []

    async def run(self) -> None:
        await self._database.execute("LISTEN timers")
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS)
        ) as session:
            senders = [asyncio.create_task(self._send(session)) for _ in range(CONNECTIONS)]
            while True:
                await self._pass()
                assert not any(each.done() for each in senders)

    async def _pass(self) -> None:
        due: list[Timer] = []
        while timers := await self._claim():
            due += timers
            if len(timers) < BATCH:
                break
        for timer in due:
            self._waiting.put_nowait(timer)
        await self._stamp()
        cursor = await self._database.execute(NEXT)
        row = await cursor.fetchone()
        left = row[0] if row and row[0] is not None else 1.0
        await self._sleep(min(max(left, 0), 0.02 if self._sent or self._waiting.qsize() else 1.0))

    async def _claim(self) -> Sequence[Timer]:
        cursor = await self._database.execute(CLAIM)
        return await cursor.fetchall()

    async def _stamp(self) -> None:
        sent, self._sent = self._sent, []
        if sent:
            await self._database.execute(SENT, [sent])

    async def _sleep(self, seconds: float) -> None:
        async for _ in self._database.notifies(timeout=seconds, stop_after=1):
            return

    async def _send(self, session: aiohttp.ClientSession) -> None:
        while True:
            key, url = await self._waiting.get()
            body = b'{"type": "page"}'
            async with session.post(url, data=body, headers={"webhook-id": str(key)}) as answer:
                await answer.read()
            self._sent.append(key)


async def main() -> None:
    """Run until the process is ended."""
    database = await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True)
    await Loop(database).run()


if __name__ == "__main__":
    asyncio.run(main())
