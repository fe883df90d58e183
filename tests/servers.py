"""Servers for one test run: free ports on 127.0.0.1, data in a directory that is thrown away."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from glob import glob
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import redis

from config.broker import free_port, server_binary
from config.children import end_with

START_SECONDS = 20.0
STOP_SECONDS = 10.0
FORGETFUL = ("-c", "fsync=off", "-c", "full_page_writes=off")


class Server(ABC):
    """One process that can be started, stopped, killed and frozen; its port stays the same."""

    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="codered-"))
        self.port = free_port(0)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    def pid(self) -> int:
        assert self._process, "it does not run"
        return self._process.pid

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def check(self) -> None:
        """Talk to it once. Raises while it does not answer yet."""

    def run_as(self) -> dict[str, Any]:
        """Give the user it runs as, where that is not the one of the tests."""
        return {}

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with its log when it does not."""
        log = self.directory / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with(os.getpid()),
                **self.run_as(),
            )
        ends_at = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < ends_at:
            try:
                self.check()
            except (psycopg.OperationalError, redis.ConnectionError):
                time.sleep(0.02)
            else:
                return
        self.kill()
        raise RuntimeError(f"{self.command()[0]} did not start:\n{log.read_text()}")

    def stop(self, how: signal.Signals | None = None) -> None:
        """Stop it and wait until it is gone."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(how or self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Leave it with its ports open and no answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


class Redis(Server):
    """A Redis that keeps nothing."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        settings = f"--bind 127.0.0.1 --port {self.port} --dir {self.directory} --appendonly no"
        return [server_binary(), *settings.split(), "--save", ""]

    def check(self) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=1, retry=None) as client:
            client.ping()


class Postgres(Server):
    """A PostgreSQL with locks and triggers like any other; `is_durable` is what it costs to lose
    nothing at a power cut."""

    # Fast: do not wait for clients to leave.
    stop_signal = signal.SIGINT
    crash_signal = signal.SIGQUIT
    """Stop at once, and recover at the next start."""

    def __init__(self, *, is_durable: bool = False) -> None:
        super().__init__()
        self._is_durable = is_durable
        self._data = self.directory / "data"
        owner = self.run_as().get("user", os.getuid())
        os.chown(self.directory, owner, -1)
        subprocess.run(
            [_postgres("initdb"), "-D", self._data, "-U", "codered", "-A", "trust", "-E", "UTF8"]
            + ["--locale=C", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.directory,
            **self.run_as(),
        )

    @property
    def url(self) -> str:
        return f"postgres://codered@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        command = [_postgres("postgres"), "-D", str(self._data), "-k", str(self.directory)]
        command += ["-h", "127.0.0.1", "-p", str(self.port), "-c", "max_connections=200"]
        return command if self._is_durable else [*command, *FORGETFUL]

    def check(self) -> None:
        psycopg.connect(self.url, connect_timeout=2).close()

    def run_as(self) -> dict[str, Any]:
        """Give a user without rights: PostgreSQL refuses to run as root."""
        if os.getuid() != 0:
            return {}
        names = {each.pw_name: each for each in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _postgres(name: str) -> str:
    """Give a program of PostgreSQL: on the PATH, or where Debian keeps it, the newest first."""
    kept = sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)
    found = [*kept, *filter(None, [shutil.which(name)])]
    if not found:
        raise RuntimeError(f"{name} is missing. On Debian and Ubuntu: apt-get install postgresql")
    return found[0]


def run_with(command: list[str], **environment: str) -> int:
    """Run a command with more in its environment, and give its exit code."""
    # Ctrl-C reaches the command as well; the servers have to outlive it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command, env={**os.environ, **environment})
