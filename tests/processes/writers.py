"""Hammer SQLite as one busy machine would: python -m tests.processes.writers --seconds 60.

Writers in processes of their own raise, acknowledge, submit, approve and stand down as fast as they
can, and two clocks with their senders run beside them, all on the settings of production.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from config.children import Child
from tests.processes.programs import until

CODE = Path(__file__).resolve().parents[2]
PROGRAM = "import django; django.setup(); from tests.processes import writer; writer.main()"
CLOCKS = ("clock1", "clock2")
BAD = ("database is locked", "missed a pass", "could not be advanced", "Traceback")
UNSENT = "SELECT count(*) FROM escalation_page WHERE status IN ('queued', 'sending')"
SHOWN = (
    "errors",
    "clocks_said",
    "faults",
    "incidents",
    "pages_sent",
    "page_late_p99_seconds",
    "sent_more_than_once",
    "sent_early",
)


class Hammer:
    """An installation on SQLite in a directory of its own."""

    def __init__(self, var: Path) -> None:
        self._var = var
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self._environment = kept | {
            "CODERED_VAR_DIR": str(var),
            "CODERED_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def strike(self, seconds: float, writers: int) -> dict[str, Any]:
        """Write for some seconds and tell what came of it."""
        self._manage("migrate", "--verbosity", "0")
        self._tell("house")
        clocks = [self._start_clock(name) for name in CLOCKS]
        try:
            told = self._write(seconds, writers)
            until("all that is queued is sent", self._is_sent)
            told |= self._tell("outcome")
        finally:
            for clock in clocks:
                clock.stop(lambda: False)
        return told | {"clocks_said": self._clocks_said()}

    def _write(self, seconds: float, writers: int) -> dict[str, Any]:
        began = time.monotonic()
        running = [self._program("write", f"writer {n}", str(seconds)) for n in range(writers)]
        told = [_read(each) for each in running]
        return _together(told) | {"writers": writers, "seconds": time.monotonic() - began}

    def _program(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=CODE,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _tell(self, *arguments: str) -> Any:
        return _read(self._program(*arguments))

    def _manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=CODE, env=self._environment, check=True)

    def _start_clock(self, name: str) -> Child:
        log = self._var / f"{name}.log"
        clock = Child(name, [sys.executable, "manage.py", "run_clock"], log, stop_seconds=10)
        clock.start(self._environment, CODE)
        return clock

    def _is_sent(self) -> bool:
        with closing(sqlite3.connect(self._var / "codered.sqlite3", timeout=20)) as database:
            return not database.execute(UNSENT).fetchone()[0]

    def _clocks_said(self) -> list[str]:
        logs = [(self._var / f"{name}.log").read_text(encoding="utf-8") for name in CLOCKS]
        lines = [line for log in logs for line in log.splitlines()]
        return [line for line in lines if any(bad in line for bad in BAD)]


def _read(program: subprocess.Popen[str]) -> Any:
    output, _ = program.communicate()
    assert program.returncode == 0, f"{program.args} ended with {program.returncode}"
    return json.loads(output)


def _together(told: list[dict[str, Any]]) -> dict[str, Any]:
    acts = {
        act: sorted(each for one in told for each in one["seconds"].get(act, []))
        for act in told[0]["seconds"]
    }
    errors: Counter[str] = Counter()
    for one in told:
        errors.update(one["errors"])
    return {"acts": acts, "errors": dict(errors), "pragmas": [one["pragmas"] for one in told]}


def table(told: dict[str, Any]) -> str:
    """Write the figures as a person reads them."""
    total = sum(len(waits) for waits in told["acts"].values())
    lines = [
        f"{told['writers']} writers, {told['seconds']:.0f} s, 2 clocks: {total} transactions",
        f"{'act':<14}{'count':>8}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}",
    ]
    for act, waits in told["acts"].items():
        chosen = waits[len(waits) // 2], waits[int(len(waits) * 0.99)], waits[-1]
        figures = "".join(f"{1000 * each:>10.1f}" for each in chosen)
        lines.append(f"{act:<14}{len(waits):>8}{figures}")
    return "\n".join([*lines, *(f"{name:<24}{told[name]}" for name in SHOWN), ""])


def strike(seconds: float, writers: int) -> dict[str, Any]:
    """Hammer in a directory that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="codered-writers-") as var:
        return Hammer(Path(var)).strike(seconds, writers)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--writers", type=int, default=8)
    given = parser.parse_args()
    figures = strike(given.seconds, given.writers)
    sys.stdout.write(table(figures))
    sys.exit(bool(figures["errors"] or figures["clocks_said"] or figures["faults"]))
