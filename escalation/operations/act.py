"""What people do to a run: acknowledge, hand over, page now, stop."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from escalation.models import (
    Acknowledgement,
    Deadline,
    Escalation,
    EscalationTarget,
    Page,
    Person,
    Timeline,
)
from escalation.operations.advance import run_state
from escalation.operations.evidence import lock, record
from escalation.operations.pages import Occasion, drop_unsent, mark_acted, queue_pages
from escalation.operations.reach import reachable
from escalation.operations.wake import wake_clock
from escalation.rules.evidence import Entry
from escalation.rules.steps import PlanStep, after_acknowledgement, step_due_at


class NotPaging(Exception):
    """The run has stopped: there is nothing left to hold, hand over or stop."""


class NotOnTheChain(Exception):
    """Only somebody on the run's plan may do this."""


class CannotBeReached(Exception):
    """The person it should go to cannot be paged."""


def _running(timeline: Timeline, escalation_id: int) -> Escalation:
    escalation = timeline.escalations.get(pk=escalation_id)
    if not escalation.is_running:
        raise NotPaging
    return escalation


def is_on_the_chain(escalation: Escalation, person: Person) -> bool:
    """Say whether the frozen plan asks this person to act."""
    return EscalationTarget.objects.filter(
        step__escalation=escalation, person=person, is_for_information=False
    ).exists()


@transaction.atomic(durable=True)
def acknowledge(*, escalation: Escalation, by: Person, now: datetime) -> datetime:
    """Hold the chain for the grace time, once per person, and tell when it goes on.

    Raises NotPaging once the run has stopped, NotOnTheChain for somebody who was not asked.
    """
    timeline = lock(escalation.timeline_id)
    return hold(timeline=timeline, escalation_id=escalation.pk, by=by, now=now)


@transaction.atomic
def hold(*, timeline: Timeline, escalation_id: int, by: Person, now: datetime) -> datetime:
    """Acknowledge within another operation, which holds the timeline already."""
    escalation = _running(timeline, escalation_id)
    if not is_on_the_chain(escalation, by):
        raise NotOnTheChain
    mark_acted(escalation=escalation, person_id=by.pk, now=now)
    _, is_new = Acknowledgement.objects.get_or_create(
        escalation=escalation, person=by, defaults={"at": now}
    )
    goes_on_at = escalation.next_page_at or now
    if is_new:
        state = run_state(escalation, list(escalation.steps.all()))
        goes_on_at = after_acknowledgement(state, now, escalation.grace_seconds)
        Escalation.objects.filter(pk=escalation.pk, status=Escalation.Status.RUNNING).update(
            held_until=now + timedelta(seconds=escalation.grace_seconds),
            next_page_at=goes_on_at,
            acknowledged_at=now,
            acknowledged_by=by,
        )
        detail = {"escalation": escalation.pk, "goes_on_at": goes_on_at.isoformat()}
        record(timeline, [Entry("acknowledged", now, by.pk, detail)])
    return goes_on_at


@transaction.atomic(durable=True)
def hand_over(
    *, escalation: Escalation, by: Person, to: Person | None = None, now: datetime
) -> list[int]:
    """Page somebody else at once: `to`, else the next step. Tells who is paged.

    The hold of whoever hands over ends. Raises NotPaging, and NotOnTheChain or CannotBeReached
    for `to`.
    """
    timeline = lock(escalation.timeline_id)
    return pass_on(timeline=timeline, escalation_id=escalation.pk, by=by, to=to, now=now)


@transaction.atomic
def pass_on(
    *,
    timeline: Timeline,
    escalation_id: int,
    by: Person,
    to: Person | None,
    now: datetime,
) -> list[int]:
    """Hand over within another operation, which holds the timeline already."""
    escalation = _running(timeline, escalation_id)
    if to and not is_on_the_chain(escalation, to):
        raise NotOnTheChain
    people = [to.pk] if to else _next_people(escalation, by, now)
    can_reach = reachable(people, now, even_when_away=True)
    if to and to.pk not in can_reach:
        raise CannotBeReached(to.name)
    mark_acted(escalation=escalation, person_id=by.pk, now=now)
    paged = [person for person in people if person in can_reach]
    page_now(
        escalation=escalation, person_ids=paged, kind=Page.Occasion.HAND_OVER, by=by.pk, now=now
    )
    _release_hold(escalation, now, is_anybody_paged=bool(paged))
    detail = {"escalation": escalation.pk, "people": paged}
    record(timeline, [Entry("handed_over", now, by.pk, detail)])
    return paged


def _next_people(escalation: Escalation, by: Person, now: datetime) -> list[int]:
    """Everyone asked on the next step; where none of them is there, everyone else on the chain."""
    asked = EscalationTarget.objects.filter(
        step__escalation=escalation, is_for_information=False
    ).exclude(person=by)
    seats = list(asked.order_by("pk").values_list("person_id", "step__position"))
    there = reachable({person for person, _ in seats}, now, even_when_away=True)
    upcoming = [person for person, step in seats if step == escalation.next_step]
    chosen = upcoming if there.intersection(upcoming) else [person for person, _ in seats]
    return list(dict.fromkeys(chosen))


def _release_hold(escalation: Escalation, now: datetime, *, is_anybody_paged: bool) -> None:
    """Let the chain go on by its own times; at once when the hand-over reached nobody."""
    moment = now
    if is_anybody_paged:
        beat = timedelta(seconds=escalation.repeat_seconds)
        moment = max(_upcoming_at(escalation) or now + beat, now)
    if now < escalation.due_at:
        moment = min(moment, escalation.due_at)
    Escalation.objects.filter(pk=escalation.pk, status=Escalation.Status.RUNNING).update(
        held_until=None, next_page_at=moment
    )
    wake_clock()


def _upcoming_at(escalation: Escalation) -> datetime | None:
    """Tell when the next step is due, or None once all have had their turn."""
    steps = list(escalation.steps.all())
    if escalation.next_step >= len(steps):
        return None
    plan = [PlanStep(step.due_at, is_reachable=True) for step in steps]
    previous_fired_at = run_state(escalation, steps).previous_fired_at
    return step_due_at(plan, escalation.next_step, previous_fired_at)


def page_now(
    *,
    escalation: Escalation,
    person_ids: Sequence[int],
    kind: str,
    by: int | None,
    now: datetime,
) -> None:
    """Page people outside the order of the plan."""
    attempt = escalation.pages.filter(occasion=kind).values("attempt").distinct().count() + 1
    occasion = Occasion(kind, 0, attempt, now, by)
    queue_pages(escalation=escalation, person_ids=person_ids, occasion=occasion, now=now)


@transaction.atomic
def stop(
    *,
    timeline: Timeline,
    escalation: Escalation,
    reason: str,
    by: Person | None,
    now: datetime,
) -> bool:
    """Stop the paging of one run; False when it had stopped already."""
    stopped = Escalation.objects.filter(pk=escalation.pk, status=Escalation.Status.RUNNING).update(
        status=Escalation.Status.STOPPED,
        next_page_at=None,
        held_until=None,
        stopped_at=now,
        stop_reason=reason,
    )
    if stopped:
        drop_unsent(escalation)
        if by:
            mark_acted(escalation=escalation, person_id=by.pk, now=now)
        detail = {"escalation": escalation.pk, "reason": reason}
        record(timeline, [Entry("escalation_stopped", now, by.pk if by else None, detail)])
    return bool(stopped)


@transaction.atomic
def meet(*, timeline: Timeline, kind: str, by: Person | None, now: datetime) -> None:
    """Keep a promise: its deadline is silent. A late one stays breached, with its late time."""
    open_ones = Deadline.objects.filter(
        escalation__timeline=timeline, kind=kind, next_at__isnull=False
    ) | Deadline.objects.filter(
        escalation__timeline=timeline,
        kind=kind,
        status=Deadline.Status.BREACHED,
        met_at__isnull=True,
    )
    entries = []
    for deadline in open_ones.order_by("pk"):
        is_kept = deadline.status == Deadline.Status.RUNNING and now <= deadline.due_at
        Deadline.objects.filter(pk=deadline.pk).update(
            status=Deadline.Status.MET if is_kept else Deadline.Status.BREACHED,
            breached_at=None if is_kept else deadline.due_at,
            met_at=now,
            next_at=None,
        )
        detail = {"deadline": deadline.pk, "of": kind, "in_time": is_kept}
        entries.append(Entry("deadline_met", now, by.pk if by else None, detail))
    record(timeline, entries)


@transaction.atomic
def drop_deadlines(*, timeline: Timeline, kinds: Sequence[str], now: datetime) -> None:
    """Silence what is still armed, because nobody waits for it any more."""
    armed = Deadline.objects.filter(
        escalation__timeline=timeline, kind__in=kinds, next_at__isnull=False
    )
    entries = []
    for deadline in armed.order_by("pk"):
        is_running = deadline.status == Deadline.Status.RUNNING
        status = Deadline.Status.DROPPED if is_running else deadline.status
        Deadline.objects.filter(pk=deadline.pk).update(status=status, next_at=None)
        detail = {"deadline": deadline.pk, "of": deadline.kind}
        entries.append(Entry("deadline_dropped", now, None, detail))
    record(timeline, entries)
