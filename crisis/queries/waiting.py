"""What waits for whom: the approval queue, and the answers and questions of one incident."""

from __future__ import annotations

from collections import defaultdict
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


def channels_of(incident: Incident) -> list[ChannelCount]:
    """Count, per channel, who asks and how far the answers are; the busiest channel first."""
    counts: dict[int, ChannelCount] = {}
    for channel in Channel.objects.filter(is_active=True):
        counts[channel.pk] = ChannelCount(channel)
    answered = _questions_with_answers(incident)
    for question in incident.questions.select_related("channel"):
        row = counts.get(question.channel_id or 0)
        if row:
            row.asking += 1
            if row.next_question is None and question.pk not in answered:
                row.next_question = question
    for answer in incident.answers.exclude(status=Answer.Status.WITHDRAWN):
        row = counts.get(answer.channel_id)
        if row:
            column = _COLUMN[Answer.Status(answer.status)]
            setattr(row, column, getattr(row, column) + 1)
    used = [row for row in counts.values() if row.asking or row.draft or row.sign_off or row.out]
    return sorted(used, key=lambda row: -row.asking)


def _questions_with_answers(incident: Incident) -> set[int]:
    live = incident.answers.exclude(status=Answer.Status.WITHDRAWN)
    return {pk for pk in live.values_list("question_id", flat=True) if pk}


def unanswered(incident: Incident) -> list[Question]:
    """The people who still wait, in the order in which they were added."""
    return list(
        incident.questions.filter(answered_at__isnull=True).select_related("channel").order_by("pk")
    )


def live_answers(incident: Incident) -> list[Answer]:
    """The answers that are not withdrawn, what waits for sign-off first, then the newest."""
    order: dict[str, int] = defaultdict(lambda: 9)
    order |= {"awaiting_sign_off": 0, "approved": 0, "sent_back": 1, "draft": 2, "released": 3}
    rows = incident.answers.exclude(status=Answer.Status.WITHDRAWN).select_related(
        "question", "channel", "statement", "release"
    )
    return sorted(rows, key=lambda each: (order[each.status], -each.pk))
