"""What happened in a run, to whom, and when: in memory for the account, on disk as it happens."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.schedule import Fault

OF_TIME = ("Q3", "Q4")
"""These say "overdue for 10 s": in a storm they may be true for a moment, until all is well."""


@dataclass
class Struck:
    """A fault that hit. Moments are seconds since 1970, as in everything that a run leaves."""

    fault: Fault
    at: float
    lifted_at: float

    @property
    def kind(self) -> str:
        return self.fault.kind


@dataclass
class Seen:
    """An invariant that did not hold for one row."""

    code: str
    row: str
    why: str
    first_at: float
    last_at: float

    @property
    def seconds(self) -> float:
        return self.last_at - self.first_at


class Journal:
    """Rows of what happened, written by several threads."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self.rows: list[dict[str, Any]] = []

    def note(self, what: str, whom: str, **more: Any) -> None:
        row = {"at": time.time(), "what": what, "whom": whom, **more}
        with self._lock:
            self.rows.append(row)
            self._file.write(json.dumps(row) + "\n")
            self._file.flush()

    def of(self, what: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["what"] == what]

    def crashes(self) -> Iterator[Struck]:
        """Give the deaths at crash points: each is a fault of its own, at its own moment."""
        armed: dict[str, str] = {}
        for row in self.rows:
            point = armed.get(row["whom"], "")
            if row["what"] == "started":
                armed[row["whom"]] = row["crash_at"]
            elif row["what"] == "died" and point and not row["was_killed"]:
                yield Struck(Fault(0, "crash", f"{row['whom']} {point}"), row["at"], row["at"])

    def kills(self) -> int:
        """Count the processes that ended by SIGKILL, whoever sent it."""
        return sum(row["code"] == -9 for row in self.of("died"))
