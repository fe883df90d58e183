"""Read from the database what a run has left in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crisis.models import Answer, Decision, Incident, RaiseKey
from escalation.models import Acknowledgement, EscalationStep, Page
from tests.chaos.rows import Kept, PageRow, StepRow

Holds = dict[int, tuple[float, float]]


def read_pages(providers: Mapping[str, str]) -> list[PageRow]:
    """Read all pages; `providers` names the provider of each address."""
    held, plans = _holds(), _plans()
    pages = Page.objects.select_related("escalation", "contact_method").order_by("due_at")
    return [_page_row(page, providers, held, plans) for page in pages.iterator()]


def _page_row(
    page: Page, providers: Mapping[str, str], held: Holds, plans: Mapping[tuple[int, int], float]
) -> PageRow:
    run, due = page.escalation_id, page.due_at.timestamp()
    is_step = page.occasion == Page.Occasion.STEP
    return PageRow(
        key=str(page.key),
        run=run,
        occasion=page.occasion,
        step=page.step,
        provider=providers[page.contact_method.address],
        due=_after_hold(due, held.get(run), page.queued_at.timestamp()) if is_step else due,
        queued_at=page.queued_at.timestamp(),
        status=page.status,
        error=page.error,
        unknowns=page.unknowns,
        sent_at=_seconds(page.sent_at),
        failed_at=_seconds(page.failed_at),
        acted_at=_seconds(page.acted_at),
        acknowledged_at=held[run][0] if run in held else None,
        stopped_at=_seconds(page.escalation.stopped_at),
        not_before=plans.get((run, page.step), 0.0) if is_step else 0.0,
    )


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _holds() -> Holds:
    """From when to when "I'm on it" held each run."""
    rows = Acknowledgement.objects.values_list("escalation", "at", "escalation__grace_seconds")
    return {run: (at.timestamp(), at.timestamp() + grace) for run, at, grace in rows}


def _after_hold(due: float, hold: tuple[float, float] | None, queued_at: float) -> float:
    """A step is due when the hold ends, unless the clock was there before the manager was."""
    if hold and hold[0] <= due < hold[1] <= queued_at:
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
        due = _after_hold(due_at.timestamp(), held.get(run), now)
        if due < (_seconds(stopped_at) or now):
            found.append(StepRow(run, position, due, _seconds(stopped_at)))
    return found


def read_kept() -> Kept:
    numbers = Incident.objects.values_list("number", flat=True)
    decided = Decision.objects.filter(is_effective=True)
    return Kept(
        raised=dict(RaiseKey.objects.values_list("key", "incident__number")),
        stood_down=frozenset(numbers.filter(status=Incident.Status.STOOD_DOWN)),
        acknowledged=frozenset(
            numbers.filter(timeline__escalations__acknowledgements__isnull=False)
        ),
        answered=frozenset(Answer.objects.values_list("incident__number", flat=True)),
        decided=frozenset(decided.values_list("sign_off__answer__incident__number", flat=True)),
    )
