"""CodeRed's web under the bench: raise, draft, submit and approve over HTTP, as programs do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests

from config.broker import free_port
from tests.bench.engines import Ours
from tests.bench.stage import Stage, is_up, until

PLAYBOOK = "VOL-01"
Given = TypeVar("Given")


@dataclass
class Web:
    """A running web server and what its users hold."""

    port: int
    keys: dict[str, str]
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    def ask(self, who: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post as somebody. Raises AssertionError when it is not taken."""
        answer = self.session.post(
            f"{self.url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.keys[who]}"},
            timeout=30,
        )
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def raise_code_red(self) -> int:
        body = {"question": "Is he one of yours?", "playbook": PLAYBOOK}
        return int(self.ask("Olga", "/incidents", body)["number"])

    def submit(self, number: int) -> dict[str, Any]:
        """Draft an answer to a code red and send it for sign-off; give what has to be signed."""
        words = {
            "text": f"We are looking into it right now, number {number}.",
            "channel": int(self.keys["channel"]),
            "answers_question": True,
            "reason_for_repeat": "Everybody asks the same today.",
        }
        drafted = self.ask("Olga", f"/incidents/{number}/answers", words)
        self.ask("Olga", f"/answers/{drafted['id']}/submit", {"version": 1})
        return drafted

    def approve(self, drafted: dict[str, Any]) -> None:
        version = drafted["version"]
        body = {"kind": "approve", "version": version["number"], "sha256": version["sha256"]}
        self.ask("Anna", f"/answers/{drafted['id']}/decisions", body)


@contextmanager
def web(stage: Stage, engine: Ours) -> Iterator[Web]:
    """Run the web beside CodeRed's clocks, warm."""
    engine.prepare(stage)
    stage.forget()
    keys = json.loads(stage.call("tests.bench.ours", "keys", database=engine.name))
    port = free_port(0)
    server = ["-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1"]
    server += ["--port", str(port), "--lifespan", "off", "--no-access-log"]
    commands = {"web": server, **engine.commands(stage)}
    with stage.running(commands, engine.name):
        running = Web(port, keys)
        if not until(lambda: is_up(running.session, f"{running.url}/health/live")):
            raise RuntimeError(f"The web does not answer. See {stage.directory}.")
        if not until(lambda: engine.has_clocks(stage)):
            raise RuntimeError(f"The clocks do not run. See {stage.directory}.")
        for _ in range(5):
            running.approve(running.submit(running.raise_code_red()))
        yield running


def timed(acts: Sequence[Callable[[], Given]], at_once: int) -> tuple[list[Given], float]:
    """Do acts, so many at a time; give what each gave and how many there were in a second."""
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as people:
        given = list(people.map(lambda act: act(), acts))
    return given, len(acts) / (time.monotonic() - began)
