"""Measure CodeRed beside what people would use instead: python -m tests.bench [figure …]."""

from __future__ import annotations

import argparse
import json
import sys

from tests.bench.engines import engines
from tests.bench.races import burst, lateness
from tests.bench.stage import CODE, Stage

PEERS = "loop,ours,sweep,eta"


def main() -> int:
    """Measure what was asked for, print it, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", default=["lateness", "burst"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default=PEERS)
    parser.add_argument("--size", type=int, default=0)
    asked = parser.parse_args()
    measured = engines(asked.peers.split(","))
    found = {}
    kept = CODE / "var" / "bench"
    kept.mkdir(parents=True, exist_ok=True)
    with Stage(kept) as stage:
        if "lateness" in asked.figures:
            found["lateness"] = lateness(stage, measured, asked.runs, count=asked.size or 600)
        if "burst" in asked.figures:
            for count in [asked.size] if asked.size else [1_000, 10_000]:
                found[f"burst {count}"] = burst(stage, measured, asked.runs, count=count)
    for figure in found.values():
        figure.pop("all_ms", None)
    json.dump(found, sys.stdout, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
