"""A process that is looked after: in a session of its own, restarted, never orphaned."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"
LONGEST_PAUSE_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""A child that ran for so long was well; its next death is news, not part of a series."""
POLL_SECONDS = 0.05


@dataclass
class Child:
    """One process: what it is called, how it is run, how long it may take to stop."""

    name: str
    command: list[str]
    log: Path
    stop_seconds: float
    stdin: str = ""
    process: subprocess.Popen[str] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    pause_seconds: float = field(default=0.0, init=False)

    def start(self, environment: Mapping[str, str], directory: Path) -> None:
        """Start it, out of the reach of the terminal's Ctrl-C."""
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=dict(environment),
                cwd=directory,
                stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
                preexec_fn=end_with(os.getpid()) if LINUX else None,
            )
        if self.process.stdin:
            self.process.stdin.write(self.stdin)
            self.process.stdin.close()
        self.started_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self.process.returncode if self.process else None

    def note_death(self) -> None:
        """Set the pause before the next start: longer with each death in a row."""
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.pause_seconds = 0.0
        self.pause_seconds = min(max(self.pause_seconds * 2, 1.0), LONGEST_PAUSE_SECONDS)
        self.process = None
        self.started_at = time.monotonic()

    @property
    def may_start(self) -> bool:
        return time.monotonic() - self.started_at >= self.pause_seconds

    def stop(self, is_hurried: Callable[[], bool]) -> None:
        """Ask it to stop and wait; when its time is over or somebody is in a hurry, end it."""
        if self.process is None or not self.is_running:
            return
        self.process.terminate()
        ends_at = time.monotonic() + self.stop_seconds
        while self.is_running and time.monotonic() < ends_at and not is_hurried():
            time.sleep(POLL_SECONDS)
        if self.is_running:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def end_with(parent: int) -> Callable[[], None]:
    """Give what a child does first: ask Linux to end it when its parent ends, however that ends."""
    libc = ctypes.CDLL(None, use_errno=True)

    def bind() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return bind
