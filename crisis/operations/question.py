"""Add the people who ask."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crisis.models import Incident, Question
from crisis.operations.incident import NotYours, hold_open
from escalation.models import Person
from escalation.operations.evidence import record
from escalation.rules.evidence import Entry
from playbooks.models import Channel


class AlreadyAdded(Exception):
    """The same post is a question of this incident already."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.pk)
        self.question = question


@dataclass(frozen=True)
class Post:
    """One person's public post: where, who, and what they ask."""

    text: str
    channel: Channel | None = None
    author: str = ""
    url: str = ""


@transaction.atomic(durable=True)
def add_question(*, incident: Incident, post: Post, by: Person, now: datetime) -> Question:
    """Put one more person on the list of those who want an answer.

    Raises NotYours, NotOpen, or AlreadyAdded with the question that the post is already.
    """
    if not (by.is_officer or by.is_manager):
        raise NotYours
    incident, timeline = hold_open(incident)
    known = incident.questions.filter(url=post.url).first() if post.url else None
    if known:
        raise AlreadyAdded(known)
    question = Question.objects.create(
        incident=incident,
        channel=post.channel,
        author=post.author,
        url=post.url,
        text=post.text,
        added_at=now,
        added_by=by,
    )
    record(timeline, [Entry("question_added", now, by.pk, {"question": question.pk})])
    return question
