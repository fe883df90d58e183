"""The real processes of an installation, for tests that end them in the middle of their work."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from django.conf import settings
from django.db import connection

from config.broker import free_port
from config.children import Child

WAIT_SECONDS = 30.0
CODE = Path(__file__).resolve().parents[2]


def until(what: str, is_so: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Wait for other processes. Raises AssertionError with what did not come about."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


class Installation:
    """Web, workers, beats and clocks on the test's own database, each in a process of its own."""

    def __init__(self, directory: Path, redis_url: str, database_url: str = "") -> None:
        self._directory = directory
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url or _database_url(),
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        self._ports: dict[str, int] = {}
        self.children: dict[str, Child] = {}

    @property
    def url(self) -> str:
        return self.url_of("web")

    def url_of(self, name: str) -> str:
        """Give the address of a web process; it keeps it when it is started again."""
        port = self._ports.setdefault(name, free_port(0))
        return f"http://127.0.0.1:{port}"

    def start(self, name: str, **more: str) -> Child:
        """Start one of web, worker…, beat…, clock…; the name's letters tell which program it is.

        `more` is what it has in its environment beyond the others.
        """
        child = Child(name, self._command(name), self._directory / f"{name}.log", stop_seconds=10)
        child.start(self.environment | more, CODE)
        self.children[name] = child
        return child

    def _command(self, name: str) -> list[str]:
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        programs = {
            "web": [sys.executable, "-m", "uvicorn", "config.asgi:application"]
            + ["--host", "127.0.0.1", "--port", self.url_of(name).rpartition(":")[2]]
            + ["--lifespan", "off"],
            "worker": [*celery, "worker", "-n", f"{name}@%h", "-c", "2", "-Q", "clock,page,slow"]
            + ["--without-gossip", "--without-mingle"],
            "beat": [*celery, "beat", "-s", str(self._directory / f"{name}.schedule")]
            + ["--pidfile", ""],
            "clock": [sys.executable, "manage.py", "run_clock"],
        }
        return programs[name.rstrip("0123456789")]

    def kill(self, name: str) -> None:
        """SIGKILL the whole process group: no goodbye, no clean-up."""
        child = self.children.pop(name)
        if child.process:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()

    def restart(self, name: str) -> None:
        """Ask it to stop, wait until it has, and start it anew, as a rolling upgrade does."""
        child = self.children.pop(name)
        child.stop_seconds = WAIT_SECONDS
        child.stop(lambda: False)
        self.start(name)

    def stop(self) -> None:
        for child in reversed(self.children.values()):
            child.stop(lambda: False)

    def answers(self, path: str, name: str = "web") -> bool:
        try:
            return requests.get(self.url_of(name) + path, timeout=2).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def log(self, name: str) -> str:
        return (self._directory / f"{name}.log").read_text(encoding="utf-8")


def _database_url() -> str:
    """Give the test's own database, without what the test has said about its session."""
    here = connection.settings_dict
    return f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"


@contextmanager
def installation(directory: Path, redis_url: str, *names: str) -> Iterator[Installation]:
    """Run the named processes until the test is over."""
    assert settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), "these need PostgreSQL"
    with ExitStack() as stack:
        running = Installation(directory, redis_url)
        stack.callback(running.stop)
        for name in names:
            running.start(name)
        if "web" in names:
            until("the web answers", lambda: running.answers("/api/v1/health/live"))
        yield running
