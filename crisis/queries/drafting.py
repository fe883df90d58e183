"""What somebody needs before them who writes an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import F, Q

from crisis.models import Answer, AnswerVersion, Decision, Incident, Question
from crisis.operations.answer import needed_of, signers_of
from crisis.queries.desk import deadlines_of, placeholders_of, statements_of
from escalation.models import Deadline, Person
from playbooks.models import Channel, Placeholder, Statement


@dataclass(frozen=True)
class Writing:
    """An answer that is being written; `answer` and `current` are missing before it is saved.

    `channels` and `to_everyone` are for the tabs: where one person is answered there are none.
    """

    incident: Incident
    question: Question | None
    channel: Channel
    statement: Statement | None
    answer: Answer | None
    current: AnswerVersion | None
    statements: list[Statement]
    placeholders: list[Placeholder]
    channels: list[Channel]
    to_everyone: list[AnswerVersion]
    deadlines: list[Deadline]

    def using(self, statement: Statement | None) -> Writing:
        """The same, starting from other words."""
        return replace(self, statement=statement)

    def draft(self) -> Answer:
        """The answer itself, or one that is not saved yet and stands in for it in the checks."""
        return self.answer or Answer(
            incident=self.incident,
            question=self.question,
            channel=self.channel,
            statement=self.statement,
        )


def new_writing(
    incident: Incident, *, question: int | None, channel: int | None, statement: str
) -> Writing | None:
    """Begin an answer to one person, or to everyone on a channel; None when none is in use."""
    channels = channels_in_use()
    asked = incident.questions.select_related("channel").filter(pk=question or 0).first()
    chosen = next((each for each in channels if each.pk == channel), None)
    place = chosen or (asked.channel if asked else None) or incident.channel
    place = place or next(iter(channels), None)
    if place is None:
        return None
    statements = statements_of(incident)
    return Writing(
        incident=incident,
        question=asked,
        channel=place,
        statement=next((each for each in statements if each.code == statement), None),
        answer=None,
        current=None,
        statements=statements,
        placeholders=placeholders_of(incident),
        channels=channels,
        to_everyone=[] if asked else said_to_everyone(incident),
        deadlines=deadlines_of(incident),
    )


def writing_of(answer: Answer, incident: Incident) -> Writing:
    """Go on with an answer."""
    current = answer.versions.select_related("written_by").get(number=answer.current)
    is_to_one = answer.question_id is not None
    return Writing(
        incident=incident,
        question=answer.question,
        channel=answer.channel,
        statement=answer.statement,
        answer=answer,
        current=current,
        statements=[],
        placeholders=placeholders_of(incident),
        channels=[] if is_to_one else channels_in_use(),
        to_everyone=[] if is_to_one else said_to_everyone(incident),
        deadlines=deadlines_of(incident),
    )


def channels_in_use() -> list[Channel]:
    return list(Channel.objects.filter(is_active=True))


def said_to_everyone(incident: Incident) -> list[AnswerVersion]:
    """List the words that each answer to everyone has now, the oldest first; none put away."""
    to_everyone = Q(answer__incident=incident, answer__question=None)
    is_put_away = Q(answer__status=Answer.Status.WITHDRAWN)
    current = AnswerVersion.objects.filter(to_everyone & ~is_put_away, number=F("answer__current"))
    found = current.select_related("answer__statement")
    return list(found.order_by("answer__created_at", "answer_id"))


@dataclass(frozen=True)
class Signers:
    """Who decides on an answer: who is on it, who may, and how many have to."""

    on_it: Sequence[Person]
    people: Sequence[Person]
    needed: int


def signers_for(writing: Writing, writer: Person) -> Signers:
    """Tell to whom an answer goes when it is sent for sign-off."""
    alarm, protocol = writing.incident.escalation, writing.incident.protocol
    by = writing.answer.created_by_id if writing.answer else writer.pk
    ids = signers_of(protocol, alarm, but=(by,))
    people = Person.objects.in_bulk(ids)
    on_it = alarm.acknowledgements.values_list("person_id", flat=True)
    return Signers(
        on_it=[people[one] for one in on_it if one in people],
        people=[people[one] for one in ids],
        needed=needed_of(protocol, len(ids)),
    )


def asked_change(answer: Answer) -> Decision | None:
    """The decision that sent an answer back, or took its approval back: the last of either."""
    kinds = [Decision.Kind.SEND_BACK, Decision.Kind.TAKE_BACK]
    back = Decision.objects.filter(sign_off__answer=answer, kind__in=kinds)
    return back.select_related("by").order_by("-at", "-pk").first()
