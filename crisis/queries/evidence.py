"""The evidence of one incident in plain values, for whoever checks it without CodeRed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch

from crisis.models import Answer, AnswerVersion, Decision, Fact, Incident, Question, Release
from crisis.queries.snapshot import at_one_moment
from escalation.models import Event, Person
from playbooks.models import Channel

FORMAT = 2
NAMES_PEOPLE = frozenset(
    {
        *("by", "raised_by", "stood_down_by", "added_by", "created_by", "written_by"),
        *("dropped_by", "person", "people", "signers"),
    }
)
"""Where the id of a person, or a list of them, stands: in rows and in what events tell."""

Plain = dict[str, Any]


def evidence_of(incident: Incident, organisation: str) -> Plain:
    """Draw up all events, with the words that they hold the hashes of, as of one moment.

    The same number of queries, however much there is. People are ids and names, and nothing by
    which anybody could be reached.
    """
    with at_one_moment():
        # Anew: an event that came since would look like one that was put in.
        fresh = Incident.objects.select_related("escalation", "timeline").get(pk=incident.pk)
        told = {
            "format": FORMAT,
            "organisation": organisation,
            "time_zone": fresh.escalation.time_zone,
            "incident": _incident(fresh),
            "timeline": _timeline(fresh),
            "events": [_event(each) for each in fresh.timeline.events.order_by("sequence")],
            "questions": [_question(each) for each in _questions(fresh)],
            "facts": [_fact(each) for each in fresh.facts.order_by("pk")],
            "answers": [_answer(each) for each in _answers(fresh)],
        }
        return told | {"people": _people(told)}


def _questions(incident: Incident) -> list[Question]:
    return list(incident.questions.select_related("channel").order_by("pk"))


def _answers(incident: Incident) -> list[Answer]:
    decisions = Decision.objects.select_related("version").defer("version__text")
    versions = AnswerVersion.objects.order_by("number")
    rows = incident.answers.select_related("channel", "statement", "release__version")
    prefetched = (Prefetch("versions", versions), Prefetch("sign_offs__decisions", decisions))
    return list(rows.prefetch_related(*prefetched).order_by("pk"))


def _people(told: Plain) -> dict[str, str]:
    """Name everybody of whom anything is told."""
    rows = Person.objects.filter(pk__in=set(_ids(told))).order_by("pk")
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def _ids(value: Any, key: str = "") -> Iterator[int]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _ids(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each, key)
    elif key in NAMES_PEOPLE and isinstance(value, int):
        yield value


# ------------------------------------------------------------ rows


def _moment(at: datetime | None) -> str | None:
    """Write a moment exactly as it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


def _incident(incident: Incident) -> Plain:
    return {
        "number": incident.number,
        "drill": incident.is_drill,
        "open": incident.is_open,
        "title": incident.title,
        "question": incident.question,
        "post_url": incident.post_url,
        "limit_seconds": incident.limit_seconds,
        "raised_at": _moment(incident.raised_at),
        "raised_by": incident.raised_by_id,
        "stood_down_at": _moment(incident.stood_down_at),
        "stood_down_by": incident.stood_down_by_id,
        "end": incident.end,
        "end_reason": incident.end_reason,
    }


def _timeline(incident: Incident) -> Plain:
    timeline = incident.timeline
    return {"id": timeline.pk, "length": timeline.length, "seal": timeline.head_hash}


def _event(event: Event) -> Plain:
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "at": _moment(event.at),
        "by": event.by_id,
        "detail": event.detail,
        "hash": event.hash,
    }


def _channel(channel: Channel | None) -> Plain:
    """Name the network, and the account of ours on it."""
    return {
        "channel": channel.network if channel else None,
        "handle": channel.handle if channel else None,
    }


def _question(question: Question) -> Plain:
    return {
        "id": question.pk,
        "author": question.author,
        **_channel(question.channel),
        "text": question.text,
        "url": question.url,
        "at": _moment(question.added_at),
        "added_by": question.added_by_id,
    }


def _fact(fact: Fact) -> Plain:
    return {
        "id": fact.pk,
        "text": fact.text,
        "source": fact.source,
        "is_known": fact.is_known,
        "at": _moment(fact.added_at),
        "added_by": fact.added_by_id,
        "dropped_at": _moment(fact.dropped_at),
        "dropped_by": fact.dropped_by_id,
    }


def _answer(answer: Answer) -> Plain:
    decisions = [each for sign_off in answer.sign_offs.all() for each in sign_off.decisions.all()]
    return {
        "id": answer.pk,
        **_channel(answer.channel),
        "question": answer.question_id,
        "statement": answer.statement.code if answer.statement else None,
        "status": answer.status,
        "created_at": _moment(answer.created_at),
        "created_by": answer.created_by_id,
        "versions": [_version(each) for each in answer.versions.all()],
        "decisions": [_decision(each) for each in sorted(decisions, key=lambda one: one.pk)],
        "release": _release(getattr(answer, "release", None)),
    }


def _version(version: AnswerVersion) -> Plain:
    return {
        "number": version.number,
        "text": version.text,
        "sha256": version.sha256,
        "written_by": version.written_by_id,
        "at": _moment(version.written_at),
        "reason_for_length": version.reason_for_length,
        "reason_for_repeat": version.reason_for_repeat,
    }


def _decision(decision: Decision) -> Plain:
    return {
        "id": decision.pk,
        "kind": decision.kind,
        "by": decision.by_id,
        "at": _moment(decision.at),
        "version": decision.version.number,
        "sha256": decision.sha256,
        "reason": decision.reason,
        "via": decision.via,
        "settles": decision.is_effective,
    }


def _release(release: Release | None) -> Plain | None:
    if release is None:
        return None
    return {
        "id": release.pk,
        "at": _moment(release.at),
        "by": release.by_id,
        "url": release.url,
        "version": release.version.number,
        "sha256": release.sha256,
        "basis": release.basis,
        "clause": release.clause,
    }
