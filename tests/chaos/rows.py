"""What a run leaves: the rows of the database, the sink's log and the ledger, as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import F

from crisis.models import Answer, Decision, Incident, RaiseKey
from escalation.models import Acknowledgement, EscalationStep, Page
from tests.chaos.sink import REFUSALS


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """A page as its row tells of it. Moments are seconds since 1970."""

    key: str
    run: int
    occasion: str
    step: int
    provider: str
    due: float
    queued_at: float
    status: str
    error: str = ""
    unknowns: int = 0
    sent_at: float | None = None
    failed_at: float | None = None
    acted_at: float | None = None
    stopped_at: float | None = None
    """When its run stopped."""
    not_before: float = 0.0
    """The moment in the frozen plan, where nothing allows it to be earlier."""


@dataclass(frozen=True)
class StepRow:
    """A step of which nothing was ever written, although its time came while its run went on."""

    run: int
    step: int
    due: float
    stopped_at: float | None


@dataclass(frozen=True)
class Arrival:
    """One request that the sink read."""

    key: str
    at: float
    provider: str
    mode: str

    @property
    def is_taken(self) -> bool:
        """It reached the provider; what was refused has not reached anybody."""
        return self.mode not in REFUSALS


@dataclass(frozen=True)
class Attempt:
    """One request of an officer or a manager, and what came of it; status 0 for no answer."""

    at: float
    took: float
    what: str
    web: str
    status: int
    error: str
    number: int | None
    storm: str
    of: int | None

    @property
    def is_yes(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Kept:
    """What the database has to say about what was promised to people."""

    raised: Mapping[str, int]
    """The number of the incident that each Idempotency-Key raised."""
    numbers: frozenset[int]
    stood_down: frozenset[int]
    acknowledged: frozenset[int]
    answered: frozenset[int]
    decided: frozenset[int]


def read_arrivals(path: Path) -> list[Arrival]:
    return [
        Arrival(row["key"], row["at"], row["provider"], row["mode"])
        for row in _lines(path)
        if "key" in row
    ]


def read_attempts(path: Path) -> list[Attempt]:
    """Read the ledger; whoever gave up has left an attempt that took for ever."""
    return [
        Attempt(
            at=row["at"],
            took=row.get("took", 0.0),
            what=row["what"],
            web=row.get("web", ""),
            status=row.get("status", 0),
            error="gave_up" if row.get("gave_up") else row["error"],
            number=row.get("number"),
            storm=row.get("storm", ""),
            of=row.get("of"),
        )
        for row in _lines(path)
    ]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_pages(providers: Mapping[str, str]) -> list[PageRow]:
    """Read all pages; `providers` names the provider of each address."""
    held = _holds()
    plans = _plans()
    rows = Page.objects.order_by("due_at").values(
        "key", "occasion", "step", "due_at", "queued_at", "status", "error", "unknowns", "sent_at",
        "failed_at", "acted_at", run=F("escalation_id"), stopped_at=F("escalation__stopped_at"),
        address=F("contact_method__address"),
    )  # fmt: skip
    found = []
    for row in rows:
        address, due_at = row.pop("address"), row.pop("due_at")
        moments = {name: _seconds(row.pop(name)) for name in MOMENTS}
        is_step = row["occasion"] == Page.Occasion.STEP
        plan = plans.get((row["run"], row["step"]), 0.0) if is_step else 0.0
        due = _after_hold(due_at.timestamp(), held.get(row["run"]) if is_step else None)
        found.append(
            PageRow(
                **{**row, "key": str(row["key"])},
                **moments,
                provider=providers[address],
                due=due,
                not_before=plan,
            )
        )
    return found


MOMENTS = ("queued_at", "sent_at", "failed_at", "acted_at", "stopped_at")


def _seconds(moment: datetime | None) -> Any:
    return moment.timestamp() if moment else None


def _holds() -> dict[int, tuple[float, float]]:
    """From when to when "I'm on it" held each run."""
    rows = Acknowledgement.objects.values_list("escalation", "at", "escalation__grace_seconds")
    return {run: (at.timestamp(), at.timestamp() + grace) for run, at, grace in rows}


def _after_hold(due: float, hold: tuple[float, float] | None) -> float:
    if hold and hold[0] <= due < hold[1]:
        return hold[1]
    return due


def _plans() -> dict[tuple[int, int], float]:
    """When each step may be paged at the earliest; a dead step before it lets it go earlier."""
    steps = EscalationStep.objects.order_by("escalation_id", "position")
    found: dict[tuple[int, int], float] = {}
    dead: set[int] = set()
    for run, position, due_at, outcome in steps.values_list(
        "escalation_id", "position", "due_at", "outcome"
    ):
        if run not in dead:
            found[run, position] = due_at.timestamp()
        if outcome == EscalationStep.Outcome.UNREACHABLE:
            dead.add(run)
    return found


def read_silent_steps(now: float) -> list[StepRow]:
    """Find the steps whose moment came while their run went on, and that left no trace at all."""
    held = _holds()
    waiting = EscalationStep.objects.filter(outcome=EscalationStep.Outcome.WAITING)
    found = []
    for run, position, due_at, stopped_at in waiting.values_list(
        "escalation_id", "position", "due_at", "escalation__stopped_at"
    ):
        due = _after_hold(due_at.timestamp(), held.get(run))
        if due < (_seconds(stopped_at) or now):
            found.append(StepRow(run, position, due, _seconds(stopped_at)))
    return found


def read_kept() -> Kept:
    numbers = Incident.objects.values_list("number", flat=True)
    decided = Decision.objects.filter(is_effective=True)
    return Kept(
        raised=dict(RaiseKey.objects.values_list("key", "incident__number")),
        numbers=frozenset(numbers),
        stood_down=frozenset(numbers.filter(status=Incident.Status.STOOD_DOWN)),
        acknowledged=frozenset(
            numbers.filter(timeline__escalations__acknowledgements__isnull=False)
        ),
        answered=frozenset(Answer.objects.values_list("incident__number", flat=True)),
        decided=frozenset(decided.values_list("sign_off__answer__incident__number", flat=True)),
    )
