"""One fault at a time, three seeds each, medians: how late pages are because of it alone.

python -m tests.chaos.narrow [--write-docs]
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.chaos import tell
from tests.chaos.document import write_narrow
from tests.chaos.pace import start_seconds
from tests.chaos.promises import broken_at_any_pace
from tests.chaos.stack import CODE, RESTART_SECONDS

SEEDS = (1, 2, 3)
OUT = CODE / "var" / "chaos"
MINUTES = {"none": 0.5, "flushes": 0.5, "worker_deaths": 0.8}
WITHOUT = {"worker_deaths": ("clock", "beat1", "beat2")}
"""Where workers die, nobody else may carry the pages: else it would prove nothing."""
MOST_FLUSHED = 1.5
PASS_SECONDS = 1.1


@dataclass(frozen=True)
class Figure:
    """One line: what was asked, what was found (median), and whether that is within the limit."""

    name: str
    found: float
    limit: float
    note: str

    @property
    def is_kept(self) -> bool:
        return self.found <= self.limit

    def cells(self) -> list[str]:
        kept = "yes" if self.is_kept else "**no**"
        return [self.name, f"{self.found:.3f} s", f"{self.limit:.3f} s", kept, self.note]


def command(profile: str, seed: int) -> list[str]:
    without = WITHOUT.get(profile, ())
    parts = ["--faults", profile, "--minutes", str(MINUTES[profile]), "--seed", str(seed)]
    return parts + (["--without", ",".join(without)] if without else [])


def measure(profile: str, seed: int) -> dict[str, Any]:
    """Play one run, and give its figures and how long its workers took to start.

    Raises RuntimeError when it broke a promise: how late pages were, of which some are lost, says
    nothing.
    """
    out = OUT / f"{profile}-{seed}"
    written = out / "chaos.json"
    written.unlink(missing_ok=True)
    call = [sys.executable, "-m", "tests.chaos", *command(profile, seed), "--out", str(out)]
    subprocess.run(call, cwd=CODE, check=False)
    figures: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    broken = broken_at_any_pace(figures["promises"])
    if broken:
        raise RuntimeError(f"{profile}, seed {seed}, broke: {', '.join(broken)}")
    return figures | {"starts": list(start_seconds(out / "logs", after=1))}


def figures_of(runs: dict[str, list[dict[str, Any]]]) -> list[Figure]:
    def late(profile: str, what: str) -> float:
        return median(run["total"]["late"][what] for run in runs[profile])

    restart = median(RESTART_SECONDS + max(run["starts"]) for run in runs["worker_deaths"])
    return [
        Figure(
            "no fault: p99", late("none", "p99"), PASS_SECONDS, f"p50 {late('none', 'p50'):.3f} s"
        ),
        Figure(
            "every worker killed, none but them: latest page",
            late("worker_deaths", "worst"),
            restart + PASS_SECONDS,
            f"limit: back after {restart:.2f} s, and {PASS_SECONDS} s",
        ),
        Figure(
            "FLUSHALL every 4 s: p99",
            late("flushes", "p99"),
            late("none", "p99") * MOST_FLUSHED,
            f"limit: {MOST_FLUSHED} times no fault",
        ),
    ]


def main() -> int:
    runs = {profile: [measure(profile, seed) for seed in SEEDS] for profile in MINUTES}
    found = figures_of(runs)
    rows = [["figure", "median", "limit", "kept", ""], *(each.cells() for each in found)]
    sys.stdout.write(f"\n{tell.plain(rows)}\n")
    if "--write-docs" in sys.argv:
        write_narrow(rows, SEEDS)
    tell.save({"rows": rows, "machine": tell.machine(), "seeds": SEEDS}, OUT / "narrow.json")
    return 0 if all(each.is_kept for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
