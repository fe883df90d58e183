"""What must always hold, as queries that name the rows for which it does not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from crisis.models import Answer, Decision, Incident, Release, SignOff
from crisis.rules.fold import fold
from escalation.models import Deadline, Escalation, EscalationStep, Page, Timeline
from escalation.operations.evidence import verify
from escalation.rules.evidence import Entry
from escalation.rules.sending import MOST_UNKNOWNS

SLACK = timedelta(seconds=10)
"""How late anything may be before it counts as forgotten."""


@dataclass(frozen=True)
class Fault:
    """One row for which an invariant does not hold."""

    code: str
    row: str
    why: str


Check = Callable[[datetime], Iterator[Fault]]


def open_without_clock(now: datetime) -> Iterator[Fault]:
    """Q1: an open incident always has a run or a deadline that will speak."""
    runs = Escalation.objects.filter(timeline=OuterRef("timeline"), next_page_at__isnull=False)
    deadlines = Deadline.objects.filter(
        escalation__timeline=OuterRef("timeline"), next_at__isnull=False
    )
    silent = Incident.objects.filter(~Exists(runs), ~Exists(deadlines), status=Incident.Status.OPEN)
    for incident in silent:
        yield Fault("Q1", f"incident {incident.number}", "is open and nothing will speak for it")


def armed_though_closed(now: datetime) -> Iterator[Fault]:
    """Q2: a closed incident is silent."""
    closed = Timeline.objects.filter(closed_at__isnull=False)
    for run in Escalation.objects.filter(timeline__in=closed, next_page_at__isnull=False):
        yield Fault("Q2", f"escalation {run.pk}", "still pages for a closed incident")
    for deadline in Deadline.objects.filter(escalation__timeline__in=closed, next_at__isnull=False):
        yield Fault("Q2", f"deadline {deadline.pk}", "is still armed for a closed incident")


def overdue(now: datetime) -> Iterator[Fault]:
    """Q3: nothing is due for longer than the slack."""
    for run in Escalation.objects.filter(next_page_at__lt=now - SLACK):
        yield Fault("Q3", f"escalation {run.pk}", f"has been due since {run.next_page_at}")
    for deadline in Deadline.objects.filter(next_at__lt=now - SLACK):
        yield Fault("Q3", f"deadline {deadline.pk}", f"has been due since {deadline.next_at}")


def stuck_pages(now: datetime) -> Iterator[Fault]:
    """Q4: no page waits, or is in somebody's hands, for longer than the slack."""
    unsent = Page.objects.filter(status__in=[Page.Status.QUEUED, Page.Status.SENDING])
    for page in unsent.filter(next_send_at__lt=now - SLACK):
        yield Fault("Q4", f"page {page.pk}", f"is {page.status} since {page.next_send_at}")


def sent_too_often(now: datetime) -> Iterator[Fault]:
    """Q5: a page whose fate is not known is never sent a third time."""
    for page in Page.objects.filter(unknowns__gt=MOST_UNKNOWNS):
        yield Fault("Q5", f"page {page.pk}", f"was of unknown fate {page.unknowns} times")


def changed_words(now: datetime) -> Iterator[Fault]:
    """Q6: what was decided and what went out are the words of their version."""
    for decision in Decision.objects.exclude(sha256=F("version__sha256")):
        yield Fault("Q6", f"decision {decision.pk}", "signed other words than its version holds")
    for release in Release.objects.exclude(sha256=F("version__sha256")):
        yield Fault("Q6", f"release {release.pk}", "let other words out than its version holds")
    approved = Answer.objects.filter(status=Answer.Status.APPROVED)
    settled = Decision.objects.filter(
        sign_off__answer=OuterRef("pk"),
        version__number=OuterRef("current"),
        kind__in=[Decision.Kind.APPROVE, Decision.Kind.AMEND],
        is_effective=True,
    )
    for answer in approved.filter(~Exists(settled)):
        yield Fault("Q6", f"answer {answer.pk}", "is approved by no decision on its current words")


def fired_in_silence(now: datetime) -> Iterator[Fault]:
    """Q7: a step that was reached has pages, or says that nobody could be reached."""
    pages = Page.objects.filter(
        escalation=OuterRef("escalation"), occasion=Page.Occasion.STEP, step=OuterRef("position")
    )
    paged = EscalationStep.objects.filter(~Exists(pages), outcome=EscalationStep.Outcome.PAGED)
    for step in paged:
        yield Fault("Q7", f"step {step.pk}", "counts as paged and has no page")


def broken_evidence(now: datetime) -> Iterator[Fault]:
    """Q8: every chain of events is whole."""
    for timeline in Timeline.objects.order_by("pk").iterator():
        fault = verify(timeline)
        if fault:
            yield Fault("Q8", f"timeline {timeline.pk} event {fault.sequence}", fault.why)


def state_beside_events(now: datetime) -> Iterator[Fault]:
    """Q9: replaying the events gives the present state."""
    for incident in Incident.objects.order_by("pk").iterator():
        events = incident.timeline.events.order_by("sequence")
        told = fold(Entry(e.kind, e.at, e.by_id, e.detail) for e in events)
        if told.status != incident.status:
            yield Fault("Q9", f"incident {incident.number}", f"events say {told.status}")
        for answer in incident.answers.all():
            if told.answers.get(answer.pk) != answer.status:
                yield Fault(
                    "Q9", f"answer {answer.pk}", f"events say {told.answers.get(answer.pk)}"
                )


def two_parents(now: datetime) -> Iterator[Fault]:
    """Q10: whatever hangs under an incident hangs under that one alone."""
    strays = Answer.objects.filter(question__isnull=False).exclude(question__incident=F("incident"))
    for answer in strays:
        yield Fault("Q10", f"answer {answer.pk}", "answers a question of another incident")
    for sign_off in SignOff.objects.exclude(escalation__timeline=F("answer__incident__timeline")):
        yield Fault("Q10", f"sign-off {sign_off.pk}", "waits on a run of another incident")
    mixed = Incident.objects.filter(~Q(escalation__timeline=F("timeline")))
    for incident in mixed:
        yield Fault("Q10", f"incident {incident.number}", "is paged by a run of another incident")


CHECKS: tuple[Check, ...] = (
    open_without_clock,
    armed_though_closed,
    overdue,
    stuck_pages,
    sent_too_often,
    changed_words,
    fired_in_silence,
    broken_evidence,
    state_beside_events,
    two_parents,
)


def faults(now: datetime) -> list[Fault]:
    """Run every invariant and name what does not hold."""
    return [fault for check in CHECKS for fault in check(now)]
