"""Start a run: freeze the plan, arm the deadlines, and leave the rest to the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from escalation.models import (
    Chain,
    ChainTarget,
    Deadline,
    Escalation,
    EscalationStep,
    EscalationTarget,
    Person,
    Rota,
    Timeline,
)
from escalation.operations.evidence import record
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
    """A deadline to arm: its kind, its seconds from the start, and how often it speaks once late."""

    kind: str
    seconds: int
    repeat_seconds: int | None = None


class NobodyOnTheChain(Exception):
    """The chain names nobody at all, so there is nothing to freeze."""


@dataclass(frozen=True)
class _Rung:
    due_at: datetime
    kinds: list[str]
    targets: list[EscalationTarget]


@transaction.atomic
def start(
    *,
    timeline: Timeline,
    chain: Chain,
    ask: Ask,
    owner: Person,
    limit_seconds: int,
    promises: Sequence[Promise] = (),
    first: Sequence[Person] = (),
    now: datetime,
) -> Escalation:
    """Freeze a chain into a run that is due to page at once.

    `first` are people who are on it already: they are paged at once and the chain follows after
    its grace time. The timeline must be locked or new. Raises NobodyOnTheChain.
    """
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
        grace_seconds=chain.grace_seconds,
        repeat_seconds=chain.repeat_seconds,
    )
    rungs = _rungs(chain, first, now)
    _freeze(escalation, rungs)
    plan = [
        {
            "after": int((rung.due_at - now).total_seconds()),
            "people": [t.person_id for t in rung.targets],
        }
        for rung in rungs
    ]
    detail = {"escalation": escalation.pk, "chain": chain.pk, "plan": plan}
    record(timeline, [Entry("escalation_started", now, owner.pk, detail)])
    for promise in promises:
        arm(escalation=escalation, timeline=timeline, promise=promise, now=now)
    wake_clock()
    return escalation


def arm(*, escalation: Escalation, timeline: Timeline, promise: Promise, now: datetime) -> Deadline:
    """Arm one deadline, counted from `now`."""
    due_at = now + timedelta(seconds=promise.seconds)
    deadline = Deadline.objects.create(
        escalation=escalation,
        kind=promise.kind,
        started_at=now,
        due_at=due_at,
        next_at=due_at,
        repeat_seconds=promise.repeat_seconds,
    )
    detail = {"deadline": deadline.pk, "of": promise.kind, "due_at": due_at.isoformat()}
    record(timeline, [Entry("deadline_armed", now, None, detail)])
    return deadline


def _rungs(chain: Chain, first: Sequence[Person], now: datetime) -> list[_Rung]:
    wait = timedelta(seconds=chain.grace_seconds if first else 0)
    rungs = [_Rung(now, [], [EscalationTarget(person=person) for person in first])] if first else []
    for step in chain.steps.prefetch_related("targets__person", "targets__rota"):
        targets = resolve(list(step.targets.all()), now)
        due_at = now + wait + timedelta(seconds=step.after_seconds)
        rungs.append(_Rung(due_at, list(step.kinds), targets))
    if not any(rung.targets for rung in rungs):
        raise NobodyOnTheChain
    return rungs


def _freeze(escalation: Escalation, rungs: Sequence[_Rung]) -> None:
    steps = EscalationStep.objects.bulk_create(
        EscalationStep(
            escalation=escalation, position=position, due_at=rung.due_at, kinds=rung.kinds
        )
        for position, rung in enumerate(rungs)
    )
    targets = []
    for step, rung in zip(steps, rungs, strict=True):
        for target in rung.targets:
            target.step = step
            targets.append(target)
    EscalationTarget.objects.bulk_create(targets)


def resolve(targets: Sequence[ChainTarget], at: datetime) -> list[EscalationTarget]:
    """Turn the people and rotas of a step into people, each once, as they stand at a moment."""
    found: dict[int, EscalationTarget] = {}
    for target in targets:
        person_id = target.person_id or (who_is_on_call(target.rota, at) if target.rota else None)
        if person_id is not None and person_id not in found:
            found[person_id] = EscalationTarget(
                person_id=person_id,
                via=target.rota.name if target.rota else "",
                is_for_information=target.is_for_information,
            )
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
        StandIn(each.starts_at, each.ends_at, each.person_id)
        for each in rota.overrides.filter(starts_at__lte=at, ends_at__gt=at)
    ]
    return on_call(turns, stand_ins, at)
