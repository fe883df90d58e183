"""The account of a run, for people: a table, the verdict, and the JSON beside them."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.chaos.account import lateness
from tests.chaos.figures import Account, Row
from tests.chaos.promises import Promise
from tests.chaos.run import Options, Played

HEADS = [
    *("fault", "hits", "accepted", "refused", "lost", "never sent", "early"),
    *("p50", "p95", "p99", "max", "once", "twice", "thrice", "on time again"),
]


def cells(name: str, row: Row) -> list[str]:
    late = lateness(row.late or row.late_to_ill)
    times = [f"{seconds:.3f}" for seconds in (late.p50, late.p95, late.p99, late.worst)]
    again = f"{max(row.recovered):.1f} s" if row.recovered else ""
    counts = [row.hits, row.accepted, row.refused]
    counts += [len(row.lost), len(row.never_sent), len(row.early)]
    copies = [row.copies.get(1, 0), row.twice, row.thrice]
    return [name, *map(str, counts), *times, *map(str, copies), again]


def table(account: Account) -> list[list[str]]:
    """Give heads and rows: in all first, then fault by fault."""
    rows = [cells(name, row) for name, row in sorted(account.by_fault.items())]
    return [HEADS, cells("in all", account.total), *rows]


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Line the cells up."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def verdict(promises: Iterable[Promise]) -> Iterator[str]:
    for promise in promises:
        yield f"{'kept  ' if promise.is_kept else 'BROKEN'}  {promise.name}: {promise.found}"
        yield from (f"          {culprit}" for culprit in promise.culprits)


def timeline(played: Played) -> Iterator[str]:
    """Give the faults as they really struck, and those that found nobody there."""
    for each in sorted(played.struck, key=lambda struck: struck.at):
        yield f"{each.at - played.began_at:7.1f} s  {each.kind} {each.fault.target}"
    for missed in played.missed:
        yield f"  missed   {missed}"


def machine() -> dict[str, Any]:
    """Say what this was run on."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[2], 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def command(options: Options) -> str:
    """Give the command that plays this run again."""
    parts = [f"--minutes {options.minutes:g}", f"--seed {options.seed}"]
    if options.kinds:
        parts.append(f"--faults {','.join(options.kinds)}")
    if options.plant:
        parts.append(f"--plant {options.plant}")
    if options.without:
        parts.append(f"--without {','.join(options.without)}")
    return f'make chaos ARGS="{" ".join(parts)}"'


def written(
    options: Options, played: Played, account: Account, promises: Sequence[Promise], kills: int
) -> dict[str, Any]:
    """Put all of it into plain values."""
    return {
        "command": command(options),
        "seed": options.seed,
        "minutes": options.minutes,
        "machine": machine(),
        "kills": kills,
        "pace": round(account.pace, 2),
        "promises": [asdict(each) for each in promises],
        "total": account.total.written(),
        "by_fault": {name: row.written() for name, row in account.by_fault.items()},
        "raising": {state: asdict(lateness(took)) for state, took in account.raising.items()},
        "redis": {state: asdict(lateness(late)) for state, late in account.redis.items() if late},
        "struck": [
            {
                "fault": asdict(each.fault),
                "at": each.at - played.began_at,
                "lifted_at": each.lifted_at - played.began_at,
                "recovered_seconds": seconds,
            }
            for each, seconds in account.recoveries
        ],
        "missed": [str(each) for each in played.missed],
    }


def save(value: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def save_lines(rows: Iterable[Any], path: Path) -> None:
    """Keep rows for whoever has to find out what happened to one of them."""
    lines = (json.dumps(asdict(row)) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
