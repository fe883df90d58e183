"""The figure `views`: what every screen and every check takes, on a short past and on a long one.

    python -m tests.bench.views --incidents 10000 1000000

Each past is a PostgreSQL of its own. They are looked at in turns, so that whatever else the machine
does meanwhile falls on all of them alike; what counts is the ratio.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.servers import Postgres

CODE = Path(__file__).resolve().parents[2]
INCIDENTS = (10_000, 1_000_000)
OPEN = 6
TURNS = 5
RUNS = 40
"""How often each is opened in one turn."""
WARM = 3

Figures = dict[str, Any]


def measure(incidents: Sequence[int] = INCIDENTS, turns: int = TURNS) -> Figures:
    """Fill the pasts, look at them in turns, and give the figures with their ratio."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as kept:
        servers = {count: stack.enter_context(Postgres()) for count in incidents}
        filled = {}
        for count, server in servers.items():
            began = time.monotonic()
            _child(server.url, "fill", str(count))
            filled[str(count)] = round(time.monotonic() - began, 1)
        taken: dict[int, list[Figures]] = {count: [] for count in incidents}
        for _ in range(turns):
            for count, server in servers.items():
                path = Path(kept) / f"{count}.json"
                _child(server.url, "look", str(path))
                taken[count].append(json.loads(path.read_text(encoding="utf-8")))
    return {"filled_seconds": filled, **_together(taken)}


def _child(url: str, *arguments: str) -> None:
    """Run a part of this in a process of its own: settings are read once, at the start."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-m", "tests.bench.views", *arguments]
    subprocess.run(command, cwd=CODE, env=environment, check=True)


def _together(taken: dict[int, list[Figures]]) -> Figures:
    """Take the median of the turns, and compare the longest past with the shortest."""
    short, long = min(taken), max(taken)
    names = taken[short][0]
    found: Figures = {}
    for name in names:
        rows: Figures = {
            str(count): {
                key: round(median(turn[name][key] for turn in turns), 2) for key in names[name]
            }
            for count, turns in taken.items()
        }
        rows["ratio"] = round(rows[str(long)]["p50_ms"] / rows[str(short)]["p50_ms"], 2)
        found[name] = rows
    return {"views": found}


# ------------------------------------------------------------ in a process of its own


def fill_past(count: int) -> None:
    """Fill an empty database, and leave some code reds open."""
    from django.core.management import call_command
    from django.db import connection

    from escalation import clock
    from escalation.models import ClockBeat
    from tests.bench.archive import fill
    from tests.bench.stories import leave_open

    call_command("migrate", verbosity=0)
    street = fill(count, clock.now(), say=_say)
    leave_open(street, OPEN, clock.now())
    ClockBeat.objects.update_or_create(driver="bench", defaults={"at": clock.now()})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def look(path: Path) -> None:
    """Open every screen and ask every check, and write down how long each took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from escalation import clock
    from escalation.models import ClockBeat
    from tests.bench.screens import SCREENS, checks, opener, place_of

    logging.disable(logging.ERROR)
    place = place_of(clock.now())
    found: Figures = {}
    todo = {name: opener(name, place) for name in SCREENS} | checks(place)
    for name, done in todo.items():
        ClockBeat.objects.update_or_create(driver="bench", defaults={"at": clock.now()})
        for _ in range(WARM):
            done()
        with CaptureQueriesContext(connection) as seen:
            done()
        queries = len(seen)
        found[name] = {**_times(done), "queries": queries}
    path.write_text(json.dumps(found), encoding="utf-8")


def _times(done: Callable[[], Any]) -> Figures:
    took = []
    gc.collect()
    for _ in range(RUNS):
        began = time.perf_counter()
        done()
        took.append((time.perf_counter() - began) * 1000)
    return {"p50_ms": median(took), "p99_ms": quantiles(took, n=100, method="inclusive")[98]}


# ------------------------------------------------------------ by hand


def table(figures: Figures) -> str:
    """Write the figures as a table in Markdown."""
    rows = figures["views"]
    counts = [key for key in next(iter(rows.values())) if key != "ratio"]
    titles = [f"{int(count):,}: p50 / p99 ms" for count in counts]
    lines = [f"| | {' | '.join(titles)} | ratio | queries |", "|---|" + "---|" * (len(counts) + 2)]
    for name, row in rows.items():
        times = [f"{row[count]['p50_ms']:.1f} / {row[count]['p99_ms']:.1f}" for count in counts]
        queries = max(row[count]["queries"] for count in counts)
        lines.append(f"| {name} | {' | '.join(times)} | {row['ratio']:.2f} | {queries:.0f} |")
    return "\n".join(lines)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> None:
    import django

    if arguments and arguments[0] in ("fill", "look"):
        django.setup()
        if arguments[0] == "fill":
            fill_past(int(arguments[1]))
        else:
            look(Path(arguments[1]))
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bench.views", description=__doc__)
    parser.add_argument("--incidents", type=int, nargs="+", default=INCIDENTS)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(arguments)
    figures = measure(asked.incidents, asked.turns)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    _say(table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
