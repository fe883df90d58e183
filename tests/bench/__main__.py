"""Measure CodeRed beside what people would use instead: python -m tests.bench [figure …]."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tests.bench import tell
from tests.bench.engines import Engine, engines
from tests.bench.idle import idle
from tests.bench.races import burst, lateness
from tests.bench.raising import raising, rates
from tests.bench.stage import CODE, Stage

PEERS = "loop,ours,sweep,eta"
FIGURES = ("lateness", "burst", "raising", "rates", "idle")
SIZES = {"lateness": [600], "burst": [1_000, 10_000], "raising": [100], "rates": [200]}
SIZES |= {"idle": [100_000]}
QUICK = {"lateness": [40], "burst": [50], "raising": [5], "rates": [10], "idle": [500]}


def main() -> int:
    """Measure what was asked for, print it, and keep it. Exits 1 where a promise is not kept."""
    asked = _asked()
    kept = CODE / "var" / "bench"
    kept.mkdir(parents=True, exist_ok=True)
    sizes = QUICK if asked.quick else SIZES
    command = f"make bench ARGS='{' '.join(sys.argv[1:])}'"
    found: dict[str, Any] = {}
    with Stage(kept) as stage:
        for name in asked.figures or FIGURES:
            for size in [asked.size] if asked.size else sizes[name]:
                figure = measure(stage, name, size, asked.runs, engines(asked.peers.split(",")))
                found[f"{name} {size}" if name == "burst" else name] = {**figure, "by": command}
                (kept / "figures.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
                sys.stderr.write(f"{name} {size} is measured.\n")
    sys.stdout.write(tell.table(found) + "\n")
    if asked.write_docs:
        tell.write(found)
    return int(asked.strict and not all(row.is_kept for row in tell.rows(found)))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "figures", nargs="*", choices=[*FIGURES, []], help="all, when none is named"
    )
    parser.add_argument("--runs", type=int, default=3, help="of which the median is told")
    parser.add_argument("--peers", default=PEERS)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="to see that it runs")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a promise is not kept")
    parser.add_argument("--write-docs", action="store_true", help="into docs/performance.md")
    return parser.parse_args()


def measure(stage: Stage, name: str, size: int, runs: int, measured: list[Engine]) -> Any:
    """Measure one figure at one size."""
    if name == "lateness":
        return lateness(stage, measured, runs, count=size)
    if name == "burst":
        return burst(stage, measured, runs, count=size)
    if name == "raising":
        return raising(stage, runs, count=size)
    if name == "rates":
        return rates(stage, runs, count=size)
    return idle(stage, count=size)


if __name__ == "__main__":
    sys.exit(main())
