"""What the chain does next. Pure: plain values in, plain values out, and no clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class PlanStep:
    """One rung of a frozen plan. `is_reachable` is whether anybody on it can be paged right now."""

    due_at: datetime
    is_reachable: bool


@dataclass(frozen=True)
class RunState:
    """Where one run stands. `planned_at` is the moment at which this turn was due."""

    started_at: datetime
    due_at: datetime
    planned_at: datetime
    next_step: int
    held_until: datetime | None
    repeat_seconds: int
    is_previous_step_dead: bool
    previous_fired_at: datetime | None = None


@dataclass(frozen=True)
class Turn:
    """What one turn of the clock does to a run.

    `paged` and `unreachable` are positions of steps; `pages_everyone` asks for a round of all
    others on the chain; `is_rest_together` says that a dead step used up the time to go one by one.
    """

    paged: tuple[int, ...]
    unreachable: tuple[int, ...]
    pages_everyone: bool
    is_rest_together: bool
    next_step: int
    next_page_at: datetime


def is_overdue(run: RunState, now: datetime) -> bool:
    """Say whether the time to decide has run out."""
    return now >= run.due_at


def is_under_half_left(run: RunState, now: datetime) -> bool:
    """Say whether less than half of the time to decide is left."""
    return (run.due_at - now) * 2 < run.due_at - run.started_at


def take_turn(run: RunState, plan: Sequence[PlanStep], now: datetime) -> Turn:
    """Decide what is paged at `now` and when to look again.

    Due times count from the start of the run, so a late turn moves nothing after it. A step with
    nobody to reach gives way to the next one in the same turn, and to all the rest once under half
    of the time is left; what follows a step that came early comes earlier too. A hold ("I'm on
    it") delays steps, never the moment when time runs out.
    """
    overdue = is_overdue(run, now)
    if run.held_until and now < run.held_until and not (overdue and run.planned_at <= run.due_at):
        return Turn((), (), False, False, run.next_step, _capped(run, run.held_until, now))
    paged, unreachable, together = _fire(run, plan, now)
    next_step = run.next_step + len(paged) + len(unreachable)
    fired_at = now if paged or unreachable else run.previous_fired_at
    everyone = overdue or run.next_step >= len(plan)
    return Turn(
        tuple(paged),
        tuple(unreachable),
        everyone,
        together,
        next_step,
        _next_moment(run, plan, next_step, fired_at, now),
    )


def step_due_at(
    plan: Sequence[PlanStep], position: int, previous_fired_at: datetime | None
) -> datetime:
    """Tell when a step is due: no later after the one before it than the plan has it.

    Else a step that gives way would leave its own minutes silent, and two of them twice as many.
    """
    due_at = plan[position].due_at
    if position == 0 or previous_fired_at is None:
        return due_at
    return min(due_at, previous_fired_at + (due_at - plan[position - 1].due_at))


def _fire(
    run: RunState, plan: Sequence[PlanStep], now: datetime
) -> tuple[list[int], list[int], bool]:
    paged: list[int] = []
    unreachable: list[int] = []
    gives_way = run.is_previous_step_dead
    together = gives_way and is_under_half_left(run, now)
    fired_at = run.previous_fired_at
    for position in range(run.next_step, len(plan)):
        is_due = step_due_at(plan, position, fired_at) <= now
        if not (is_due or gives_way or together or is_overdue(run, now)):
            break
        is_reachable = plan[position].is_reachable
        (paged if is_reachable else unreachable).append(position)
        fired_at = now
        gives_way = not is_reachable
        together = together or (gives_way and is_under_half_left(run, now))
    return paged, unreachable, together


def _next_moment(
    run: RunState,
    plan: Sequence[PlanStep],
    next_step: int,
    fired_at: datetime | None,
    now: datetime,
) -> datetime:
    if next_step < len(plan):
        return _capped(run, step_due_at(plan, next_step, fired_at), now)
    return _capped(run, _next_round(run, now), now)


def _next_round(run: RunState, now: datetime) -> datetime:
    """Rounds keep the beat of the moment that was planned; missed beats are not made up for."""
    beat = timedelta(seconds=run.repeat_seconds)
    missed = max(0, int((now - run.planned_at) / beat))
    return run.planned_at + beat * (missed + 1)


def _capped(run: RunState, moment: datetime, now: datetime) -> datetime:
    return moment if is_overdue(run, now) else min(moment, run.due_at)


def after_acknowledgement(run: RunState, now: datetime, grace_seconds: int) -> datetime:
    """Tell when the chain goes on after "I'm on it"; the time to decide itself never pauses."""
    return _capped(run, max(run.planned_at, now + timedelta(seconds=grace_seconds)), now)


def next_reminder(due_at: datetime, repeat_seconds: int | None, now: datetime) -> datetime | None:
    """Tell when a breached deadline speaks again, on the beat counted from its due moment."""
    if not repeat_seconds:
        return None
    beat = timedelta(seconds=repeat_seconds)
    return due_at + beat * (int((now - due_at) / beat) + 1)
