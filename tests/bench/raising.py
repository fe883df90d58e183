"""The figures `raising` and `rates`: from the press to the first page, and how many presses."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

import psycopg

from tests.bench.engines import Loop, Ours
from tests.bench.races import WARM_UP
from tests.bench.stage import Stage, until
from tests.bench.web import Web, timed, web
from tests.chaos.account import percentile

PACE_SECONDS = 0.1
AT_ONCE = 8
FIRST_PAGES = """
SELECT p.key, extract(epoch FROM pg_xact_commit_timestamp(i.xmin))::float8
FROM escalation_page p JOIN crisis_incident i ON i.escalation_id = p.escalation_id
WHERE p.occasion = 'step' AND p.step = 0 AND i.number > %s
"""
ARM = """
INSERT INTO timer (due_at, url) VALUES (clock_timestamp(), %s)
RETURNING id, pg_current_xact_id()::xid::text
"""
COMMITTED = "SELECT extract(epoch FROM pg_xact_commit_timestamp(%s::text::xid))::float8"

Figures = dict[str, Any]


def raising(stage: Stage, runs: int, *, count: int) -> Figures:
    """Measure from the commit of a raise to its first page at the sink, and the whole request."""
    found: Figures = {"count": count, "runs": runs}
    for trouble in ("up", "down"):
        heats = []
        for _ in range(runs):
            with web(stage, Ours()) as running:
                if trouble == "down":
                    stage.redis.kill()
                heats.append(_raise_steadily(stage, running, count))
            if trouble == "down":
                stage.redis.start()
        found[f"redis {trouble}"] = _medians(heats)
    found["loop"] = _medians([_arm_steadily(stage, Loop(), count) for _ in range(runs)])
    return found


def _medians(heats: Sequence[Figures]) -> Figures:
    return {name: round(median(each[name] for each in heats), 2) for name in heats[0]}


def _arm_steadily(stage: Stage, loop: Loop, count: int) -> Figures:
    """Give the bare loop timers that are due at once, as often as code reds are raised."""
    loop.prepare(stage)
    stage.forget()
    committed: dict[str, float] = {}
    with (
        stage.running(loop.commands(stage), loop.name),
        psycopg.connect(stage.database_url(loop.name), autocommit=True) as connection,
    ):
        loop.arm(stage, WARM_UP)
        if not until(lambda: len(stage.arrived()) >= len(WARM_UP)):
            raise RuntimeError(f"The bare loop pages nobody. See {stage.directory}.")
        for _ in range(count):
            with connection.transaction():
                armed = connection.execute(ARM, [stage.url]).fetchone()
                connection.execute("NOTIFY timers")
            assert armed
            moment = connection.execute(COMMITTED, [armed[1]]).fetchone()
            assert moment
            committed[str(armed[0])] = moment[0]
            time.sleep(PACE_SECONDS)
        until(lambda: set(committed) <= {key for key, _ in stage.arrived()})
    return _first_pages(stage, committed)


def _first_pages(stage: Stage, committed: dict[str, float]) -> Figures:
    first = sorted(at - committed[key] for key, at in stage.arrived() if key in committed)
    if len(first) < len(committed):
        raise RuntimeError("Some first pages did not arrive.")
    return {
        "first_page_p50_ms": percentile(first, 50) * 1000,
        "first_page_p99_ms": percentile(first, 99) * 1000,
    }


def _raise_steadily(stage: Stage, running: Web, count: int) -> Figures:
    last = running.raise_code_red()
    took = []
    for _ in range(count):
        began = time.monotonic()
        running.raise_code_red()
        took.append(time.monotonic() - began)
        time.sleep(max(0.0, PACE_SECONDS - took[-1]))
    committed: dict[str, float] = {}

    def are_out() -> bool:
        with psycopg.connect(stage.database_url(Ours.name)) as connection:
            committed.update(
                {str(key): at for key, at in connection.execute(FIRST_PAGES, [last]).fetchall()}
            )
        out = {key for key, _ in stage.arrived()}
        return len(committed) >= count and set(committed) <= out

    if not until(are_out):
        raise RuntimeError("Some first pages did not arrive.")
    took.sort()
    return {
        **_first_pages(stage, committed),
        "request_p50_ms": percentile(took, 50) * 1000,
        "request_p99_ms": percentile(took, 99) * 1000,
    }


def rates(stage: Stage, runs: int, *, count: int) -> Figures:
    """Measure how many raises and approvals one web process takes in a second."""
    heats: dict[str, list[float]] = {"raise": [], "approve": []}
    for _ in range(runs):
        with web(stage, Ours()) as running:
            raised, rate = timed([running.raise_code_red] * count, AT_ONCE)
            heats["raise"].append(rate)
            # Nobody may raise more than a few hundred a minute, so these serve twice.
            waiting = [running.submit(number) for number in raised[: count // 2]]
            acts: list[Callable[[], object]] = [partial(running.approve, each) for each in waiting]
            _, rate = timed(acts, AT_ONCE)
            heats["approve"].append(rate)
    per_second = {name: round(median(each), 1) for name, each in heats.items()}
    return {"count": count, "runs": runs, "at_once": AT_ONCE, "per_second": per_second}
