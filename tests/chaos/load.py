"""The people of the harness: officers who raise, managers who decide, and a ledger of every answer.

A process of its own, so that nothing the harness does can slow it down. It raises until its
standard input ends, then finishes the stories that it has begun.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

PATIENCE_SECONDS = 5.0
"""How long a program waits for an answer before it asks the other web process."""
GIVES_UP_SECONDS = 40.0
PAUSE_SECONDS = (0.1, 0.1, 0.5)
"""Before the second try, the third, and every one after it."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Brief:
    """What the load needs to know: where the webs are, who has which key, how fast, which seed."""

    webs: dict[str, str]
    officers: list[str]
    managers: list[str]
    channel: int
    playbook: str
    raises_per_second: float
    seed: int
    ledger: str


class Ledger:
    """Every attempt and what came of it, one line each."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def write(self, **row: Any) -> None:
        self._file.write(json.dumps(row) + "\n")
        self._file.flush()


@dataclass(frozen=True)
class Said:
    """An answer that arrived; status 0 when none did in time."""

    status: int
    body: Json

    @property
    def is_yes(self) -> bool:
        return 200 <= self.status < 300


class People:
    """Everybody's programs: they go to the other web process when one does not answer."""

    def __init__(self, brief: Brief, session: ClientSession) -> None:
        self.brief = brief
        self._session = session
        self._ledger = Ledger(Path(brief.ledger))
        self._webs = list(brief.webs)

    async def ask(
        self, what: str, path: str, body: Json, key: str, method: str = "POST", **more: Any
    ) -> Said:
        """Ask until somebody answers for good: yes, or a no that will not change."""
        ends_at = time.monotonic() + GIVES_UP_SECONDS
        said = Said(0, {})
        pauses = chain(PAUSE_SECONDS, repeat(PAUSE_SECONDS[-1]))
        while time.monotonic() < ends_at:
            web = self._webs[0]
            said = await self._try(web, what, method, path, body, key, more)
            if said.status and said.status not in (429, 500, 502, 503, 504):
                return said
            self._webs = [each for each in self.brief.webs if each != web] + [web]
            await asyncio.sleep(next(pauses))
        self._ledger.write(at=time.time(), what=what, gave_up=True, **more)
        return said

    async def _try(
        self, web: str, what: str, method: str, path: str, body: Json, key: str, more: Json
    ) -> Said:
        headers = {"Authorization": f"Bearer {key}"}
        if "storm" in more:
            headers["Idempotency-Key"] = more["storm"]
        at, error = time.time(), ""
        said = Said(0, {})
        try:
            url = f"{self.brief.webs[web]}/api/v1{path}"
            async with self._session.request(method, url, json=body, headers=headers) as answer:
                said = Said(answer.status, await answer.json(content_type=None))
        except (ClientError, TimeoutError, OSError, ValueError) as problem:
            error = type(problem).__name__
        self._ledger.write(
            at=at,
            took=time.time() - at,
            what=what,
            web=web,
            status=said.status,
            error=error or said.body.get("code", ""),
            number=said.body.get("number"),
            answer=said.body.get("id"),
            **more,
        )
        return said


class Incident:
    """One storm, told by dice of its own."""

    def __init__(self, people: People, serial: int, over: asyncio.Task[None]) -> None:
        brief = people.brief
        self._over = over
        self._people = people
        # No secret is drawn here, only a story.
        self.dice = random.Random(f"{brief.seed} {serial}")  # noqa: S311
        self._serial = serial
        self._officer = brief.officers[serial % len(brief.officers)]
        self.managers = brief.managers
        self.channel = brief.channel
        self.number = 0

    async def live(self) -> None:
        """Raise, let the story happen, stand down."""
        self.number = await self._raise()
        if not self.number:
            return
        story: Story = self.dice.choices([decided, on_it, to_the_end], [40, 10, 50])[0]
        await story(self)
        await self.officer("stand_down", f"{self.path}/stand-down", {"end": "answered"})

    async def _raise(self) -> int:
        brief = self._people.brief
        storm = {
            "question": f"Is it true what they say about shift {self._serial}?",
            "playbook": brief.playbook,
            "channel": self.channel,
        }
        key = f"storm-{brief.seed}-{self._serial}"
        said = await self._people.ask("raise", "/incidents", storm, self._officer, storm=key)
        return int(said.body["number"]) if said.is_yes else 0

    @property
    def path(self) -> str:
        return f"/incidents/{self.number}"

    async def wait(self, least: float, most: float) -> None:
        """Let time go by, unless the whole run is over: then every story comes to its end."""
        await asyncio.wait([self._over], timeout=self.dice.uniform(least, most))

    async def officer(self, what: str, path: str, body: Json, method: str = "POST") -> Said:
        return await self._people.ask(what, path, body, self._officer, method, of=self.number)

    async def acknowledge(self, who: str) -> None:
        await self._people.ask("acknowledge", f"{self.path}/acknowledge", {}, who, of=self.number)

    async def approve(self, answer: int, version: int, sha256: str, who: str) -> None:
        body = {"kind": "approve", "version": version, "sha256": sha256}
        path = f"/answers/{answer}/decisions"
        await self._people.ask("approve", path, body, who, of=self.number, of_version=version)


Story = Callable[[Incident], Awaitable[None]]


async def to_the_end(incident: Incident) -> None:
    """Nobody decides: the whole chain is paged, and sometimes everyone again.

    It lasts for longer than anything may be late, so that nothing is forgiven by its end.
    """
    await incident.wait(*((40, 44) if incident.dice.random() < 0.1 else (24, 28)))


async def on_it(incident: Incident) -> None:
    """The first manager says "I'm on it" and does nothing: the chain goes on after the grace."""
    await incident.wait(1, 3)
    await incident.acknowledge(incident.managers[0])
    await incident.wait(20, 24)


async def decided(incident: Incident) -> None:
    """An answer is drafted and approved: by its old words at times, and at times by two at once."""
    dice, (one, other, *_) = incident.dice, incident.managers
    await incident.wait(0.5, 5)
    words = {
        "text": f"We are looking into it right now, number {incident.number}.",
        "answers_question": True,
        "reason_for_repeat": "Everybody asks the same today.",
    }
    draft = words | {"channel": incident.channel}
    drafted = await incident.officer("draft", f"{incident.path}/answers", draft)
    if not drafted.is_yes:
        return
    now = was = drafted.body
    path = f"/answers/{was['id']}"
    if dice.random() < 0.3:
        changed = words | {"text": f"{words['text']} More soon.", "version": 1}
        revised = await incident.officer("revise", path, changed, "PUT")
        now = revised.body if revised.is_yes else was
    seen = now["version"]
    await incident.officer("submit", f"{path}/submit", {"version": seen["number"]})
    await incident.wait(0.3, 1)
    if now is not was:
        await incident.approve(was["id"], 1, was["version"]["sha256"], other)
    signers = [one, other] if dice.random() < 0.5 else [one]
    approvals = [
        incident.approve(was["id"], seen["number"], seen["sha256"], who) for who in signers
    ]
    await asyncio.gather(*approvals)
    await incident.wait(2, 5)


async def play(brief: Brief) -> None:
    """Raise at a steady pace until told to stop, then wait for the end of the last story."""
    over = asyncio.create_task(_told())
    limits = ClientTimeout(total=PATIENCE_SECONDS)
    async with ClientSession(timeout=limits, connector=TCPConnector(limit=100)) as session:
        people = People(brief, session)
        stories: list[asyncio.Task[None]] = []
        begins = time.monotonic()
        while not over.done():
            stories.append(asyncio.create_task(Incident(people, len(stories), over).live()))
            pause = begins + len(stories) / brief.raises_per_second - time.monotonic()
            await asyncio.wait([over], timeout=max(0.0, pause))
        await asyncio.gather(*stories)


async def _told() -> None:
    loop = asyncio.get_running_loop()
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    await told.read()


if __name__ == "__main__":
    asyncio.run(play(Brief(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
