"""One run: start everything, let people work, strike as the schedule says, read what is left."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.chaos.journal import Journal, Struck
from tests.chaos.schedule import CONTROLS, PROCESSES, PROFILES, WORKERS, Fault, schedule
from tests.chaos.stack import CODE, Stack

STEP_SECONDS = 0.02
START_SECONDS = 60.0
BETWEEN_LOOKS_SECONDS = 0.5
FINISH_SECONDS = 90.0
"""How long the people may take to end what they have begun."""


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    minutes: float
    seed: int
    kinds: tuple[str, ...]
    plant: str
    raises_per_second: float
    drain_seconds: float
    without: tuple[str, ...]
    directory: Path

    @property
    def settings(self) -> str:
        return f"tests.chaos.plants.{self.plant}" if self.plant else "config.settings"

    @property
    def processes(self) -> tuple[str, ...]:
        return tuple(each for each in PROCESSES if each not in self.without)

    def faults(self) -> list[Fault]:
        if self.plant:
            return list(CONTROLS[self.plant])
        if len(self.kinds) == 1 and self.kinds[0] in PROFILES:
            return list(PROFILES[self.kinds[0]])
        found = schedule(self.minutes, self.seed, self.kinds)
        return [each for each in found if each.target.split(" ")[0] not in self.without]


@dataclass
class Played:
    """What a run was: its moments, and the faults that hit or found nobody there."""

    began_at: float = 0.0
    stormed_until: float = 0.0
    ended_at: float = 0.0
    is_drained: bool = False
    is_load_well: bool = False
    """The people have ended all that they had begun, and nothing broke on their side."""
    struck: list[Struck] = field(default_factory=list)
    missed: list[Fault] = field(default_factory=list)


class Striker:
    """Does to the stack what a fault says, and undoes it when its time is over."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def strike(self, fault: Fault) -> bool:
        """Begin a fault; False when it finds nobody there."""
        if fault.kind.startswith("provider_"):
            self._stack.turn_provider(fault.target, fault.kind.removeprefix("provider_"))
            return True
        strikes: dict[str, Callable[[Fault], bool]] = {
            "kill": lambda fault: self._stack.kill(fault.target),
            "workers_killed": self._kill_workers,
            "crash": lambda fault: self._stack.kill_to_crash(*fault.target.split(" ")),
            "database": lambda fault: self._stack.restart_database(),
            "flush": self._flush,
            "redis_killed": lambda fault: self._stack.kill_redis(),
            "redis_hung": lambda fault: self._stack.freeze_redis(),
            "frozen": lambda fault: self._stack.freeze(fault.target),
        }
        return strikes[fault.kind](fault)

    def lift(self, fault: Fault) -> None:
        """End a fault that lasted."""
        if fault.kind.startswith("provider_"):
            self._stack.turn_provider(fault.target, "ok")
        elif fault.kind == "redis_killed":
            self._stack.start_redis()
        elif fault.kind == "redis_hung":
            self._stack.thaw_redis()
        elif fault.kind == "frozen":
            self._stack.thaw(fault.target)

    def _kill_workers(self, fault: Fault) -> bool:
        return any([self._stack.kill(name) for name in WORKERS])

    def _flush(self, fault: Fault) -> bool:
        try:
            with redis.Redis.from_url(self._stack.redis.url, socket_timeout=1) as client:
                return bool(client.flushall())
        except redis.RedisError:
            return False


class Run:
    """Plays one schedule on a running stack."""

    def __init__(self, stack: Stack, journal: Journal, options: Options) -> None:
        self._stack = stack
        self._journal = journal
        self.options = options
        self._striker = Striker(stack)
        self._lasting: list[Struck] = []
        self.played = Played()

    def storm(self) -> None:
        """Strike until the time is over, then lift whatever still lasts."""
        begins = time.monotonic()
        self.played.began_at = time.time()
        waiting = self.options.faults()
        while time.monotonic() - begins < self.options.minutes * 60:
            while waiting and time.monotonic() - begins >= waiting[0].at:
                self._strike(waiting.pop(0))
            self._lift(time.time())
            self._stack.supervise()
            time.sleep(STEP_SECONDS)
        self._lift(float("inf"))
        self.played.stormed_until = time.time()

    def _strike(self, fault: Fault) -> None:
        at = time.time()
        if not self._striker.strike(fault):
            self.played.missed.append(fault)
            return
        struck = Struck(fault, at, at + fault.lasts)
        self.played.struck.append(struck)
        self._journal.note("struck", fault.target, kind=fault.kind)
        if fault.lasts:
            self._lasting.append(struck)

    def _lift(self, now: float) -> None:
        for struck in [each for each in self._lasting if each.lifted_at <= now]:
            self._striker.lift(struck.fault)
            struck.lifted_at = time.time()
            self._lasting.remove(struck)
            self._journal.note("lifted", struck.fault.target, kind=struck.kind)

    def wait(self, is_over: Callable[[], bool], seconds: float) -> bool:
        """Keep everything running until something has come about, or the time is up."""
        ends_at = time.monotonic() + seconds
        looked_at = 0.0
        while time.monotonic() < ends_at:
            self._stack.supervise()
            if time.monotonic() - looked_at > BETWEEN_LOOKS_SECONDS:
                looked_at = time.monotonic()
                if is_over():
                    return True
            time.sleep(STEP_SECONDS)
        return False


@contextmanager
def people_at_work(brief: dict[str, object], directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Let the load run; it raises until its standard input is closed."""
    path = directory / "load.json"
    path.write_text(json.dumps(brief), encoding="utf-8")
    with (directory / "load.log").open("w", encoding="utf-8") as log:
        load = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.load", str(path)],
            cwd=CODE,
            stdin=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield load
    finally:
        load.kill()
        load.wait()


def say_goodbye(load: subprocess.Popen[str]) -> None:
    """Tell the people that it is over; they end what they have begun."""
    if load.stdin:
        load.stdin.close()
