"""Read what is due, for many incidents in a few queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast

from escalation.models import Deadline, Escalation, EscalationStep, Page, Timeline
from escalation.operations.prepared import rows

Found = QuerySet[Any, tuple[Any, ...]]


@dataclass(slots=True)
class Seat:
    """A person's place on a step of the frozen plan."""

    person_id: int
    is_for_information: bool


@dataclass(slots=True)
class Step:
    """One rung of the frozen plan."""

    pk: int
    kinds: list[str]
    position: int
    due_at: datetime
    outcome: str
    fired_at: datetime | None
    seats: list[Seat] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One run of a chain, with its plan where a turn of it is due."""

    pk: int
    timeline_id: int
    owner_id: int
    subject: str
    question: str
    time_zone: str
    is_drill: bool
    is_restricted: bool
    started_at: datetime
    due_at: datetime
    next_page_at: datetime | None
    next_step: int
    rounds: int
    held_until: datetime | None
    repeat_seconds: int
    steps: list[Step] = field(default_factory=list)


RUN = (
    "pk",
    "timeline_id",
    "owner_id",
    "subject",
    "question",
    "time_zone",
    "is_drill",
    "is_restricted",
    "started_at",
    "due_at",
    "next_page_at",
    "next_step",
    "rounds",
    "held_until",
    "repeat_seconds",
)


@dataclass(slots=True)
class Due:
    """All that is due for some incidents, which are locked."""

    timelines: list[Timeline]
    deadlines: list[Deadline]
    runs: dict[int, Run]
    """Those with a turn to take, and those whose deadlines are due; by id."""
    turning: list[Run]


def due_timelines(
    now: datetime, limit: int, but: Sequence[int] = (), *, deadlines: bool = True
) -> list[int]:
    """Find the incidents, `but` some, for which something is due, the most overdue first.

    Held or not.
    """
    turns = Escalation.objects.filter(next_page_at__lte=now).exclude(timeline__pk__any_of=but)
    found = list(turns.order_by("next_page_at").values_list("next_page_at", "timeline_id")[:limit])
    if deadlines:
        late = Deadline.objects.filter(next_at__lte=now)
        late = late.exclude(escalation__timeline__pk__any_of=but).order_by("next_at")
        found += late.values_list("next_at", "escalation__timeline_id")[:limit]
    return list(dict.fromkeys(timeline_id for _, timeline_id in sorted(found)))[:limit]


def lock_next(now: datetime, limit: int, but: Sequence[int] = (), *, deadlines: bool = True) -> Due:
    """Lock the most overdue incidents that nobody else is at, and read what is due for them.

    Those in `but` are left alone.

    Finding and locking is one statement, so that clocks share what is due instead of all wanting
    the same. Without `deadlines` those are not looked for: the caller knows that none is due.
    """
    found = rows(_turning, now, list(but), limit=limit)
    if deadlines:
        found += rows(_breaching, now, list(but), limit=limit)
    if not found:
        return Due([], [], {}, [])
    # An incident may be due more than once.
    return _read_due(
        [Timeline(*row) for row in sorted(set(found), key=itemgetter(0))], now, deadlines=deadlines
    )


def lock_these(ids: Sequence[int], now: datetime, *, deadlines: bool = True) -> Due:
    """Lock those of some incidents that nobody else is at, and read what is due for them."""
    free = Timeline.objects.select_for_update(skip_locked=True).filter(pk__any_of=ids)
    return _read_due(list(free.order_by("pk")), now, deadlines=deadlines)


def _turning(now: datetime, but: list[int], *, limit: int) -> Found:
    return _free("escalations__next_page_at", now, but, limit)


def _breaching(now: datetime, but: list[int], *, limit: int) -> Found:
    return _free("escalations__deadlines__next_at", now, but, limit)


def _free(moment: str, now: datetime, but: Sequence[int], limit: int) -> Found:
    """Incidents of which a moment has come, and which nobody holds, the most overdue first."""
    free = Timeline.objects.select_for_update(skip_locked=True, of=("self",))
    due = free.filter(**{f"{moment}__lte": now}).exclude(pk__any_of=but).order_by(moment)
    return due.values_list("pk", "length", "head_hash", "closed_at")[:limit]


def _read_due(timelines: list[Timeline], now: datetime, *, deadlines: bool = True) -> Due:
    """Read what is due for some incidents that are locked: perhaps nothing by now."""
    locked = [each.pk for each in timelines]
    late = _late(locked, now) if deadlines and locked else []
    found = rows(_turning_runs, locked, now)
    if late:
        found += rows(_runs, list({each.escalation_id for each in late}))
    runs = {row[0]: Run(*row) for row in sorted(set(found), key=itemgetter(0))}
    turning = [each for each in runs.values() if each.next_page_at and each.next_page_at <= now]
    if turning:
        _read_steps({each.pk: each for each in turning})
    return Due(timelines, late, runs, turning)


def _turning_runs(timeline_ids: list[int], now: datetime) -> Found:
    mine = Escalation.objects.filter(timeline__pk__any_of=timeline_ids)
    return mine.filter(next_page_at__lte=now).values_list(*RUN)


def _runs(ids: list[int]) -> Found:
    return Escalation.objects.filter(pk__any_of=ids).values_list(*RUN)


def _late(timeline_ids: Sequence[int], now: datetime) -> list[Deadline]:
    late = Deadline.objects.filter(escalation__timeline__pk__any_of=timeline_ids, next_at__lte=now)
    return list(late.order_by("next_at", "pk"))


def _read_steps(runs: dict[int, Run]) -> None:
    for run_id, pk, kinds, *facts, person_id, is_for_information in rows(_steps, list(runs)):
        steps = runs[run_id].steps
        if not steps or steps[-1].pk != pk:
            steps.append(Step(pk, json.loads(kinds), *facts))
        if person_id is not None:
            steps[-1].seats.append(Seat(person_id, is_for_information))


def _steps(run_ids: list[int]) -> Found:
    steps = EscalationStep.objects.filter(escalation__pk__any_of=run_ids)
    return steps.order_by("escalation_id", "position", "targets__pk").values_list(
        "escalation_id",
        "pk",
        Cast("kinds", TextField()),
        "position",
        "due_at",
        "outcome",
        "fired_at",
        "targets__person_id",
        "targets__is_for_information",
    )


def attempts_of(occasions: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Tell how often pages of an occasion have been written in a run, by (run, occasion)."""
    if not occasions:
        return {}
    rows = (
        Page.objects.filter(
            escalation_id__in={run for run, _ in occasions},
            occasion__in={occasion for _, occasion in occasions},
        )
        .order_by()
        .values_list("escalation_id", "occasion")
        .annotate(last=Max("attempt"))
    )
    return {(run, occasion): last for run, occasion, last in rows}
