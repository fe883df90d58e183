"""Release: the words leave only as they were approved, pre-approved, or named by a clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crisis.models import Answer, AnswerVersion, Incident, Question, Release, SignOff
from crisis.operations.answer import Blocked, end_sign_off, expect, hold_answer
from crisis.operations.checks import facts_of, is_holding
from crisis.operations.incident import NotYours
from crisis.operations.sign_off import settling_decision
from crisis.rules.checks import blocks, check_answer
from crisis.rules.text import clean, sha256_of
from escalation.models import Deadline, Person, Timeline
from escalation.operations.act import meet, stop
from escalation.operations.evidence import record
from escalation.operations.start import Promise, arm
from escalation.rules.evidence import Entry
from escalation.rules.words import gettext as _
from playbooks.models import Protocol, Statement
from playbooks.rules.placeholders import fill, names, problem

DEFAULT_UPDATE_SECONDS = 1800
UPDATE_REPEAT_SECONDS = 300


class NotReleasable(Exception):
    """These words were neither approved, nor pre-approved, nor does a clause let them go."""


class TextMismatch(Exception):
    """The stored words are not the words that were signed: nothing goes out."""


class ProofMissing(Exception):
    """The link to the post is what stops the clock and proves that it is out."""


class AlreadyOut(Exception):
    """This answer is out, or somebody else has answered the same question meanwhile."""


@dataclass(frozen=True)
class Authority:
    """Under what these words may go out, and the clause where one is needed."""

    basis: str
    clause: str = ""


@transaction.atomic(durable=True)
def release_answer(
    *, answer: Answer, seen: int, url: str = "", by: Person, now: datetime
) -> Release:
    """Record that the exact words are out, and stop the clocks that they meet.

    Raises NotYours, NotOpen, AlreadyOut, StaleVersion, NotReleasable, TextMismatch, Blocked,
    ProofMissing (a drill posts nothing, and needs no link).
    """
    if not by.is_officer:
        raise NotYours
    answer, current, timeline = hold_answer(answer)
    _refuse_if_out(answer)
    expect(answer, current, seen)
    authority = authority_over(answer, current, now)
    if authority is None:
        raise NotReleasable
    _refuse_changed_words(answer, current, authority)
    if not url and not answer.incident.is_drill:
        raise ProofMissing
    release = Release.objects.create(
        answer=answer,
        version=current,
        sha256=current.sha256,
        basis=authority.basis,
        clause=authority.clause,
        url=url,
        by=by,
        at=now,
    )
    _mark_out(answer, now)
    detail = {"answer": answer.pk, "release": release.pk, "basis": authority.basis}
    detail |= {"version": current.number, "sha256": current.sha256, "url": sha256_of(url)}
    record(timeline, [Entry("released", now, by.pk, detail)])
    _keep_promises(answer, timeline, by, now)
    return release


def _refuse_if_out(answer: Answer) -> None:
    question = answer.question
    if answer.status == Answer.Status.RELEASED or (question and question.answered_at):
        raise AlreadyOut


def authority_over(answer: Answer, version: AnswerVersion, now: datetime) -> Authority | None:
    """Tell under what an answer may be released at this moment, or None when under nothing."""
    if answer.status == Answer.Status.APPROVED:
        return Authority(Release.Basis.APPROVED)
    if answer.status == Answer.Status.WITHDRAWN:
        return None
    if is_pre_approved(answer, version):
        return Authority(Release.Basis.PRE_APPROVED)
    protocol = answer.incident.protocol
    falls = protocol is not None and protocol.falls_to_officer == Protocol.Falls.ANSWER
    if falls and protocol and protocol.clause and is_answer_overdue(answer.incident, now):
        return Authority(Release.Basis.CLAUSE, protocol.clause)
    return None


def is_pre_approved(answer: Answer, version: AnswerVersion) -> bool:
    """Say whether the words are a pre-approved statement with nothing but its blanks filled in.

    A blank may hold only what the protocol says it may: free words in it were approved by nobody.
    """
    statement = answer.statement
    if statement is None or not statement.is_pre_approved:
        return False
    if clean(fill(statement.text, version.values)) != version.text:
        return False
    return not blank_problems(statement, version.values)


def blank_problems(statement: Statement, values: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with what stands in a statement's blanks, by name and in words."""
    declared = {each.name: each for each in statement.protocol.placeholders.all()}
    found = {}
    for name in names(statement.text):
        blank = declared.get(name)
        if blank is None:
            found[name] = _("The protocol does not say what may stand here")
            continue
        options = [blank.example] if blank.kind == blank.Kind.FIXED else blank.options
        trouble = problem(blank.kind, values.get(name, ""), options, blank.max_length)
        if trouble:
            found[name] = trouble
    return found


def is_answer_overdue(incident: Incident, now: datetime) -> bool:
    """Say whether the answer's time ran out without one."""
    deadlines = Deadline.objects.filter(
        escalation__timeline=incident.timeline_id, kind=Deadline.Kind.ANSWER, met_at__isnull=True
    )
    return deadlines.filter(due_at__lte=now).exists()


def _refuse_changed_words(answer: Answer, version: AnswerVersion, authority: Authority) -> None:
    if sha256_of(version.text) != version.sha256:
        raise TextMismatch
    if authority.basis == Release.Basis.APPROVED:
        settled = settling_decision(answer)
        if settled is None or settled.sha256 != version.sha256:
            raise TextMismatch
        return
    blocking = blocks(check_answer(facts_of(answer, version)))
    if blocking:
        raise Blocked(blocking)


def _mark_out(answer: Answer, now: datetime) -> None:
    Answer.objects.filter(pk=answer.pk).update(status=Answer.Status.RELEASED)
    if answer.question_id:
        Question.objects.filter(pk=answer.question_id).update(answered_at=now)
    for sign_off in answer.sign_offs.filter(status=SignOff.Status.RUNNING):
        end_sign_off(sign_off, SignOff.Status.WITHDRAWN, now)


def _keep_promises(answer: Answer, timeline: Timeline, by: Person, now: datetime) -> None:
    """Stop the clocks that these words meet, and arm the one for the next update."""
    incident = answer.incident
    meet(timeline=timeline, kind=Deadline.Kind.FIRST_WORD, by=by, now=now)
    if not is_holding(answer):
        meet(timeline=timeline, kind=Deadline.Kind.ANSWER, by=by, now=now)
        _stop_idle_runs(incident, timeline, now)
    meet(timeline=timeline, kind=Deadline.Kind.NEXT_UPDATE, by=by, now=now)
    seconds = incident.protocol.next_update_seconds if incident.protocol else DEFAULT_UPDATE_SECONDS
    arm(
        escalation=incident.escalation,
        timeline=timeline,
        promise=Promise(Deadline.Kind.NEXT_UPDATE, seconds, UPDATE_REPEAT_SECONDS),
        now=now,
    )


def _stop_idle_runs(incident: Incident, timeline: Timeline, now: datetime) -> None:
    """With an answer out, a run that waits for no other decision wakes nobody any more."""
    waiting = SignOff.objects.filter(
        answer__incident=incident, status=SignOff.Status.RUNNING
    ).values_list("escalation_id", flat=True)
    for run in timeline.escalations.filter(status="running").exclude(pk__in=list(waiting)):
        stop(timeline=timeline, escalation=run, reason="decided", by=None, now=now)
