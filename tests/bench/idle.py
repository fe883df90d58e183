"""The figure `idle`: what it costs to wait for a hundred thousand moments that are far off."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.engines import CeleryEta, Ours
from tests.bench.stage import Stage, until

YEAR_SECONDS = 365 * 86_400.0
HOUR_SECONDS = 3_600.0
LOOK_SECONDS = 30.0
SETTLE_SECONDS = 5.0
TICKS = os.sysconf("SC_CLK_TCK")

Figures = dict[str, Any]


def idle(stage: Stage, *, count: int) -> Figures:
    """Let CodeRed and Celery wait for the same, and look at what they use meanwhile."""
    return {"count": count, "ours": _ours(stage, count), "eta": _eta(stage, count)}


def _ours(stage: Stage, count: int) -> Figures:
    engine = Ours()
    engine.prepare(stage)
    stage.call("tests.bench.ours", "wait", str(count), database=engine.name)
    with stage.running(engine.commands(stage), engine.name) as running:
        return _watch(stage, running, SETTLE_SECONDS)


def _eta(stage: Stage, count: int) -> Figures:
    engine = CeleryEta()
    engine.prepare(stage)
    stage.forget()
    with stage.running(engine.commands(stage), engine.name) as running:
        engine.arm(stage, [HOUR_SECONDS] * count)
        until(lambda: not _is_busy(running.values()), 180)
        return _watch(stage, running, SETTLE_SECONDS)


def _is_busy(pids: Iterable[int]) -> bool:
    """Say whether processes still take in what they were given."""
    before = cpu_seconds(pids)
    time.sleep(1.0)
    return cpu_seconds(pids) - before > 0.2


def _watch(stage: Stage, running: dict[str, int], settle_seconds: float) -> Figures:
    time.sleep(settle_seconds)
    groups = {
        **{name: family(pid) for name, pid in running.items()},
        "postgres": family(stage.postgres.pid),
        "redis": family(stage.redis.pid),
    }
    before = {name: cpu_seconds(pids) for name, pids in groups.items()}
    time.sleep(LOOK_SECONDS)
    return {
        name: {
            "cpu_percent": round((cpu_seconds(pids) - before[name]) / LOOK_SECONDS * 100, 2),
            "memory_mb": round(memory_mb(pids), 1),
        }
        for name, pids in groups.items()
    }


def family(pid: int) -> list[int]:
    """Name a process and all that came from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(each for child in children for each in family(int(child)))]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Tell what processes have used of a core so far. Source: proc(5), utime and stime."""
    return sum(map(_ticks, pids)) / TICKS


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0
    return int(fields[11]) + int(fields[12])


def memory_mb(pids: Sequence[int]) -> float:
    """Tell what processes hold, shared pages shared out. Source: proc(5), Pss."""
    return sum(map(_pss_kb, pids)) / 1024


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
