"""How fast this machine was while a storm went over it: what is promised in seconds goes by that.

A storm strikes as often on any machine, and a process that takes three times as long to start is
away for three times as long. A promise in seconds would judge the machine; what is lost, early or
decided twice is judged the same everywhere.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

USUAL_START_SECONDS = 3.0
"""How long a worker takes to start in a storm, on two cores that do nothing else: the median."""
WORKERS = ("worker1", "worker2")
READY = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) .*@\S+ ready\.")


def pace(starts: Iterable[float]) -> float:
    """Tell how many times as slow as usual a machine was; at least 1, so that none gets less."""
    found = list(starts)
    return max(1.0, median(found) / USUAL_START_SECONDS) if found else 1.0


def start_seconds(logs: Path, *, after: int = 0) -> Iterator[float]:
    """Tell how long workers took to start, `after` their first, if they lived so long."""
    journal = (logs / "journal.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in journal.splitlines()]
    for name in WORKERS:
        mine = [row for row in rows if row["whom"] == name]
        started = [row["at"] for row in mine if row["what"] == "started"]
        ready = list(_ready_at(logs / f"{name}.log"))
        spans = list(pairwise([*started, math.inf]))
        for at, next_at in spans[after:]:
            yield from (moment - at for moment in ready if at < moment < next_at)


def _ready_at(log: Path) -> Iterator[float]:
    if not log.exists():
        return
    for line in log.read_text(encoding="utf-8").splitlines():
        found = READY.match(line)
        if found:
            said = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S,%f")  # noqa: DTZ007
            # The log speaks in the host's own time.
            yield said.astimezone(UTC).timestamp()
