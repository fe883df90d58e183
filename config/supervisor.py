"""CodeRed on one machine: Redis, web, worker and beat, started in order, none left behind."""

import fcntl
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from config.broker import answers, embedded_redis, free_port
from config.children import Child

FIRST_PORT, LAST_PORT = 8000, 8019
LOOK_SECONDS = 0.2
LAST_LINES = 15
HEALTH = "/api/v1/health/live"
STOP_ORDER = ("beat", "worker", "web", "redis")
"""Whoever gives work goes first, so that nobody is left holding a message without a broker."""

Say = Callable[[str], object]


@dataclass(frozen=True)
class Place:
    """Where things are: the code, the data, and the address of the web."""

    code: Path
    var: Path
    port: int
    host: str
    """The name that the web answers to."""

    @property
    def logs(self) -> Path:
        return self.var / "log"


@contextmanager
def only_one_in(var: Path) -> Iterator[None]:
    """Keep a second one out: two would write the same files. Raises RuntimeError for the second."""
    var.mkdir(parents=True, exist_ok=True)
    lock = os.open(var / "run.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if not _is_mine(lock):
            raise RuntimeError(f"CodeRed runs in {var} already.")
        yield
    finally:
        os.close(lock)


def _is_mine(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def choose_port(wanted: int, say: Say) -> int:
    """Give the port that was asked for, or the first free one from 8000 on.

    Raises RuntimeError when there is none.
    """
    if wanted:
        return free_port(wanted)
    port = free_port(FIRST_PORT, LAST_PORT)
    if port != FIRST_PORT:
        say(f"Port {FIRST_PORT} is taken; this is port {port}.")
    return port


class Supervisor:
    """Starts the processes, restarts what dies, and stops all of them in order."""

    def __init__(self, place: Place, say: Say, redis_url: str) -> None:
        self._place = place
        self._say = say
        self._children: dict[str, Child] = {}
        self._environment = {**os.environ, "REDIS_URL": redis_url}
        self._stopping = threading.Event()
        self._is_hurried = False

    def run(self, prepare: Callable[[], None], ready: Callable[[], None]) -> int:
        """Run until told to stop, and give the exit code. `prepare` comes before the web starts."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._told_to_stop)
        try:
            self._start_redis()
            prepare()
            self._start_rest()
            if not self._wait_until_ready():
                return 1
            if not self._stopping.is_set():
                ready()
            self._watch()
            return 0
        finally:
            self._stop()

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._is_hurried = self._stopping.is_set()
        self._stopping.set()

    def _log(self, name: str) -> Path:
        """Give the file a child writes to, and keep the one of the run before."""
        self._place.logs.mkdir(exist_ok=True)
        log = self._place.logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        return log

    def _start_redis(self) -> None:
        if self._environment["REDIS_URL"]:
            return
        child, url = embedded_redis(self._place.var, self._log("redis"))
        self._environment["REDIS_URL"] = url
        self._start(child)
        if not answers(url, child):
            raise RuntimeError(f"Redis did not start. See {child.log}.")

    def _start_rest(self) -> None:
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "-A", "config"]
        web = [*python, "uvicorn", "config.asgi:application", "--host", "127.0.0.1"]
        web += ["--port", str(self._place.port), "--no-access-log", "--lifespan", "off"]
        web += ["--timeout-graceful-shutdown", "3"]
        worker = [*celery, "worker", "-n", "one@%h", "-Q", "clock,page,slow", "-c", "2"]
        worker += ["--without-gossip", "--without-mingle"]
        for name, command, stop_seconds in (
            ("web", web, 6),
            ("worker", worker, 15),
            ("beat", [*celery, "beat", "--pidfile="], 5),
        ):
            if not self._stopping.is_set():
                self._start(Child(name, command, self._log(name), stop_seconds))

    def _start(self, child: Child) -> None:
        self._children[child.name] = child
        child.start(self._environment, self._place.code)

    def _wait_until_ready(self) -> bool:
        """Wait until the web answers; False when it has ended instead."""
        web = self._children.get("web")
        while web and not self._stopping.is_set() and not self._answers():
            if not web.is_running:
                self._say(f"The web ended (exit code {web.exit_code}). {web.log} ends with:")
                self._say("".join(web.log.read_text().splitlines(keepends=True)[-LAST_LINES:]))
                return False
            self._stopping.wait(LOOK_SECONDS)
        return True

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self._place.port, timeout=2)
        try:
            connection.request("GET", HEALTH, headers={"Host": self._place.host})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            for child in self._children.values():
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        if child.is_running:
            return
        if child.process is not None:
            code = child.exit_code
            child.note_death()
            self._say(
                f"The {child.name} ended (exit code {code}); it is started again in "
                f"{child.pause_seconds:.0f} s. See {child.log}."
            )
        elif child.may_start:
            child.start(self._environment, self._place.code)

    def _stop(self) -> None:
        self._stopping.set()
        for name in STOP_ORDER:
            if name in self._children:
                self._children[name].stop(lambda: self._is_hurried)
