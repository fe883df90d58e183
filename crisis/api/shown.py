"""What is read together to be shown: a raise, a report, an answer as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from crisis.models import Answer, AnswerVersion, Incident, Release, SignOff
from crisis.operations.checks import facts_of
from crisis.operations.release import Authority, authority_over
from crisis.queries.figures import Figures, figures_of
from crisis.queries.people import Reached, people_of
from crisis.rules.checks import Check, check_answer
from escalation.models import Chain, Deadline, EscalationTarget, Person
from escalation.operations.evidence import verify
from escalation.queries import Place, coverage, people_on
from playbooks.models import Protocol


@dataclass(frozen=True)
class Raised:
    """Only what never changes, so that a repeat of the raise is told the same, letter by letter."""

    incident: Incident
    url: str
    raised_by: Person
    playbook: Protocol | None
    deadlines: Sequence[Deadline]
    plan: Sequence[EscalationTarget]


def raised_of(incident: Incident, url: str) -> Raised:
    promises = incident.escalation.deadlines.exclude(kind=Deadline.Kind.NEXT_UPDATE)
    return Raised(
        incident,
        url,
        incident.raised_by,
        incident.protocol,
        list(promises.order_by("due_at", "pk")),
        people_on(incident.escalation),
    )


@dataclass(frozen=True)
class Evidence:
    is_whole: bool
    events: int
    head_hash: str
    fault: str


@dataclass(frozen=True)
class Report:
    incident: Incident
    figures: Figures
    people: Sequence[Reached]
    evidence: Evidence


def report_of(incident: Incident) -> Report:
    return Report(incident, figures_of(incident), people_of(incident), evidence_of(incident))


def evidence_of(incident: Incident) -> Evidence:
    """Follow the chain of events from the first to the last."""
    timeline = incident.timeline
    fault = verify(timeline)
    why = f"event {fault.sequence}: {fault.why}" if fault else ""
    return Evidence(fault is None, timeline.length, timeline.head_hash, why)


@dataclass(frozen=True)
class AnswerLine:
    """An answer with the words it has now."""

    answer: Answer
    version: AnswerVersion


@dataclass(frozen=True)
class AnswerNow(AnswerLine):
    """An answer with all that bears on it at a moment."""

    question_text: str
    checks: Sequence[Check]
    authority: Authority | None
    sign_off: SignOff | None
    release: Release | None


def lines_of(answers: Sequence[Answer]) -> list[AnswerLine]:
    """Put the current words to each answer, all read at once."""
    versions = AnswerVersion.objects.filter(
        answer__in=[each.pk for each in answers], number=F("answer__current")
    )
    current = {each.answer_id: each for each in versions.select_related("written_by")}
    return [AnswerLine(each, current[each.pk]) for each in answers]


def answer_now(pk: int, now: datetime) -> AnswerNow:
    """Read an answer anew: after an operation nothing that was read before it counts."""
    answer = Answer.objects.select_related(
        "incident__protocol",
        "incident__timeline",
        "question",
        "channel",
        "statement__protocol",
        "created_by",
        "release__by",
        "release__version",
    ).get(pk=pk)
    version = answer.versions.select_related("written_by").get(number=answer.current)
    return AnswerNow(
        answer=answer,
        version=version,
        question_text=_asked(answer),
        checks=check_answer(facts_of(answer, version)),
        authority=None if is_out(answer) else authority_over(answer, version, now),
        sign_off=_latest_sign_off(answer),
        release=answer.release if is_out(answer) else None,
    )


def is_out(answer: Answer) -> bool:
    return answer.status == Answer.Status.RELEASED


def _latest_sign_off(answer: Answer) -> SignOff | None:
    related = answer.sign_offs.prefetch_related("signers", "decisions__by", "decisions__version")
    return related.order_by("-started_at", "-pk").first()


@dataclass(frozen=True)
class Waiting:
    """A sign-off that waits for somebody, with the words to sign."""

    sign_off: SignOff
    line: AnswerLine
    question_text: str


def waiting_of(sign_offs: Sequence[SignOff]) -> list[Waiting]:
    lines = lines_of([each.answer for each in sign_offs])
    return [
        Waiting(sign_off, line, _asked(line.answer))
        for sign_off, line in zip(sign_offs, lines, strict=True)
    ]


def _asked(answer: Answer) -> str:
    return answer.question.text if answer.question else answer.incident.question


@dataclass(frozen=True)
class ChainNow:
    """A chain, and whom it would page at a moment."""

    chain: Chain
    coverage: Sequence[Place]


def chains_now(now: datetime) -> list[ChainNow]:
    return [ChainNow(chain, coverage(chain, now)) for chain in Chain.objects.order_by("name")]
