"""Start a run: freeze the plan, arm the deadlines, and leave the rest to the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from escalation.models import (
    Chain,
    ChainStep,
    ChainTarget,
    Deadline,
    Escalation,
    EscalationStep,
    EscalationTarget,
    Override,
    Person,
    Rota,
    Timeline,
)
from escalation.operations.advance import begin
from escalation.operations.due import RUN, Run, Step
from escalation.operations.due import Seat as SeatOnStep
from escalation.operations.evidence import record
from escalation.operations.links import links_of
from escalation.operations.wake import wake_clock
from escalation.rules.evidence import Entry
from escalation.rules.oncall import StandIn, Turns, on_call


@dataclass(frozen=True)
class Ask:
    """What people are paged about. `path` is where their link leads, on this site."""

    subject: str
    question: str
    path: str
    time_zone: str
    is_drill: bool = False
    is_restricted: bool = False


@dataclass(frozen=True)
class Promise:
    """A deadline to arm: its kind, its seconds from the start, how often it speaks once late."""

    kind: str
    seconds: int
    repeat_seconds: int | None = None


class NobodyOnTheChain(Exception):
    """The chain names nobody at all, so there is nothing to freeze."""


@dataclass(frozen=True)
class Seat:
    """One person's place on a rung; `via` names the rota that put them there."""

    person_id: int
    via: str = ""
    is_for_information: bool = False


@dataclass(frozen=True)
class Rung:
    """One step of a plan: who is paged how many seconds after the start, and by which ways."""

    after_seconds: int
    seats: tuple[Seat, ...]
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a run will do, as plain values: nothing that is edited later reaches it."""

    rungs: tuple[Rung, ...]
    grace_seconds: int
    repeat_seconds: int

    def led_by(self, people: Sequence[int]) -> Plan:
        """Put people who are on it already first; the rest follows after the grace time."""
        if not people:
            return self
        first = Rung(0, tuple(Seat(person_id) for person_id in people))
        later = [replace(r, after_seconds=r.after_seconds + self.grace_seconds) for r in self.rungs]
        return replace(self, rungs=(first, *later))


def steps_of(chain: Chain, at: datetime) -> QuerySet[ChainStep]:
    """Read the steps of a chain with the rotas on them, and with who stands in at a moment."""
    stand_ins = Override.objects.filter(starts_at__lte=at, ends_at__gt=at)
    return chain.steps.prefetch_related(
        "targets__rota__shifts", Prefetch("targets__rota__overrides", stand_ins)
    )


def plan_of_chain(chain: Chain, at: datetime) -> Plan:
    """Freeze a chain as it stands at a moment. Raises NobodyOnTheChain."""
    rungs = tuple(
        Rung(step.after_seconds, tuple(resolve(list(step.targets.all()), at)), tuple(step.kinds))
        for step in steps_of(chain, at)
    )
    if not any(rung.seats for rung in rungs):
        raise NobodyOnTheChain
    return Plan(rungs, chain.grace_seconds, chain.repeat_seconds)


def plan_of_run(escalation: Escalation) -> Plan:
    """Give the frozen plan of a run, to run it again for the next ask of the same storm."""
    rungs = tuple(
        Rung(
            int((step.due_at - escalation.started_at).total_seconds()),
            tuple(Seat(t.person_id, t.via, t.is_for_information) for t in step.targets.all()),
            tuple(step.kinds),
        )
        for step in escalation.steps.prefetch_related("targets")
    )
    return Plan(rungs, escalation.grace_seconds, escalation.repeat_seconds)


@transaction.atomic
def start(
    *,
    timeline: Timeline,
    plan: Plan,
    ask: Ask,
    owner: Person,
    limit_seconds: int,
    promises: Sequence[Promise] = (),
    now: datetime,
) -> Escalation:
    """Write a plan down as a run, with its first pages. The timeline is locked, or new."""
    escalation = Escalation.objects.create(
        timeline=timeline,
        owner=owner,
        subject=ask.subject,
        question=ask.question,
        path=ask.path,
        time_zone=ask.time_zone,
        is_drill=ask.is_drill,
        is_restricted=ask.is_restricted,
        started_at=now,
        due_at=now + timedelta(seconds=limit_seconds),
        next_page_at=now,
        grace_seconds=plan.grace_seconds,
        repeat_seconds=plan.repeat_seconds,
    )
    steps = _write(escalation, plan)
    people = {seat.person_id for rung in plan.rungs for seat in rung.seats} | {owner.pk}
    # Now, while there is time: when thousands of steps fall due, each row less is a page sooner.
    links_of([(escalation.pk, person_id) for person_id in sorted(people)], now)
    record(timeline, [_started(escalation, plan), *_armed(escalation, promises, now)])
    _begin(timeline, escalation, steps)
    return escalation


def _started(escalation: Escalation, plan: Plan) -> Entry:
    rungs = [
        {"after": rung.after_seconds, "people": [seat.person_id for seat in rung.seats]}
        for rung in plan.rungs
    ]
    detail = {"escalation": escalation.pk, "plan": rungs}
    return Entry("escalation_started", escalation.started_at, escalation.owner_id, detail)


def _write(escalation: Escalation, plan: Plan) -> list[Step]:
    """Write the steps and who is on them; give them as the clock reads them."""
    rows = EscalationStep.objects.bulk_create(
        EscalationStep(
            escalation=escalation,
            position=position,
            due_at=escalation.started_at + timedelta(seconds=rung.after_seconds),
            kinds=list(rung.kinds),
        )
        for position, rung in enumerate(plan.rungs)
    )
    EscalationTarget.objects.bulk_create(
        EscalationTarget(
            step=row,
            person_id=seat.person_id,
            via=seat.via,
            is_for_information=seat.is_for_information,
        )
        for row, rung in zip(rows, plan.rungs, strict=True)
        for seat in rung.seats
    )
    return [
        Step(row.pk, row.kinds, row.position, row.due_at, row.outcome, row.fired_at, seats)
        for row, seats in zip(rows, map(_seats, plan.rungs), strict=True)
    ]


def _seats(rung: Rung) -> list[SeatOnStep]:
    return [SeatOnStep(seat.person_id, seat.is_for_information) for seat in rung.seats]


def _begin(timeline: Timeline, escalation: Escalation, steps: list[Step]) -> None:
    """Let the run take its first turn here and now; should it fail, the clock is woken for it."""
    run = Run(*(getattr(escalation, name) for name in RUN))
    run.steps = steps
    if begin(timeline, run, escalation.started_at):
        escalation.next_step, escalation.rounds = run.next_step, run.rounds
        escalation.next_page_at = run.next_page_at
    wake_clock()


def arm(*, escalation: Escalation, timeline: Timeline, promise: Promise, now: datetime) -> None:
    """Arm one deadline, counted from `now`."""
    record(timeline, _armed(escalation, [promise], now))


def _armed(escalation: Escalation, promises: Sequence[Promise], now: datetime) -> list[Entry]:
    """Write deadlines, and give what is to be recorded of them."""
    rows = Deadline.objects.bulk_create(
        Deadline(
            escalation=escalation,
            kind=promise.kind,
            started_at=now,
            due_at=now + timedelta(seconds=promise.seconds),
            next_at=now + timedelta(seconds=promise.seconds),
            repeat_seconds=promise.repeat_seconds,
        )
        for promise in promises
    )
    return [
        Entry(
            "deadline_armed",
            now,
            None,
            {"deadline": row.pk, "of": row.kind, "due_at": row.due_at.isoformat()},
        )
        for row in rows
    ]


def resolve(targets: Sequence[ChainTarget], at: datetime) -> list[Seat]:
    """Turn the people and rotas of a step into people, each once, as they stand at a moment.

    The targets are those of `steps_of` at that moment: their rotas are read together.
    """
    found: dict[int, Seat] = {}
    for target in targets:
        person_id = target.person_id or (who_is_on_call(target.rota, at) if target.rota else None)
        if person_id is not None and person_id not in found:
            via = target.rota.name if target.rota else ""
            found[person_id] = Seat(person_id, via, target.is_for_information)
    return list(found.values())


def who_is_on_call(rota: Rota, at: datetime) -> int | None:
    """Name the person on call; the one resolver for paging, screens and notices alike."""
    turns = Turns(
        zone=rota.time_zone,
        starts_on=rota.starts_on,
        handover_at=rota.handover_at,
        turn_days=rota.turn_days,
        people=tuple(shift.person_id for shift in rota.shifts.all()),
    )
    stand_ins = [
        StandIn(each.starts_at, each.ends_at, each.person_id) for each in rota.overrides.all()
    ]
    return on_call(turns, stand_ins, at)
