"""What must hold in the record of an incident, asked about some incidents at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, F, OuterRef

from crisis.models import Answer, Decision, Incident, Release, SignOff
from crisis.rules.fold import fold
from escalation.models import EscalationStep, Event, Page, Timeline
from escalation.operations.evidence import verify
from escalation.rules.evidence import Entry


@dataclass(frozen=True)
class Fault:
    """One row for which an invariant does not hold."""

    code: str
    row: str
    why: str


class Records:
    """Some timelines, with what hangs under them: each table is read once, by its index."""

    def __init__(self, timeline_ids: Sequence[int]) -> None:
        self.timeline_ids = timeline_ids

    @cached_property
    def timelines(self) -> list[Timeline]:
        return list(Timeline.objects.filter(pk__in=self.timeline_ids).order_by("pk"))

    @cached_property
    def incidents(self) -> list[Incident]:
        return list(Incident.objects.filter(timeline__in=self.timeline_ids).order_by("pk"))

    @property
    def ids(self) -> list[int]:
        return [each.pk for each in self.incidents]

    @cached_property
    def events(self) -> dict[int, list[Event]]:
        """The events in order, by timeline."""
        found: dict[int, list[Event]] = defaultdict(list)
        rows = Event.objects.filter(timeline__in=self.timeline_ids)
        for event in rows.order_by("timeline_id", "sequence"):
            found[event.timeline_id].append(event)
        return found


def changed_words(records: Records) -> Iterator[Fault]:
    """Q6: what was decided and what went out are the words of their version."""
    decisions = Decision.objects.filter(sign_off__answer__incident__in=records.ids)
    for decision in decisions.exclude(sha256=F("version__sha256")):
        yield Fault("Q6", f"decision {decision.pk}", "signed other words than its version holds")
    releases = Release.objects.filter(answer__incident__in=records.ids)
    for release in releases.exclude(sha256=F("version__sha256")):
        yield Fault("Q6", f"release {release.pk}", "let other words out than its version holds")
    settled = Decision.objects.filter(
        sign_off__answer=OuterRef("pk"),
        version__number=OuterRef("current"),
        kind__in=[Decision.Kind.APPROVE, Decision.Kind.AMEND],
        is_effective=True,
    )
    approved = Answer.objects.filter(
        incident__in=records.ids, status=Answer.Status.APPROVED
    ).filter(~Exists(settled))
    for answer in approved:
        yield Fault("Q6", f"answer {answer.pk}", "is approved by no decision on its current words")


def fired_in_silence(records: Records) -> Iterator[Fault]:
    """Q7: a step that was reached has pages, or says that nobody could be reached."""
    pages = Page.objects.filter(
        escalation=OuterRef("escalation"), occasion=Page.Occasion.STEP, step=OuterRef("position")
    )
    steps = EscalationStep.objects.filter(
        escalation__timeline__in=records.timeline_ids, outcome=EscalationStep.Outcome.PAGED
    )
    for step in steps.filter(~Exists(pages)):
        yield Fault("Q7", f"step {step.pk}", "counts as paged and has no page")


def broken_evidence(records: Records) -> Iterator[Fault]:
    """Q8: every chain of events is whole."""
    for timeline in records.timelines:
        fault = verify(timeline, records.events[timeline.pk])
        if fault:
            yield Fault("Q8", f"timeline {timeline.pk} event {fault.sequence}", fault.why)


def state_beside_events(records: Records) -> Iterator[Fault]:
    """Q9: replaying the events gives the present state."""
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(incident__in=records.ids).order_by("pk"):
        answers[answer.incident_id].append(answer)
    for incident in records.incidents:
        events = records.events[incident.timeline_id]
        told = fold(Entry(e.kind, e.at, e.by_id, e.detail) for e in events)
        if told.status != incident.status:
            yield Fault("Q9", f"incident {incident.number}", f"events say {told.status}")
        for answer in answers[incident.pk]:
            said = told.answers.get(answer.pk)
            if said != answer.status:
                yield Fault("Q9", f"answer {answer.pk}", f"events say {said}")


def two_parents(records: Records) -> Iterator[Fault]:
    """Q10: whatever hangs under an incident hangs under that one alone."""
    strays = Answer.objects.filter(incident__in=records.ids, question__isnull=False)
    for answer in strays.exclude(question__incident=F("incident")):
        yield Fault("Q10", f"answer {answer.pk}", "answers a question of another incident")
    sign_offs = SignOff.objects.filter(answer__incident__in=records.ids)
    for sign_off in sign_offs.exclude(escalation__timeline=F("answer__incident__timeline")):
        yield Fault("Q10", f"sign-off {sign_off.pk}", "waits on a run of another incident")
    mixed = Incident.objects.filter(pk__in=records.ids).exclude(escalation__timeline=F("timeline"))
    for incident in mixed:
        yield Fault("Q10", f"incident {incident.number}", "is paged by a run of another incident")
