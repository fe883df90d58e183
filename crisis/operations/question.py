"""Add the people who ask, and say who answers whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from crisis.models import Incident, Question
from crisis.operations.incident import NotYours, hold_open
from escalation.models import Person
from escalation.operations.evidence import record
from escalation.rules.evidence import Entry
from playbooks.models import Channel

CLAIM_SECONDS = 180
"""How long nobody else needs to begin. Source: product, questions can be claimed for 3 minutes."""


class AlreadyAdded(Exception):
    """The same post is a question of this incident already."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.pk)
        self.question = question


class Taken(Exception):
    """Somebody else is answering this question at the moment."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.pk)
        self.question = question


class HasAnswer(Exception):
    """Whoever asked has their answer."""


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


@transaction.atomic(durable=True)
def claim_question(*, question: Question, by: Person, now: datetime) -> Question:
    """Say that one is answering a question: for three minutes from now, and for more when repeated.

    Raises NotYours for anyone but an officer, NotOpen, Taken while it is somebody else's, and
    HasAnswer.
    """
    if not by.is_officer:
        raise NotYours
    _, timeline = hold_open(question.incident)
    fresh = Question.objects.select_related("claimed_by").get(pk=question.pk)
    if fresh.answered_at:
        raise HasAnswer
    holder = fresh.holder(now)
    if holder and holder != by:
        raise Taken(fresh)
    fresh.claimed_by, fresh.claimed_until = by, now + timedelta(seconds=CLAIM_SECONDS)
    fresh.save(update_fields=["claimed_by", "claimed_until"])
    if holder is None:
        record(timeline, [Entry("question_claimed", now, by.pk, {"question": fresh.pk})])
    return fresh


@transaction.atomic(durable=True)
def let_go_question(*, question: Question, by: Person, now: datetime) -> bool:
    """Leave a question to the others; False where it was not one's own. Raises NotOpen."""
    _, timeline = hold_open(question.incident)
    fresh = Question.objects.select_related("claimed_by").get(pk=question.pk)
    if fresh.holder(now) != by:
        return False
    fresh.claimed_until = now
    fresh.save(update_fields=["claimed_until"])
    record(timeline, [Entry("question_let_go", now, by.pk, {"question": fresh.pk})])
    return True
