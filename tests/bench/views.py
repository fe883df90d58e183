"""The figure `views`: what every screen and every check takes, on a short past and on a long one.

    python -m tests.bench.views --incidents 10000 1000000

Each past is a PostgreSQL of its own, with a process that looks at it. They take turns, a second at
a time, so that whatever else the machine does falls on all of them alike; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from types import TracebackType
from typing import IO, Any, Self, cast

from tests.servers import Postgres

CODE = Path(__file__).resolve().parents[2]
INCIDENTS = (10_000, 1_000_000)
OPEN = 6
TURNS = 10
RUNS = 8
"""How often each is opened in one turn."""
WARM = 3

Figures = dict[str, Any]


class Looker:
    """A process that looks at one past: it is told a name, and tells how long each time took."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            _command("look"),
            cwd=CODE,
            env=_environment(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.names: list[str] = self._told()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        cast(IO[str], self._process.stdin).close()
        self._process.wait()

    def look(self, name: str) -> Figures:
        asked = cast(IO[str], self._process.stdin)
        asked.write(f"{name}\n")
        asked.flush()
        return cast(Figures, self._told())

    def _told(self) -> Any:
        return json.loads(cast(IO[str], self._process.stdout).readline())


def measure(incidents: Sequence[int] = INCIDENTS, turns: int = TURNS) -> Figures:
    """Fill the pasts, look at them in turns, and give the figures with their ratio."""
    with ExitStack() as stack:
        urls = {}
        for count in incidents:
            urls[count] = stack.enter_context(Postgres()).url
            subprocess.run(
                _command("fill", str(count)), cwd=CODE, env=_environment(urls[count]), check=True
            )
        return compare(urls, turns)


def compare(urls: dict[int, str], turns: int = TURNS) -> Figures:
    """Look at pasts that are filled already."""
    with ExitStack() as stack:
        lookers = {count: stack.enter_context(Looker(url)) for count, url in urls.items()}
        names = lookers[min(urls)].names
        return {"views": {name: _in_turns(name, lookers, turns) for name in names}}


def _in_turns(name: str, lookers: dict[int, Looker], turns: int) -> Figures:
    """Look at one thing in every past, one after the other, over and over."""
    short, long = min(lookers), max(lookers)
    took: dict[int, list[list[float]]] = {count: [] for count in lookers}
    queries = {}
    for _ in range(turns):
        for count, looker in lookers.items():
            told = looker.look(name)
            took[count].append(told["ms"])
            queries[count] = told["queries"]
    rows: Figures = {
        str(count): _times([one for each in all_turns for one in each])
        | {"queries": queries[count]}
        for count, all_turns in took.items()
    }
    pairs = zip(took[short], took[long], strict=True)
    rows["ratio"] = round(median(median(b) / median(a) for a, b in pairs), 2)
    return rows


def _times(took: list[float]) -> Figures:
    p99 = quantiles(took, n=100, method="inclusive")[98]
    return {"p50_ms": round(median(took), 2), "p99_ms": round(p99, 2)}


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.bench.views", *arguments]


def _environment(url: str) -> dict[str, str]:
    """Settings are read once, at the start: so each past has a process of its own."""
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}


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


def look() -> None:
    """Open whatever is named on the standard input, and tell how long it took, line by line."""
    from escalation import clock
    from escalation.models import ClockBeat
    from tests.bench.screens import SCREENS, checks, opener, place_of

    logging.disable(logging.ERROR)
    place = place_of(clock.now())
    todo = {name: opener(name, place) for name in SCREENS} | checks(place)
    known: set[str] = set()
    _say(json.dumps(list(todo)))
    for line in sys.stdin:
        name = line.strip()
        ClockBeat.objects.update_or_create(driver="bench", defaults={"at": clock.now()})
        for _ in range(0 if name in known else WARM):
            todo[name]()
        known.add(name)
        _say(json.dumps(_taken(todo[name])))


def _taken(done: Callable[[], Any]) -> Figures:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        done()
    queries = len(seen)
    took = []
    gc.collect()
    for _ in range(RUNS):
        began = time.perf_counter()
        done()
        took.append((time.perf_counter() - began) * 1000)
    return {"ms": took, "queries": queries}


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
            look()
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bench.views", description=__doc__)
    parser.add_argument("--incidents", type=int, nargs="+", default=INCIDENTS)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write-docs", action="store_true", help="into docs/performance.md")
    asked = parser.parse_args(arguments)
    figures = measure(asked.incidents, asked.turns)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    _say(table(figures))
    if asked.write_docs:
        from tests.bench.tell import write_views

        write_views(table(figures), f"make bench-views ARGS='{' '.join(arguments)}'")


if __name__ == "__main__":
    main(sys.argv[1:])
