"""What came of it: the report's figures beside their targets, at the speed of the story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from crisis.queries.figures import EVERYONE_SECONDS
from crisis.rehearsal.client import Client, Json
from crisis.rehearsal.scene import Scene
from escalation.rules.clocktext import mmss

TARGETS = (
    ("First word", "first_word_seconds", 120),
    ("Someone on it", "on_it_seconds", 60),
    ("Wait for sign-off", "sign_off_wait_seconds", 90),
    ("First answer", "answer_seconds", 300),
)
"""By when, in seconds. Source: the protocol's clocks, and what the report holds people to."""
COUNTS = (
    ("Answered in the end", "answered"),
    ("Pages", "pages"),
    ("People paged", "people_paged"),
    ("Versions", "versions"),
    ("Sent back", "sent_back"),
    ("Amended", "amended"),
)


@dataclass(frozen=True)
class Row:
    """One figure: as measured, in the time of the story, and what was promised."""

    name: str
    measured: str
    story: str = ""
    target: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Account:
    """The table, and what is missing from it."""

    rows: Sequence[Row]
    faults: Sequence[str]


def account_of(scene: Scene, client: Client) -> Account:
    """Read the report, and put its figures beside their targets."""
    report = client.get(f"{scene.path}/report")
    questions = list(client.rows(f"{scene.path}/questions"))
    figures, evidence = report["figures"], report["evidence"]
    rows = [
        *_times(figures, scene.pace.speed),
        _by_ten(scene, questions),
        *(Row(name, _count(figures[key])) for name, key in COUNTS),
        Row("Evidence", f"{evidence['events']} events", "", "verified", _verdict(evidence)),
    ]
    return Account(rows, [*_missing(figures), *_broken(evidence)])


def _times(figures: Json, speed: float) -> Iterator[Row]:
    for name, key, target in TARGETS:
        seconds = figures[key]
        if seconds is None:
            yield Row(name, "missing", "", mmss(target))
            continue
        left = target - seconds * speed
        verdict = f"{mmss(left)} to spare" if left >= 0 else f"{mmss(ceil(-left))} late"
        yield Row(name, f"{seconds:.2f} s", mmss(seconds * speed), mmss(target), verdict)


def _by_ten(scene: Scene, questions: Sequence[Json]) -> Row:
    """Count who had an answer by 10:00 of the story; the report knows real minutes alone."""
    ten = scene.raised_at + timedelta(seconds=EVERYONE_SECONDS / scene.pace.speed)
    moments = (each["answered_at"] for each in questions)
    answered = sum(1 for each in moments if each and datetime.fromisoformat(each) <= ten)
    late = len(questions) - answered
    return Row(
        "Answered by 10:00",
        f"{answered} of {len(questions)}",
        "",
        f"all {len(questions)}",
        f"{late} late" if late else "met",
    )


def _count(value: int | None) -> str:
    return "missing" if value is None else str(value)


def _verdict(evidence: Json) -> str:
    return "yes" if evidence["is_whole"] else "no"


def _missing(figures: Json) -> Iterator[str]:
    needed = [*((name, key) for name, key, _ in TARGETS), *COUNTS]
    for name, key in needed:
        if figures[key] is None:
            yield f"{name} is missing from the report."


def _broken(evidence: Json) -> Iterator[str]:
    if not evidence["is_whole"]:
        yield f"The evidence does not verify: {evidence['fault']}"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Set the rows in columns."""
    cells = [("", "measured", "story", "target", "")]
    cells += [(row.name, row.measured, row.story, row.target, row.verdict) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    for row in cells:
        numbers = (row[n].rjust(widths[n]) for n in (1, 2, 3))
        yield "  ".join([row[0].ljust(widths[0]), *numbers, row[4]]).rstrip()
