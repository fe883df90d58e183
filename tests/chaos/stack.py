"""All that runs in production, each in a process of its own, and a supervisor that restarts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from config.broker import free_port
from config.children import Child
from tests.chaos.schedule import PROCESSES
from tests.servers import Postgres, Redis

CODE = Path(__file__).resolve().parents[2]
RESTART_SECONDS = 0.5
"""How long a process stays dead before the supervisor starts it again."""
PROVIDERS = ("a", "b")
UP_SECONDS = 40.0
SECRET_KEY = "chaos-only-" + "k" * 50

Note = Callable[..., None]
"""Takes what happened, to whom, and more, for the journal of the run."""


class Stack:
    """Stores, processes and the sink of one run. Everything is started and ended in one thread.

    Linux ends a child together with the thread that started it; so the stores, whose starts take
    long, are handled in one thread that lives as long as the run.
    """

    def __init__(self, directory: Path, settings: str, note: Note) -> None:
        self.directory = directory
        self.postgres = Postgres(is_durable=True)
        self.redis = Redis()
        self.web_ports = {name: free_port(0) for name in PROCESSES if name.startswith("web")}
        self.sink_ports = {name: free_port(0) for name in PROVIDERS}
        self.sink_log = directory / "sink.jsonl"
        self._settings = settings
        self._note = note
        self._children: dict[str, Child] = {}
        self._dead_at: dict[str, float] = {}
        self._next_crash: dict[str, str] = {}
        self._frozen: set[str] = set()
        self._killed: set[str] = set()
        self._stores = ThreadPoolExecutor(1, thread_name_prefix="stores")
        self._sink: subprocess.Popen[str] | None = None

    # ------------------------------------------------------------ up and down

    def start_stores(self) -> None:
        for store in (self.postgres, self.redis):
            self._stores.submit(store.start).result()
        names = [f"{name}={port}" for name, port in self.sink_ports.items()]
        self._sink = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.sink", str(self.sink_log), *names],
            cwd=CODE,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def migrate(self) -> None:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=CODE, env=self.environment(), check=True)

    def start(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._start(name)

    def stop(self) -> None:
        """End what was started, and nothing else."""
        for child in self._children.values():
            self._signal(child, signal.SIGKILL)
        for child in self._children.values():
            if child.process:
                child.process.wait()
        if self._sink and self._sink.stdin:
            self._sink.stdin.close()
            self._sink.wait(10)
        for store in (self.redis, self.postgres):
            self._stores.submit(store.__exit__, None, None, None).result()
        self._stores.shutdown()

    def environment(self) -> dict[str, str]:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sink_ports.values())
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": self._settings,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "CODERED_SECRET_KEY": SECRET_KEY,
            "CODERED_ALLOWED_HOSTS": "127.0.0.1",
            "CODERED_BASE_URL": "http://127.0.0.1",
            "CODERED_HTTPS": "0",
            "CODERED_VAR_DIR": str(self.directory),
            "CODERED_WEBHOOK_PRIVATE_HOSTS": hosts,
        }

    # ------------------------------------------------------------ processes

    def _start(self, name: str) -> None:
        crash_at = self._next_crash.pop(name, "")
        child = Child(name, self._command(name), self.directory / f"{name}.log", stop_seconds=1)
        child.start({**self.environment(), "CODERED_CRASH_AT": crash_at}, CODE)
        self._children[name] = child
        self._note("started", name, crash_at=crash_at)
        self._write_pids()

    def _command(self, name: str) -> list[str]:
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        programs = {
            "web": [sys.executable, "-m", "uvicorn", "config.asgi:application", "--no-access-log"]
            + ["--host", "127.0.0.1", "--port", str(self.web_ports.get(name)), "--lifespan", "off"],
            "worker": [*celery, "worker", "-n", f"{name}@%h", "-c", "2", "-Q", "clock,page,slow"]
            + ["--without-gossip", "--without-mingle"],
            "beat": [*celery, "beat", "-s", str(self.directory / f"{name}.schedule")]
            + ["--pidfile", ""],
            "clock": [sys.executable, "manage.py", "run_clock"],
        }
        return programs[name.rstrip("0123456789")]

    def _write_pids(self) -> None:
        alive = {n: c.process.pid for n, c in self._children.items() if c.process and c.is_running}
        (self.directory / "pids.json").write_text(json.dumps(alive), encoding="utf-8")

    def supervise(self) -> None:
        """Notice who has died, and start again whoever has been dead for long enough."""
        now = time.monotonic()
        for name, child in self._children.items():
            if not child.is_running and name not in self._dead_at:
                self._dead_at[name] = now
                self._frozen.discard(name)
                was_killed = name in self._killed
                self._killed.discard(name)
                self._note("died", name, code=child.exit_code, was_killed=was_killed)
        for name, dead_at in list(self._dead_at.items()):
            if now - dead_at >= RESTART_SECONDS:
                del self._dead_at[name]
                self._start(name)

    def kill(self, name: str) -> bool:
        """SIGKILL a process with all that it has started; False when it is dead already."""
        child = self._children[name]
        if not child.is_running:
            return False
        self._killed.add(name)
        return self._signal(child, signal.SIGKILL)

    def kill_to_crash(self, name: str, point: str) -> bool:
        """Kill a process, and let the next one in its place die by itself at a crash point."""
        self._next_crash[name] = point
        return self.kill(name)

    def freeze(self, name: str) -> bool:
        child = self._children[name]
        self._frozen.add(name)
        return self._signal(child, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen process go on, unless it was killed meanwhile."""
        if name in self._frozen:
            self._frozen.discard(name)
            self._signal(self._children[name], signal.SIGCONT)

    def _signal(self, child: Child, what: signal.Signals) -> bool:
        if not child.is_running or child.process is None:
            return False
        os.killpg(child.process.pid, what)
        return True

    # ------------------------------------------------------------ stores and providers

    def restart_database(self) -> bool:
        """Stop PostgreSQL at once, as a power cut would, and let it recover."""
        return self._have_done(self._restart_database)

    def _restart_database(self) -> None:
        self.postgres.stop(self.postgres.crash_signal)
        self.postgres.start()
        self._note("up", "database")

    def kill_redis(self) -> bool:
        return self._have_done(self.redis.kill)

    def start_redis(self) -> bool:
        return self._have_done(self.redis.start)

    def freeze_redis(self) -> bool:
        return self._have_done(self.redis.freeze)

    def thaw_redis(self) -> bool:
        return self._have_done(self.redis.thaw)

    def _have_done(self, act: Callable[[], None]) -> bool:
        self._stores.submit(act).add_done_callback(self._complain)
        return True

    def _complain(self, done: Future[None]) -> None:
        error = done.exception()
        if error:
            self._note("broke", "stores", error=repr(error))

    def turn_provider(self, name: str, mode: str) -> None:
        if self._sink and self._sink.stdin:
            self._sink.stdin.write(f"{name} {mode}\n")
            self._sink.stdin.flush()

    @property
    def webs(self) -> dict[str, str]:
        return {name: f"http://127.0.0.1:{port}" for name, port in self.web_ports.items()}

    @property
    def sinks(self) -> Mapping[str, str]:
        return {name: f"http://127.0.0.1:{port}/page" for name, port in self.sink_ports.items()}

    @property
    def is_up(self) -> bool:
        """Say whether every web process and the sink take connections."""
        return all(is_listening(url) for url in (*self.webs.values(), *self.sinks.values()))


def is_listening(url: str) -> bool:
    """Say whether anybody takes connections there."""
    parts = urlsplit(url)
    with socket.socket() as line:
        line.settimeout(1)
        return line.connect_ex((parts.hostname or "", parts.port or 0)) == 0
