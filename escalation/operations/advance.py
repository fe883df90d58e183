"""The pass of the clock: whatever is due gets its rows, incident by incident."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from escalation.crash import crash_point
from escalation.models import Deadline, Escalation, EscalationStep, Page, Timeline
from escalation.operations.evidence import record
from escalation.operations.pages import Occasion, queue_pages, reachable
from escalation.rules.evidence import Entry
from escalation.rules.steps import PlanStep, RunState, Turn, next_reminder, take_turn

logger = logging.getLogger(__name__)


def due_timelines(now: datetime, limit: int) -> list[int]:
    """Find the incidents for which something is due, the most overdue first."""
    runs = Escalation.objects.filter(next_page_at__lte=now).values_list(
        "next_page_at", "timeline_id"
    )
    deadlines = Deadline.objects.filter(next_at__lte=now).values_list(
        "next_at", "escalation__timeline_id"
    )
    found = sorted([*runs.order_by("next_page_at")[:limit], *deadlines.order_by("next_at")[:limit]])
    return list(dict.fromkeys(timeline_id for _, timeline_id in found))[:limit]


def advance_due(*, now: datetime, limit: int = 500) -> int:
    """Give everything that is due its pages, and tell for how many incidents.

    Any number of clocks may do this at once: a timeline that somebody else holds is passed over.
    One incident that fails is logged and holds up no other.
    """
    advanced = 0
    for timeline_id in due_timelines(now, limit):
        try:
            advanced += advance(timeline_id=timeline_id, now=now)
        except Exception:
            logger.exception("timeline %s could not be advanced", timeline_id)
    return advanced


@transaction.atomic(durable=True)
def advance(*, timeline_id: int, now: datetime) -> bool:
    """Do what is due for one incident; False when somebody else is at it."""
    timeline = Timeline.objects.select_for_update(skip_locked=True).filter(pk=timeline_id).first()
    if timeline is None:
        return False
    for deadline in _due_deadlines(timeline, now):
        _breach(timeline, deadline, now)
    for escalation in timeline.escalations.filter(next_page_at__lte=now).select_related("owner"):
        _turn(timeline, escalation, now)
    crash_point("before_record")
    transaction.on_commit(partial(crash_point, "after_record"))
    return True


def _due_deadlines(timeline: Timeline, now: datetime) -> list[Deadline]:
    due = Deadline.objects.filter(escalation__timeline=timeline, next_at__lte=now)
    return list(due.select_related("escalation__owner").order_by("next_at", "pk"))


def _breach(timeline: Timeline, deadline: Deadline, now: datetime) -> None:
    """Stamp a deadline as breached when it was due, and tell the officer, again and again."""
    is_new = deadline.status == Deadline.Status.RUNNING
    Deadline.objects.filter(pk=deadline.pk, status=deadline.status).update(
        status=Deadline.Status.BREACHED,
        breached_at=deadline.due_at,
        reminders=deadline.reminders + 1,
        next_at=next_reminder(deadline.due_at, deadline.repeat_seconds, now),
    )
    escalation = deadline.escalation
    occasion = Occasion(
        deadline.kind, 0, _attempt(escalation, deadline.kind), deadline.next_at or now
    )
    queue_pages(escalation=escalation, person_ids=[escalation.owner_id], occasion=occasion, now=now)
    if is_new:
        detail = {"deadline": deadline.pk, "of": deadline.kind, "noticed_at": now.isoformat()}
        record(timeline, [Entry("deadline_breached", deadline.due_at, None, detail)])


def _attempt(escalation: Escalation, occasion: str) -> int:
    last = escalation.pages.filter(occasion=occasion).order_by("-attempt").first()
    return last.attempt + 1 if last else 1


@dataclass(frozen=True)
class _Plan:
    steps: list[EscalationStep]
    can_reach: set[int]

    def people(self, step: EscalationStep) -> list[int]:
        return [t.person_id for t in step.targets.all() if t.person_id in self.can_reach]

    def everyone(self) -> list[int]:
        """All on the chain who are asked to act, each once, in the order of the plan."""
        asked = [
            t.person_id
            for step in self.steps
            for t in step.targets.all()
            if not t.is_for_information and t.person_id in self.can_reach
        ]
        return list(dict.fromkeys(asked))


def _plan(escalation: Escalation, now: datetime) -> _Plan:
    """Read the frozen plan and who on it can be reached; once late, being away excuses nobody."""
    steps = list(escalation.steps.prefetch_related("targets"))
    people = {target.person_id for step in steps for target in step.targets.all()}
    is_late = now >= escalation.due_at
    return _Plan(steps, reachable(people, now, even_when_away=is_late))


def _turn(timeline: Timeline, escalation: Escalation, now: datetime) -> None:
    plan = _plan(escalation, now)
    turn = take_turn(
        run_state(escalation, plan.steps), [_plan_step(plan, s) for s in plan.steps], now
    )
    entries = _fire(escalation, plan, turn, now)
    paged = {person for entry in entries for person in entry.detail.get("people", [])}
    if turn.pages_everyone:
        entries += _page_everyone(escalation, plan, paged, now)
        paged |= set(plan.everyone())
    if not paged and (turn.unreachable or turn.pages_everyone):
        entries += _tell_owner_nobody(escalation, now)
    Escalation.objects.filter(pk=escalation.pk, status=Escalation.Status.RUNNING).update(
        next_step=turn.next_step,
        next_page_at=turn.next_page_at,
        rounds=escalation.rounds + turn.pages_everyone,
    )
    record(timeline, entries)


def run_state(escalation: Escalation, steps: Sequence[EscalationStep]) -> RunState:
    """Put a run into the plain values that the rules of the chain take."""
    before = escalation.next_step - 1
    return RunState(
        started_at=escalation.started_at,
        due_at=escalation.due_at,
        planned_at=escalation.next_page_at or escalation.started_at,
        next_step=escalation.next_step,
        held_until=escalation.held_until,
        repeat_seconds=escalation.repeat_seconds,
        is_previous_step_dead=0 <= before < len(steps)
        and steps[before].outcome == EscalationStep.Outcome.UNREACHABLE,
    )


def _plan_step(plan: _Plan, step: EscalationStep) -> PlanStep:
    return PlanStep(due_at=step.due_at, is_reachable=bool(plan.people(step)))


def _fire(escalation: Escalation, plan: _Plan, turn: Turn, now: datetime) -> list[Entry]:
    entries = []
    for position in sorted(turn.paged + turn.unreachable):
        step = plan.steps[position]
        people = plan.people(step)
        due_at = min(step.due_at, now)
        queue_pages(
            escalation=escalation,
            person_ids=people,
            occasion=Occasion(Page.Occasion.STEP, position, 1, due_at),
            kinds=step.kinds,
            now=now,
        )
        outcome = EscalationStep.Outcome.PAGED if people else EscalationStep.Outcome.UNREACHABLE
        EscalationStep.objects.filter(pk=step.pk).update(outcome=outcome, fired_at=now)
        detail = {
            "escalation": escalation.pk,
            "step": position,
            "people": people,
            "due_at": due_at.isoformat(),
            "together": turn.is_rest_together,
        }
        entries.append(Entry("step_paged" if people else "step_unreachable", now, None, detail))
    return entries


def _page_everyone(
    escalation: Escalation, plan: _Plan, but: set[int], now: datetime
) -> list[Entry]:
    people = [person for person in plan.everyone() if person not in but]
    round_number = escalation.rounds + 1
    occasion = Occasion(Page.Occasion.ROUND, 0, round_number, escalation.next_page_at or now)
    queue_pages(escalation=escalation, person_ids=people, occasion=occasion, now=now)
    detail = {"escalation": escalation.pk, "round": round_number, "people": people}
    return [Entry("everyone_paged", now, None, detail)] if people else []


def _tell_owner_nobody(escalation: Escalation, now: datetime) -> list[Entry]:
    attempt = _attempt(escalation, Page.Occasion.NOBODY)
    occasion = Occasion(Page.Occasion.NOBODY, 0, attempt, now)
    queue_pages(escalation=escalation, person_ids=[escalation.owner_id], occasion=occasion, now=now)
    return [Entry("nobody_reachable", now, None, {"escalation": escalation.pk, "people": []})]
