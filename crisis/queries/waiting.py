"""What waits for whom: the approval queue, and the answers and questions of one incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from crisis.models import Answer, Decision, Incident, Question, SignOff
from escalation.models import Person
from playbooks.models import Channel


def queue_of(person: Person) -> QuerySet[SignOff]:
    """The sign-offs that wait for this person, the oldest first; what they signed waits no more."""
    signed = Decision.objects.filter(
        sign_off=OuterRef("pk"),
        by=person,
        version__number=OuterRef("answer__current"),
        kind__in=[Decision.Kind.APPROVE, Decision.Kind.AMEND],
    )
    return (
        SignOff.objects.filter(
            ~Exists(signed),
            status=SignOff.Status.RUNNING,
            signers=person,
            answer__incident__status="open",
        )
        .exclude(answer__created_by=person)
        .select_related(
            "answer__incident__protocol", "answer__question", "answer__channel", "escalation"
        )
        .order_by("started_at", "pk")
    )


_TURN = {
    Answer.Status.AWAITING_SIGN_OFF: 0,
    Answer.Status.APPROVED: 0,
    Answer.Status.SENT_BACK: 1,
    Answer.Status.DRAFT: 2,
    Answer.Status.RELEASED: 3,
}


@dataclass
class ChannelCount:
    """How far the answers on one channel have come."""

    channel: Channel
    asking: int = 0
    draft: int = 0
    sign_off: int = 0
    out: int = 0
    next_question: Question | None = None


_COLUMN = {
    Answer.Status.DRAFT: "draft",
    Answer.Status.SENT_BACK: "draft",
    Answer.Status.AWAITING_SIGN_OFF: "sign_off",
    Answer.Status.APPROVED: "sign_off",
    Answer.Status.RELEASED: "out",
}


def count_channels(questions: Sequence[Question], answers: Sequence[Answer]) -> list[ChannelCount]:
    """Count, per channel, who asks and how far the answers are; the busiest channel first.

    The answers are those that are not withdrawn.
    """
    counts: dict[int, ChannelCount] = {}
    taken = {answer.question_id for answer in answers}
    for question in questions:
        if question.channel is None:
            continue
        row = counts.setdefault(question.channel.pk, ChannelCount(question.channel))
        row.asking += 1
        if row.next_question is None and question.pk not in taken:
            row.next_question = question
    for answer in answers:
        row = counts.setdefault(answer.channel_id, ChannelCount(answer.channel))
        column = _COLUMN[Answer.Status(answer.status)]
        setattr(row, column, getattr(row, column) + 1)
    return sorted(counts.values(), key=lambda row: -row.asking)


def live_answers(incident: Incident) -> list[Answer]:
    """The answers that are not withdrawn, what waits for sign-off first, then the newest."""
    rows = incident.answers.select_related("question", "channel", "statement", "release")
    return in_turn(list(rows))


def in_turn(answers: Sequence[Answer]) -> list[Answer]:
    """Leave out what was withdrawn, and put what waits for somebody first."""
    live = [each for each in answers if each.status != Answer.Status.WITHDRAWN]
    return sorted(live, key=lambda each: (_TURN[Answer.Status(each.status)], -each.pk))
