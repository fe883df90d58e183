"""What must hold in the record of an incident, asked about some incidents at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, F, OuterRef

from crisis.models import Answer, AnswerVersion, Decision, Fact, Incident, Release, SignOff
from crisis.rules.fold import Words, fold, words_told
from crisis.rules.text import fact_sha256, sha256_of
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

    @cached_property
    def versions(self) -> list[AnswerVersion]:
        rows = AnswerVersion.objects.filter(answer__incident__timeline__in=self.timeline_ids)
        return list(rows.select_related("answer").order_by("pk"))

    @cached_property
    def decisions(self) -> list[Decision]:
        """The decisions, with which version they were on but not its words once more."""
        rows = Decision.objects.filter(sign_off__answer__incident__timeline__in=self.timeline_ids)
        return list(rows.select_related("version").defer("version__text").order_by("pk"))


def changed_words(records: Records) -> Iterator[Fault]:
    """Q6: what was written, decided, let out and known are the words that the events tell of."""
    told = words_told(_entry(each) for events in records.events.values() for each in events)
    kept = _words_kept(records)
    for row in sorted(told.keys() | kept.keys()):
        if told.get(row) != kept.get(row):
            yield Fault("Q6", row, "holds other words than the events tell of")
    yield from _approved_by_nobody(records)


def _entry(event: Event) -> Entry:
    return Entry(event.kind, event.at, event.by_id, event.detail)


def _words_kept(records: Records) -> Words:
    """Hash the words anew: whoever changes them can change the hash beside them as well."""
    kept: Words = {
        f"answer {each.answer_id} version {each.number}": (each.sha256, sha256_of(each.text))
        for each in records.versions
    }
    for decision in records.decisions:
        kept[f"decision {decision.pk}"] = (*_place(decision.version), decision.sha256)
    releases = Release.objects.filter(answer__incident__timeline__in=records.timeline_ids)
    for release in releases.select_related("version").defer("version__text"):
        where = sha256_of(release.url)
        kept[f"release {release.pk}"] = (*_place(release.version), release.sha256, where)
    for fact in Fact.objects.filter(incident__timeline__in=records.timeline_ids):
        kept[f"fact {fact.pk}"] = (fact_sha256(fact.text, fact.source),)
    return kept


def _place(version: AnswerVersion) -> tuple[int, int]:
    return version.answer_id, version.number


def _approved_by_nobody(records: Records) -> Iterator[Fault]:
    signatures = (Decision.Kind.APPROVE, Decision.Kind.AMEND)
    signed = {
        each.version_id
        for each in records.decisions
        if each.is_effective and each.kind in signatures
    }
    for version in records.versions:
        answer = version.answer
        is_approved = answer.status == Answer.Status.APPROVED and version.number == answer.current
        if is_approved and version.pk not in signed:
            why = "is approved by no decision on its current words"
            yield Fault("Q6", f"answer {answer.pk}", why)


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
        told = fold(_entry(each) for each in events)
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
