"""Play a run to its end and give the verdict. Imported once the database's address is known."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import django

django.setup()

from django.db import connection  # noqa: E402

from escalation import clock  # noqa: E402
from escalation.models import ClockBeat, Escalation, Page  # noqa: E402
from tests.chaos import house, plot, records, rows, tell  # noqa: E402
from tests.chaos.account import UNSENT  # noqa: E402
from tests.chaos.document import write_storm  # noqa: E402
from tests.chaos.figures import Account, Evidence, account_of  # noqa: E402
from tests.chaos.journal import Journal  # noqa: E402
from tests.chaos.pace import pace, start_seconds  # noqa: E402
from tests.chaos.promises import Promise, judge  # noqa: E402
from tests.chaos.run import (  # noqa: E402
    FINISH_SECONDS,
    START_SECONDS,
    Options,
    Run,
    people_at_work,
    say_goodbye,
)
from tests.chaos.stack import Stack  # noqa: E402
from tests.chaos.watch import Watch  # noqa: E402


def play(stack: Stack, journal: Journal, options: Options, *, writes_docs: bool) -> int:
    """Run the storm, tell what came of it, and give the exit code."""
    stack.migrate()
    built = house.build(stack.sinks, clock.now())
    stack.start(options.processes)
    run, watch = Run(stack, journal, options), Watch()
    if not run.wait(lambda: _is_ready(stack, options), START_SECONDS):
        raise RuntimeError(f"not everything has started; logs in {stack.directory}")
    watch.start()
    # By the end of the storm the database at its other end will be another one.
    connection.close()
    _storm(run, stack, options, built)
    watch.stop()
    watch.look_at_everything()
    left = _evidence(run, stack, journal)
    tell.save_lines(left.pages, stack.directory / "pages.jsonl")
    account = account_of(left)
    promises = judge(account, watch.seen.values(), run.played, journal)
    _tell(run, journal, account, promises, writes_docs=writes_docs)
    return 0 if all(each.is_kept for each in promises) else 1


def _is_ready(stack: Stack, options: Options) -> bool:
    drivers = sum(name.startswith(("worker", "clock")) for name in options.processes)
    return stack.is_up and ClockBeat.objects.count() >= drivers


def _storm(run: Run, stack: Stack, options: Options, built: house.House) -> None:
    brief = built.asdict() | {
        "webs": {name: url for name, url in stack.webs.items() if name in options.processes},
        "raises_per_second": options.raises_per_second,
        "seed": options.seed,
        "ledger": str(stack.directory / "ledger.jsonl"),
    }
    with people_at_work(brief, stack.directory) as load:
        run.storm()
        say_goodbye(load)
        run.wait(lambda: load.poll() is not None, FINISH_SECONDS)
        run.played.is_load_well = load.returncode == 0
    run.played.is_drained = run.wait(_is_drained, options.drain_seconds)
    run.played.ended_at = time.time()


def _is_drained() -> bool:
    is_anything_due = Escalation.objects.filter(next_page_at__lte=clock.now()).exists()
    return not (is_anything_due or Page.objects.filter(status__in=UNSENT).exists())


def _evidence(run: Run, stack: Stack, journal: Journal) -> Evidence:
    struck = [*run.played.struck, *journal.crashes()]
    return Evidence(
        pages=records.read_pages({url: name for name, url in stack.sinks.items()}),
        silent=records.read_silent_steps(run.played.ended_at),
        arrivals=rows.read_arrivals(stack.sink_log),
        attempts=rows.read_attempts(stack.directory / "ledger.jsonl"),
        kept=records.read_kept(),
        struck=sorted(struck, key=lambda each: each.at),
        database_away=list(_database_away(journal)),
        stormed_until=run.played.stormed_until,
        ended_at=run.played.ended_at,
        pace=pace(start_seconds(stack.directory)),
    )


def _database_away(journal: Journal) -> Iterator[tuple[float, float]]:
    ups = [row["at"] for row in journal.of("up") if row["whom"] == "database"]
    for row in journal.of("struck"):
        if row["kind"] == "database":
            yield row["at"], min((up for up in ups if up > row["at"]), default=time.time())


def _tell(
    run: Run, journal: Journal, account: Account, promises: list[Promise], *, writes_docs: bool
) -> None:
    options = run.options
    value = tell.written(options, run.played, account, promises, journal.kills())
    tell.save(value, options.directory / "chaos.json")
    picture = options.directory / "chaos.svg"
    plot.draw(account, run.played, picture)
    lines = ["", tell.plain(tell.table(account)), "", *tell.verdict(promises), ""]
    broken = [each for each in promises if not each.is_kept]
    if broken:
        lines += [f"BROKEN FIRST: {broken[0].name}; seed {options.seed}; {tell.command(options)}"]
        lines += tell.timeline(run.played)
    sys.stdout.write("\n".join(lines) + "\n")
    if writes_docs:
        write_storm(value, account, picture)
