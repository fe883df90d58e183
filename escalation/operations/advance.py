"""The pass of the clock: whatever is due gets its rows, hundreds of incidents at a time."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from django.db import transaction

from escalation.crash import crash_point
from escalation.models import Deadline, Escalation, EscalationStep, Page, Timeline
from escalation.operations.bulk import update_rows
from escalation.operations.due import (
    Due,
    Run,
    attempts_of,
    due_timelines,
    lock_next,
    lock_these,
)
from escalation.operations.evidence import record_all
from escalation.operations.outgoing import Outgoing
from escalation.operations.pages import Hand, NewPage, Occasion, write_pages
from escalation.operations.reach import Reach, reach_of
from escalation.resting import Resting
from escalation.rules.evidence import Entry
from escalation.rules.steps import PlanStep, RunState, Turn, next_reminder, take_turn

logger = logging.getLogger(__name__)

MOST_TOGETHER = 500
"""Incidents in one transaction. Source: engine figures, one claim of a bare loop."""


def advance_due(
    *,
    now: datetime,
    limit: int = MOST_TOGETHER,
    hand: Hand | None = None,
    deadlines: bool = True,
    resting: Resting | None = None,
) -> int:
    """Give everything that is due its pages, and tell for how many incidents.

    Any number of clocks may do this at once: an incident that somebody else holds is passed over.
    Pages go straight into `hand`, as far as it has room for them; it begins to send once all that
    is due has been written. Who has a hand may be early: nothing is committed before `now`. A
    caller who knows that no deadline is due says so, and saves looking. What fails is left alone
    for a while by whoever keeps `resting`.
    """
    look = Look(now, limit, hand, deadlines, resting or Resting())
    advanced = 0
    try:
        while done := _advance_next(look):
            advanced += done
            if done < limit:
                break
    finally:
        if hand:
            hand.go()
    return advanced


@dataclass(frozen=True, slots=True)
class Look:
    """What a pass looks for, and who sends what it finds."""

    now: datetime
    limit: int = MOST_TOGETHER
    hand: Hand | None = None
    deadlines: bool = True
    resting: Resting = field(default_factory=Resting)


def _advance_next(look: Look) -> int:
    """Advance a batch; where it fails, each of its incidents alone: one holds up no other."""
    but = look.resting.ids()
    lock = partial(lock_next, look.now, look.limit, but, deadlines=look.deadlines)
    try:
        return _advance(lock, look)
    except Exception:
        logger.exception("incidents could not be advanced together")
    due = due_timelines(look.now, look.limit, but, deadlines=look.deadlines)
    return sum(_advance_alone(each, look) for each in due)


def _advance_alone(timeline_id: int, look: Look) -> int:
    try:
        return _advance(
            partial(lock_these, [timeline_id], look.now, deadlines=look.deadlines), look
        )
    except Exception:
        logger.exception("timeline %s could not be advanced", timeline_id)
        look.resting.note_fault(timeline_id)
        return 0


def _advance(lock: Callable[[], Due], look: Look) -> int:
    hand = look.hand
    with transaction.atomic(durable=True):
        done, handed = _locked_and_taken(lock, look)
        if not done:
            return 0
        crash_point("before_record")
        if hand:
            hand.wait_for(look.now)
    crash_point("after_record")
    if hand:
        hand.take(handed)
    look.resting.note_done(done)
    return len(done)


def _locked_and_taken(lock: Callable[[], Due], look: Look) -> tuple[list[int], list[Outgoing]]:
    """Advance what is due, and more of it as long as it is too early to commit anything."""
    done: list[int] = []
    handed: list[Outgoing] = []
    while True:
        due = lock()
        if due.timelines:
            done += [each.pk for each in due.timelines]
            handed += _take(due, look.now, look.hand)
        is_all = len(due.timelines) < look.limit
        if is_all or not look.hand or not look.hand.has_time(look.now):
            return done, handed


def begin(timeline: Timeline, run: Run, now: datetime) -> Run | None:
    """Take the first turn of a run that is being written down, in the caller's transaction.

    Its pages are queued, for anybody to send: no clock has to find, lock and read again what was
    only just written. Gives the run as it goes on; where this fails, None, and it is left to the
    clock: a code red is taken all the same.
    """
    length, head_hash = timeline.length, timeline.head_hash
    try:
        with transaction.atomic():
            _take(Due([timeline], [], {run.pk: run}, [run]), now, None)
    except Exception:
        logger.exception("run %s could not begin; the clock will see to it", run.pk)
        timeline.length, timeline.head_hash = length, head_hash
        return None
    return run


def _take(due: Due, now: datetime, hand: Hand | None) -> list[Outgoing]:
    batch = _Batch(due, reach_of(_people(due), now), now)
    for deadline in due.deadlines:
        _breach(batch, deadline)
    for run in due.turning:
        _turn(batch, run)
    return _write(batch, hand)


def _people(due: Due) -> set[int]:
    seats = {seat.person_id for run in due.turning for step in run.steps for seat in step.seats}
    return seats | {run.owner_id for run in due.runs.values()}


@dataclass(slots=True)
class _Batch:
    """What a pass has found, and what it is about to write."""

    due: Due
    reach: Reach
    now: datetime
    entries: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    pages: list[NewPage] = field(default_factory=list)
    told: list[tuple[Run, str, datetime]] = field(default_factory=list)
    """Owners to page: the run, the occasion, and the moment for which it is."""
    turned: list[Run] = field(default_factory=list)
    steps: list[tuple[int, str]] = field(default_factory=list)
    breaches: list[Deadline] = field(default_factory=list)

    def page(self, run: Run, people: Sequence[int], kinds: Sequence[str], why: Occasion) -> None:
        self.pages += [NewPage(run, way, why) for p in people for way in self.reach.by(p, kinds)]

    def note(self, run: Run, entry: Entry) -> None:
        self.entries[run.timeline_id].append(entry)


def _breach(batch: _Batch, deadline: Deadline) -> None:
    """Stamp a deadline as breached when it was due, and tell the officer, again and again."""
    run = batch.due.runs[deadline.escalation_id]
    batch.told.append((run, deadline.kind, deadline.next_at or batch.now))
    if deadline.status == Deadline.Status.RUNNING:
        noticed_at = batch.now.isoformat()
        detail = {"deadline": deadline.pk, "of": deadline.kind, "noticed_at": noticed_at}
        batch.note(run, Entry("deadline_breached", deadline.due_at, None, detail))
    deadline.reminders += 1
    deadline.next_at = next_reminder(deadline.due_at, deadline.repeat_seconds, batch.now)
    batch.breaches.append(deadline)


def _turn(batch: _Batch, run: Run) -> None:
    """Let a run take its turn; once it is late, being away excuses nobody."""
    is_late = batch.now >= run.due_at
    can_reach = batch.reach.people(even_when_away=is_late)
    people = [[s.person_id for s in step.seats if s.person_id in can_reach] for step in run.steps]
    plan = [PlanStep(step.due_at, bool(each)) for step, each in zip(run.steps, people, strict=True)]
    turn = take_turn(run_state(run, run.steps), plan, batch.now)
    paged: set[int] = set()
    for position in sorted(turn.paged + turn.unreachable):
        _fire(batch, run, position, people[position], turn)
        paged.update(people[position])
    if turn.pages_everyone:
        paged |= _page_everyone(batch, run, can_reach, paged)
    if not paged and (turn.unreachable or turn.pages_everyone):
        batch.told.append((run, Page.Occasion.NOBODY, batch.now))
        nobody = {"escalation": run.pk, "people": []}
        batch.note(run, Entry("nobody_reachable", batch.now, None, nobody))
    run.next_step, run.next_page_at = turn.next_step, turn.next_page_at
    run.rounds += turn.pages_everyone
    batch.turned.append(run)


def _fire(batch: _Batch, run: Run, position: int, people: list[int], turn: Turn) -> None:
    step = run.steps[position]
    is_early = step.due_at > batch.now
    due_at = min(run.next_page_at or batch.now, batch.now) if is_early else step.due_at
    batch.page(run, people, step.kinds, Occasion(Page.Occasion.STEP, position, 1, due_at))
    outcome = EscalationStep.Outcome.PAGED if people else EscalationStep.Outcome.UNREACHABLE
    batch.steps.append((step.pk, outcome))
    detail = {
        "escalation": run.pk,
        "step": position,
        "people": people,
        "due_at": due_at.isoformat(),
        "together": turn.is_rest_together,
    }
    batch.note(run, Entry("step_paged" if people else "step_unreachable", batch.now, None, detail))


def _page_everyone(batch: _Batch, run: Run, can_reach: set[int], but: set[int]) -> set[int]:
    """Page all on the chain who are asked to act, each once, in the order of the plan."""
    asked = [s.person_id for step in run.steps for s in step.seats if not s.is_for_information]
    everyone = [person for person in dict.fromkeys(asked) if person in can_reach]
    people = [person for person in everyone if person not in but]
    number = run.rounds + 1
    due_at = run.next_page_at or batch.now
    batch.page(run, people, (), Occasion(Page.Occasion.ROUND, 0, number, due_at))
    if people:
        detail = {"escalation": run.pk, "round": number, "people": people}
        batch.note(run, Entry("everyone_paged", batch.now, None, detail))
    return set(everyone)


def _write(batch: _Batch, hand: Hand | None) -> list[Outgoing]:
    """Write all rows of a pass, each kind in one statement, and give the pages `hand` has now."""
    _tell_owners(batch)
    handed = write_pages(batch.pages, batch.now, hand)
    if batch.steps:
        _write_steps(batch)
    if batch.turned:
        _write_turns(batch.turned)
    _write_breaches(batch.breaches)
    record_all((each, batch.entries.get(each.pk, ())) for each in batch.due.timelines)
    return handed


def _write_turns(turned: Sequence[Run]) -> None:
    rows: dict[str, Sequence[Any]] = {
        "id": [run.pk for run in turned],
        "next_step": [run.next_step for run in turned],
        "next_page_at": [run.next_page_at for run in turned],
        "rounds": [run.rounds for run in turned],
    }
    update_rows(Escalation, rows, "t.status = 'running'")


def _write_steps(batch: _Batch) -> None:
    rows: dict[str, Sequence[Any]] = {
        "id": [pk for pk, _ in batch.steps],
        "outcome": [outcome for _, outcome in batch.steps],
        "fired_at": [batch.now] * len(batch.steps),
    }
    update_rows(EscalationStep, rows, "true")


def _tell_owners(batch: _Batch) -> None:
    """Page owners, counting on from how often they were told the same before."""
    attempts = attempts_of([(run.pk, occasion) for run, occasion, _ in batch.told])
    for run, occasion, due_at in batch.told:
        attempt = attempts[run.pk, occasion] = attempts.get((run.pk, occasion), 0) + 1
        batch.page(run, [run.owner_id], (), Occasion(occasion, 0, attempt, due_at))


def _write_breaches(deadlines: Sequence[Deadline]) -> None:
    if not deadlines:
        return
    rows: dict[str, Sequence[Any]] = {
        "id": [each.pk for each in deadlines],
        "status": [Deadline.Status.BREACHED] * len(deadlines),
        "breached_at": [each.due_at for each in deadlines],
        "reminders": [each.reminders for each in deadlines],
        "next_at": [each.next_at for each in deadlines],
    }
    update_rows(Deadline, rows, "t.next_at IS NOT NULL")


class RunLike(Protocol):
    """What the rules of the chain have to know of a run."""

    started_at: datetime
    due_at: datetime
    next_page_at: datetime | None
    next_step: int
    held_until: datetime | None
    repeat_seconds: int


class StepLike(Protocol):
    outcome: str
    fired_at: datetime | None


def run_state(run: RunLike, steps: Sequence[StepLike]) -> RunState:
    """Put a run into the plain values that the rules of the chain take."""
    before = run.next_step - 1
    return RunState(
        started_at=run.started_at,
        due_at=run.due_at,
        planned_at=run.next_page_at or run.started_at,
        next_step=run.next_step,
        held_until=run.held_until,
        repeat_seconds=run.repeat_seconds,
        is_previous_step_dead=0 <= before < len(steps)
        and steps[before].outcome == EscalationStep.Outcome.UNREACHABLE,
        previous_fired_at=steps[before].fired_at if 0 <= before < len(steps) else None,
    )
