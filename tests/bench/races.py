"""The figures `lateness` and `burst`: the same timers for everybody, and when their pages come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.engines import Engine
from tests.bench.stage import Stage, until
from tests.chaos.account import percentile

WARM_UP = (1.0, 1.0, 1.2, 1.4, 1.6)
PATIENCE_SECONDS = 60.0
"""How long after the last was due somebody may take who is slow."""
LEAD_SECONDS = 3.0

Figures = dict[str, Any]


@dataclass(frozen=True)
class Heat:
    """One run of one engine: what came when, all in seconds."""

    lateness: list[float]
    """Of each page that arrived: from the moment it was due to the sink."""
    last_recorded: float
    missing: int
    doubled: int

    @property
    def last_sent(self) -> float:
        return max(self.lateness, default=PATIENCE_SECONDS) if not self.missing else float("inf")


def run(stage: Stage, engine: Engine, seconds: Sequence[float]) -> Heat:
    """Have one engine page for timers that are due so many seconds after they are all armed."""
    engine.prepare(stage)
    stage.forget()
    with stage.running(engine.commands(stage), engine.name):
        engine.arm(stage, WARM_UP)
        if not until(lambda: stage.count_arrived() >= len(WARM_UP)):
            raise RuntimeError(f"{engine.name} pages nobody. See {stage.directory}.")
        warm = {key for key, _ in stage.arrived()}
        lead = LEAD_SECONDS + engine.lead_seconds_per_thousand * len(seconds) / 1000
        engine.arm(stage, [lead + each for each in seconds])
        expected = len(seconds) + len(WARM_UP)
        until(lambda: stage.count_arrived() >= expected, lead + max(seconds) + PATIENCE_SECONDS)
        arrived = [(key, at) for key, at in stage.arrived() if key not in warm]
        dues = {key: due for key, due in engine.dues(stage).items() if key not in warm}
        recorded = engine.recorded_at(stage)
    return _heat(dues, arrived, recorded, len(seconds))


def _heat(
    dues: dict[str, float], arrived: Sequence[tuple[str, float]], recorded: float, count: int
) -> Heat:
    first: dict[str, float] = {}
    for key, at in arrived:
        first.setdefault(key, at)
    late = sorted(at - dues[key] for key, at in first.items())
    return Heat(late, recorded - max(dues.values()), count - len(first), len(arrived) - len(first))


def spread(count: int, over_seconds: float, seed: int) -> list[float]:
    """Draw moments that are spread evenly, but not regularly."""
    draw = random.Random(seed)  # noqa: S311
    return sorted(draw.uniform(0, over_seconds) for _ in range(count))


def lateness(stage: Stage, engines: Sequence[Engine], runs: int, *, count: int) -> Figures:
    """Measure how late single pages are, in milliseconds; the engines take turns."""
    taken: dict[str, list[Heat]] = {each.name: [] for each in engines}
    for number in range(runs):
        for engine in engines:
            taken[engine.name].append(run(stage, engine, spread(count, count / 20, number)))
    return {
        "count": count,
        "runs": runs,
        "ms": {name: _percentiles(heats) for name, heats in taken.items()},
        "all_ms": {
            name: [round(late * 1000, 2) for late in heats[0].lateness]
            for name, heats in taken.items()
        },
    }


def _percentiles(heats: Sequence[Heat]) -> Figures:
    percents = {"p50": 50, "p95": 95, "p99": 99, "max": 100}
    figures: Figures = {
        name: round(median(percentile(each.lateness, percent) for each in heats) * 1000, 2)
        for name, percent in percents.items()
    }
    figures["p99_runs"] = [round(percentile(each.lateness, 99) * 1000, 2) for each in heats]
    figures["earliest"] = round(min(each.lateness[0] for each in heats) * 1000, 2)
    figures["missing"] = sum(each.missing for each in heats)
    figures["doubled"] = sum(each.doubled for each in heats)
    return figures


def burst(stage: Stage, engines: Sequence[Engine], runs: int, *, count: int) -> Figures:
    """Measure how long it takes until all that is due at one moment is recorded, and is out."""
    taken: dict[str, list[Heat]] = {each.name: [] for each in engines}
    for _ in range(runs):
        for engine in engines:
            taken[engine.name].append(run(stage, engine, [0.0] * count))
    return {
        "count": count,
        "runs": runs,
        "seconds": {name: _ends(heats) for name, heats in taken.items()},
    }


def _ends(heats: Sequence[Heat]) -> Figures:
    return {
        "recorded": round(median(each.last_recorded for each in heats), 3),
        "sent": round(median(each.last_sent for each in heats), 3),
        "recorded_runs": [round(each.last_recorded, 3) for each in heats],
        "sent_runs": [round(each.last_sent, 3) for each in heats],
        "missing": sum(each.missing for each in heats),
        "doubled": sum(each.doubled for each in heats),
    }
