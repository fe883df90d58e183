"""Raise a code red, and stand it down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from crisis.models import Incident, Question, RaiseKey, SignOff
from escalation.crash import crash_point
from escalation.models import Chain, Deadline, Escalation, Page, Person, Timeline
from escalation.operations.act import NotPaging, drop_deadlines, hold, page_now, pass_on, stop
from escalation.operations.evidence import lock, record
from escalation.operations.links import end_links
from escalation.operations.start import (
    Ask,
    NobodyOnTheChain,
    Promise,
    plan_of_chain,
    start,
)
from escalation.rules.evidence import Entry
from playbooks.models import Channel, Organisation, Playbook, Protocol

STANDARD_SECONDS = 300
COMPLEX_SECONDS = 600
"""Source: ready in 5 minutes, 10 if really complex, no more."""
OVERDUE_REPEAT_SECONDS = 60


class NotAnOfficer(Exception):
    """Only an officer raises a code red."""


class NoChain(Exception):
    """Neither the playbook nor the house has a chain with anybody on it."""


class KeyReused(Exception):
    """The Idempotency-Key has raised something else before."""


class NotOpen(Exception):
    """The incident was stood down: it is closed to writing."""


class NotYours(Exception):
    """This person's role does not allow the act."""


@dataclass(frozen=True)
class Storm:
    """What the officer knows when raising. `playbook` None means that none fits."""

    question: str
    post_url: str = ""
    post_text: str = ""
    author: str = ""
    title: str = ""
    channel: Channel | None = None
    playbook: Playbook | None = None
    limit_seconds: int | None = None
    is_drill: bool = False

    def fingerprint(self) -> str:
        """Hash what was asked for, to tell a repeat from another raise under the same key."""
        plain = [
            self.question,
            self.post_url,
            self.post_text,
            self.author,
            self.title,
            self.channel.pk if self.channel else None,
            self.playbook.pk if self.playbook else None,
            self.limit_seconds,
            self.is_drill,
        ]
        return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


@dataclass(frozen=True)
class Raised:
    """The code red of a raise; `is_repeat` when the same key had raised it before."""

    incident: Incident
    is_repeat: bool


def raise_incident(*, storm: Storm, by: Person, key: str = "", now: datetime) -> Raised:
    """Raise a code red: incident, frozen plan, deadlines and first events, in one transaction.

    The same `key` and storm give the same incident. Raises NotAnOfficer, NoChain, or KeyReused
    when the key raised something else.
    """
    if not by.is_officer:
        raise NotAnOfficer
    earlier = _raised_before(storm, by, key)
    if earlier:
        return earlier
    try:
        incident = _raise(storm, by, key, now)
    except IntegrityError:
        earlier = _raised_before(storm, by, key)
        if earlier:
            return earlier
        raise
    crash_point("after_commit")
    return Raised(incident, is_repeat=False)


def _raised_before(storm: Storm, by: Person, key: str) -> Raised | None:
    found = RaiseKey.objects.filter(person=by, key=key).select_related("incident").first()
    if not key or found is None:
        return None
    if found.body_hash != storm.fingerprint():
        raise KeyReused
    return Raised(found.incident, is_repeat=True)


@transaction.atomic(durable=True)
def _raise(storm: Storm, by: Person, key: str, now: datetime) -> Incident:
    house = Organisation.objects.select_for_update().first()
    if house is None:
        raise NoChain
    protocol = _protocol(storm.playbook)
    number = (Incident.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    limit_seconds = storm.limit_seconds or (
        protocol.limit_seconds if protocol else STANDARD_SECONDS
    )
    timeline = Timeline.objects.create()
    detail = {"number": number, "limit_seconds": limit_seconds, "drill": storm.is_drill}
    if protocol:
        detail |= {"protocol": protocol.pk, "officer_signed": protocol.is_officer_signed}
    record(timeline, [Entry("raised", now, by.pk, detail)])
    escalation = _page(storm, by, protocol, house, timeline, number, limit_seconds, now)
    incident = Incident.objects.create(
        number=number,
        title=storm.title,
        question=storm.question,
        post_url=storm.post_url,
        post_text=storm.post_text,
        channel=storm.channel,
        protocol=protocol,
        timeline=timeline,
        escalation=escalation,
        limit_seconds=limit_seconds,
        is_drill=storm.is_drill,
        is_restricted=bool(protocol and protocol.is_restricted),
        raised_at=now,
        raised_by=by,
    )
    _first_question(incident, storm, now)
    if storm.playbook and not (incident.is_drill or incident.is_restricted):
        Playbook.objects.filter(pk=storm.playbook.pk).update(times_raised=F("times_raised") + 1)
    if key:
        RaiseKey.objects.create(
            person=by, key=key, body_hash=storm.fingerprint(), incident=incident, created_at=now
        )
    return incident


def _protocol(playbook: Playbook | None) -> Protocol | None:
    """The published version; a playbook without one never keeps a code red from being raised."""
    if playbook is None:
        return None
    return playbook.protocols.filter(status=Protocol.Status.PUBLISHED).first()


def _page(
    storm: Storm,
    by: Person,
    protocol: Protocol | None,
    house: Organisation,
    timeline: Timeline,
    number: int,
    limit_seconds: int,
    now: datetime,
) -> Escalation:
    """Start the run on the protocol's chain, or on the house's when that has nobody on it."""
    ask = Ask(
        subject=_subject(number, storm.is_drill),
        question=storm.question,
        path=f"/sign/{number}/",
        time_zone=house.time_zone,
        is_drill=storm.is_drill,
        is_restricted=bool(protocol and protocol.is_restricted),
    )
    for chain in _chains(protocol, house):
        try:
            return start(
                timeline=timeline,
                plan=plan_of_chain(chain, now),
                ask=ask,
                owner=by,
                limit_seconds=limit_seconds,
                promises=_promises(protocol, limit_seconds),
                now=now,
            )
        except NobodyOnTheChain:
            continue
    raise NoChain


def _subject(number: int, is_drill: bool) -> str:
    """Name it in the house's language, whatever the officer reads in: others are paged."""
    with override(settings.LANGUAGE_CODE):
        return (_("Drill %(n)d") if is_drill else _("Code red %(n)d")) % {"n": number}


def _chains(protocol: Protocol | None, house: Organisation) -> Iterator[Chain]:
    """Give the protocol's chain, then the house's; the second is read where the first is nobody."""
    if protocol and protocol.chain:
        yield protocol.chain
    if house.default_chain:
        yield house.default_chain


def _promises(protocol: Protocol | None, limit_seconds: int) -> list[Promise]:
    promises = [Promise(Deadline.Kind.ANSWER, limit_seconds, OVERDUE_REPEAT_SECONDS)]
    if protocol is None:
        return promises
    promises.insert(0, Promise(Deadline.Kind.FIRST_WORD, protocol.first_word_seconds))
    if protocol.regulator_seconds:
        promises.append(Promise(Deadline.Kind.REGULATOR, protocol.regulator_seconds))
    return promises


def _first_question(incident: Incident, storm: Storm, now: datetime) -> None:
    Question.objects.create(
        incident=incident,
        channel=storm.channel,
        author=storm.author,
        url=storm.post_url,
        text=storm.question,
        added_at=now,
        added_by=incident.raised_by,
    )


def hold_open(incident: Incident) -> tuple[Incident, Timeline]:
    """Lock an incident for a change, and read it anew. Raises NotOpen once it is stood down."""
    timeline = lock(incident.timeline_id)
    fresh = Incident.objects.select_related("protocol", "escalation").get(pk=incident.pk)
    if not fresh.is_open:
        raise NotOpen
    return fresh, timeline


@transaction.atomic(durable=True)
def acknowledge(*, incident: Incident, by: Person, now: datetime) -> None:
    """Say "I'm on it" to every run of the incident that pages this person.

    Raises NotOpen, or NotPaging when nothing pages them any more.
    """
    incident, timeline = hold_open(incident)
    runs = timeline.escalations.filter(
        status=Escalation.Status.RUNNING,
        steps__targets__person=by,
        steps__targets__is_for_information=False,
    ).distinct()
    if not runs:
        raise NotPaging
    for run in runs.order_by("pk"):
        hold(timeline=timeline, escalation_id=run.pk, by=by, now=now)


@transaction.atomic(durable=True)
def hand_over_paging(
    *, incident: Incident, by: Person, to: Person | None, now: datetime
) -> list[int]:
    """Hand over before there is an answer to sign: page `to`, or whoever is next. Tells whom.

    Raises NotOpen, NotPaging, NotOnTheChain or CannotBeReached.
    """
    incident, timeline = hold_open(incident)
    return pass_on(timeline=timeline, escalation_id=incident.escalation_id, by=by, to=to, now=now)


@transaction.atomic(durable=True)
def stand_down(
    *, incident: Incident, by: Person, end: str, reason: str = "", now: datetime
) -> Incident:
    """Close an incident to writing, silence its clocks, and tell everyone who was paged.

    Raises NotOpen when it was stood down before, NotYours for who neither raises nor decides.
    """
    if not (by.is_officer or by.is_manager):
        raise NotYours
    incident, timeline = hold_open(incident)
    for run in timeline.escalations.filter(status=Escalation.Status.RUNNING).order_by("pk"):
        stop(timeline=timeline, escalation=run, reason="stood_down", by=None, now=now)
    drop_deadlines(timeline=timeline, kinds=Deadline.Kind.values, now=now)
    SignOff.objects.filter(answer__incident=incident, status=SignOff.Status.RUNNING).update(
        status=SignOff.Status.WITHDRAWN, ended_at=now
    )
    _tell_everyone(incident, by, now)
    Incident.objects.filter(pk=incident.pk, status=Incident.Status.OPEN).update(
        status=Incident.Status.STOOD_DOWN,
        stood_down_at=now,
        stood_down_by=by,
        end=end,
        end_reason=reason,
    )
    end_links(timeline_id=timeline.pk, now=now)
    Timeline.objects.filter(pk=timeline.pk).update(closed_at=now)
    record(timeline, [Entry("stood_down", now, by.pk, {"end": end, "pages": _page_seal(timeline)})])
    incident.refresh_from_db()
    return incident


def _tell_everyone(incident: Incident, by: Person, now: datetime) -> None:
    """Page once more all who were paged, but for whoever presses and whoever raised."""
    paged = Page.objects.filter(escalation__timeline_id=incident.timeline_id).exclude(
        status__in=[Page.Status.DROPPED, Page.Status.FAILED]
    )
    people = set(paged.values_list("person_id", flat=True)) - {by.pk, incident.raised_by_id}
    page_now(
        escalation=incident.escalation,
        person_ids=sorted(people),
        kind=Page.Occasion.STOOD_DOWN,
        by=by.pk,
        now=now,
    )


def _page_seal(timeline: Timeline) -> str:
    """Hash the page rows as they stand, so that the chain of evidence covers them too."""
    rows = Page.objects.filter(escalation__timeline=timeline).order_by("pk")
    fields = rows.values_list("pk", "person_id", "occasion", "queued_at", "sent_at", "seen_at")
    plain = [[str(each) for each in row] for row in fields]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
