"""The machine that everybody is measured on: one PostgreSQL, one Redis, one provider."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import redis
import requests

from config.broker import free_port
from tests.servers import Postgres, Redis

CODE = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.05
STOP_SECONDS = 20.0
SECRET_KEY = "bench-only-" + "k" * 50


class Dated(Postgres):
    """A PostgreSQL that writes to disk, as in production, and remembers when it committed."""

    def __init__(self) -> None:
        super().__init__(is_durable=True)

    def command(self) -> list[str]:
        return [*super().command(), "-c", "track_commit_timestamp=on"]


class Stage:
    """Servers for as long as a figure takes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.postgres = Dated()
        self.redis = Redis()
        self.port = free_port(0)
        self._sink: subprocess.Popen[bytes] | None = None
        self._session = requests.Session()

    def __enter__(self) -> Self:
        self.postgres.start()
        self.redis.start()
        self._sink = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sink", str(self.port)], cwd=CODE
        )
        until(lambda: is_up(self._session, self.url))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._sink:
            self._sink.kill()
            self._sink.wait()
        self._session.close()
        self.redis.__exit__(kind, error, trace)
        self.postgres.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """Where pages are posted to."""
        return f"http://127.0.0.1:{self.port}/page"

    def database_url(self, name: str) -> str:
        return f"postgres://codered@127.0.0.1:{self.postgres.port}/{name}"

    def environment(self, database: str, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database_url(database),
            "REDIS_URL": self.redis.url,
            "CODERED_VAR_DIR": str(self.directory),
            "CODERED_SECRET_KEY": SECRET_KEY,
            "CODERED_ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
            "CODERED_BASE_URL": "http://127.0.0.1",
            "CODERED_HTTPS": "0",
            "CODERED_LOG_LEVEL": "WARNING",
            "CODERED_WEBHOOK_PRIVATE_HOSTS": f"127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **more,
        }

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database anew, as a copy of another one."""
        with psycopg.connect(self.postgres.url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def forget(self) -> None:
        """Have the sink and the broker forget what came before."""
        self._session.delete(self.url, timeout=5)
        with redis.Redis.from_url(self.redis.url) as client:
            client.flushall()

    def arrived(self) -> list[tuple[str, float]]:
        """Give what has arrived: the page, and when, in seconds of the epoch."""
        return [(key, at) for key, at in self._session.get(self.url, timeout=30).json()]

    def count_arrived(self) -> int:
        """Tell how many have arrived, some perhaps twice."""
        return int(self._session.get(f"{self.url}/count", timeout=30).json())

    def call(self, module: str, *arguments: str, database: str) -> str:
        """Run a module of this bench to its end in a process of its own, and give what it says."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=CODE,
            env=self.environment(database),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    @contextmanager
    def running(
        self, commands: Mapping[str, Sequence[str]], database: str
    ) -> Iterator[dict[str, int]]:
        """Run programs, and give their process ids; they are ended together at the end."""
        started: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, command in commands.items():
                with (self.directory / f"{name}.log").open("ab") as log:
                    started[name] = subprocess.Popen(
                        [sys.executable, *command],
                        cwd=CODE,
                        env=self.environment(database),
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
            yield {name: each.pid for name, each in started.items()}
        finally:
            for each in reversed(started.values()):
                _end(each)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_up(session: requests.Session, url: str) -> bool:
    """Say whether somebody answers there, and that all is well."""
    try:
        return session.get(url, timeout=1).ok
    except requests.ConnectionError:
        return False


def until(is_so: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Wait until something is so, and tell whether it came about in time."""
    ends_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends_at:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def keep(path: Path, values: object) -> str:
    """Put plain values into a file, and give its name: a command line is not long enough."""
    path.write_text(json.dumps(values), encoding="utf-8")
    return str(path)
