"""Keep what is known of a storm, for whoever writes and whoever decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crisis.models import Fact, Incident
from crisis.operations.incident import NotYours, hold_open
from crisis.rules.text import fact_sha256
from escalation.models import Person
from escalation.operations.evidence import record
from escalation.rules.evidence import Entry


class AlreadyKnown(Exception):
    """The same words stand among the facts of this incident already."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact.pk)
        self.fact = fact


@dataclass(frozen=True)
class Learned:
    """What somebody learned, and from whom; or what nobody knows yet, and how to speak of it."""

    text: str
    source: str = ""
    is_known: bool = True


@transaction.atomic(durable=True)
def add_fact(*, incident: Incident, learned: Learned, by: Person, now: datetime) -> Fact:
    """Write down what is known, or that it is not. Raises NotYours, NotOpen, or AlreadyKnown."""
    if not (by.is_officer or by.is_manager):
        raise NotYours
    incident, timeline = hold_open(incident)
    same = incident.facts.filter(text=learned.text, dropped_at=None).first()
    if same:
        raise AlreadyKnown(same)
    fact = Fact.objects.create(
        incident=incident,
        text=learned.text,
        source=learned.source,
        is_known=learned.is_known,
        added_at=now,
        added_by=by,
    )
    words = fact_sha256(fact.text, fact.source)
    detail = {"fact": fact.pk, "is_known": fact.is_known, "words": words}
    record(timeline, [Entry("fact_added", now, by.pk, detail)])
    return fact


@transaction.atomic(durable=True)
def drop_fact(*, fact: Fact, by: Person, now: datetime) -> bool:
    """Say that something is not so, or no longer; False where somebody has said so before.

    Raises NotYours, NotOpen.
    """
    if not (by.is_officer or by.is_manager):
        raise NotYours
    _, timeline = hold_open(fact.incident)
    standing = Fact.objects.filter(pk=fact.pk, dropped_at=None)
    if not standing.update(dropped_at=now, dropped_by=by):
        return False
    record(timeline, [Entry("fact_dropped", now, by.pk, {"fact": fact.pk})])
    return True
