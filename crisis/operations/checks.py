"""Gather what the checks of an answer need to know, as it stands at this moment."""

from crisis.models import Answer, AnswerVersion, Release
from crisis.rules.checks import AnswerFacts, SentText
from escalation.rules.clocktext import hhmmss
from playbooks.models import Organisation, Statement
from playbooks.rules.jargon import DEFAULT_JARGON


def facts_of(
    answer: Answer, version: AnswerVersion, house: Organisation | None = None
) -> AnswerFacts:
    """Put an answer, its channel, the house rules and what went out before into plain values.

    Who has read the house already gives it.
    """
    house = house or Organisation.objects.get()
    return AnswerFacts(
        text=version.text,
        network=answer.channel.network,
        house_limit=house.house_limit,
        channel_limit=answer.channel.limit,
        is_reply=answer.question_id is not None,
        question=answer.question.text if answer.question else answer.incident.question,
        answers_question=version.answers_question,
        jargon=tuple(house.jargon) or DEFAULT_JARGON,
        others=_others(answer, house.time_zone),
        is_pre_approved=bool(answer.statement and answer.statement.is_pre_approved),
        reason_for_length=version.reason_for_length,
        reason_for_repeat=version.reason_for_repeat,
    )


def _others(answer: Answer, zone: str) -> tuple[SentText, ...]:
    """What other people were sent; an answer to everyone on a channel may be said on each."""
    if answer.question_id is None or is_holding(answer):
        return ()
    out = Release.objects.filter(
        answer__incident=answer.incident_id, answer__question__isnull=False
    ).exclude(answer__question=answer.question_id)
    return tuple(
        SentText(
            text=each.version.text,
            to=each.answer.question.author if each.answer.question else "",
            at_label=hhmmss(each.at, zone),
        )
        for each in out.select_related("version", "answer__question")
    )


def is_holding(answer: Answer) -> bool:
    """Say whether an answer is a holding statement: first word, not an answer to the question."""
    return bool(answer.statement and answer.statement.kind == Statement.Kind.HOLDING)
