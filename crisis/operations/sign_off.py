"""Decisions: one person's act on one exact version, and only the first that settles it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from crisis.models import Answer, AnswerVersion, Decision, SignOff
from crisis.operations.answer import (
    Blocked,
    Wording,
    end_sign_off,
    expect,
    hold_answer,
    write_version,
)
from crisis.operations.checks import facts_of
from crisis.operations.incident import NotYours
from crisis.rules.checks import blocks, check_answer
from escalation.crash import crash_point
from escalation.models import Escalation, Person, Timeline
from escalation.operations.act import NotOnTheChain, NotPaging, hold, pass_on, stop
from escalation.operations.evidence import record
from escalation.rules.evidence import Entry


class NotAwaitingSignOff(Exception):
    """Nobody waits for a decision on this answer. `settled_by` is the decision that settled it."""

    def __init__(self, answer: Answer, settled_by: Decision | None) -> None:
        super().__init__(answer.pk)
        self.answer = answer
        self.settled_by = settled_by


class NotASigner(Exception):
    """The protocol does not ask this person to sign."""


class FourEyes(Exception):
    """Nobody signs off their own text."""


class AlreadySigned(Exception):
    """This person has signed this version; it waits for the others."""


class NoReason(Exception):
    """Asking for a change needs a reason, or the officer has nothing to go by."""


class NotApproved(Exception):
    """There is no approval to take back."""


class AlreadyDone(Exception):
    """This very press has been counted; its device did not hear of it and sent it again."""


@dataclass(frozen=True)
class Act:
    """Who decides, when, by which door, and which version they had before their eyes.

    A press with a `key` is counted once, however often it comes.
    """

    by: Person
    at: datetime
    via: str
    seen: int
    reason: str = ""
    key: UUID | None = None


@dataclass(frozen=True)
class _Case:
    answer: Answer
    version: AnswerVersion
    sign_off: SignOff
    timeline: Timeline


def _open_case(answer: Answer, act: Act) -> _Case:
    """Lock, and find what waits.

    Raises AlreadyDone, NotAwaitingSignOff, NotASigner, StaleVersion.
    """
    answer, current, timeline = hold_answer(answer)
    _count_once(act)
    sign_off = (
        answer.sign_offs.filter(status=SignOff.Status.RUNNING).select_related("escalation").first()
    )
    if sign_off is None or answer.status != Answer.Status.AWAITING_SIGN_OFF:
        raise NotAwaitingSignOff(answer, settling_decision(answer))
    if not sign_off.signers.filter(pk=act.by.pk).exists():
        raise NotASigner
    expect(answer, current, act.seen)
    return _Case(answer, current, sign_off, timeline)


def _count_once(act: Act) -> None:
    if act.key and Decision.objects.filter(by=act.by, key=act.key).exists():
        raise AlreadyDone


def settling_decision(answer: Answer) -> Decision | None:
    """Tell which decision settled an answer as it stands, if one did."""
    return (
        Decision.objects.filter(sign_off__answer=answer, is_effective=True)
        .select_related("by", "version")
        .order_by("-at", "-pk")
        .first()
    )


@transaction.atomic(durable=True)
def approve(*, answer: Answer, act: Act) -> Decision:
    """Sign the exact version that was read. The last signature needed settles it.

    Raises NotOpen, NotAwaitingSignOff, NotASigner, StaleVersion, FourEyes, AlreadySigned,
    AlreadyDone, Blocked.
    """
    case = _open_case(answer, act)
    if act.by.pk in (case.version.written_by_id, case.answer.created_by_id):
        raise FourEyes
    _refuse_blocked(case.answer, case.version)
    return _sign(case, case.version, Decision.Kind.APPROVE, act)


@transaction.atomic(durable=True)
def amend_and_approve(*, answer: Answer, wording: Wording, act: Act) -> Decision:
    """Change the words and sign them in one act; signatures on the old words count no longer.

    Raises what `approve` raises.
    """
    case = _open_case(answer, act)
    if act.by.pk == case.answer.created_by_id:
        raise FourEyes
    version = write_version(case.answer, case.version.number + 1, wording, act.by, act.at)
    _refuse_blocked(case.answer, version)
    Answer.objects.filter(pk=case.answer.pk, current=case.version.number).update(
        current=version.number
    )
    return _sign(case, version, Decision.Kind.AMEND, act)


def _refuse_blocked(answer: Answer, version: AnswerVersion) -> None:
    blocking = blocks(check_answer(facts_of(answer, version)))
    if blocking:
        raise Blocked(blocking)


def _sign(case: _Case, version: AnswerVersion, kind: str, act: Act) -> Decision:
    signatures = Decision.objects.filter(
        sign_off=case.sign_off,
        version=version,
        kind__in=[Decision.Kind.APPROVE, Decision.Kind.AMEND],
    )
    if signatures.filter(by=act.by).exists():
        raise AlreadySigned
    is_last = signatures.count() + 1 >= case.sign_off.needed
    decision = _decide(case, version, kind, act, is_effective=is_last)
    if is_last:
        Answer.objects.filter(pk=case.answer.pk, status=Answer.Status.AWAITING_SIGN_OFF).update(
            status=Answer.Status.APPROVED
        )
        end_sign_off(case.sign_off, SignOff.Status.APPROVED, act.at)
        _stop_paging(case, act)
        transaction.on_commit(partial(crash_point, "after_decision"))
    else:
        _hold_quietly(case, act)
    return decision


def _decide(
    case: _Case, version: AnswerVersion, kind: str, act: Act, *, is_effective: bool
) -> Decision:
    decision = Decision.objects.create(
        sign_off=case.sign_off,
        version=version,
        sha256=version.sha256,
        kind=kind,
        by=act.by,
        at=act.at,
        via=act.via,
        reason=act.reason,
        is_effective=is_effective,
        key=act.key,
    )
    detail = {
        "answer": case.answer.pk,
        "version": version.number,
        "sha256": version.sha256,
        "decision": decision.pk,
        "kind": kind,
        "via": act.via,
        "settles": is_effective,
    }
    record(case.timeline, [Entry("decided", act.at, act.by.pk, detail)])
    return decision


def _stop_paging(case: _Case, act: Act) -> None:
    """A decision stops the paging, unless another answer waits on the same run."""
    waiting = SignOff.objects.filter(
        escalation=case.sign_off.escalation, status=SignOff.Status.RUNNING
    )
    if not waiting.exists():
        stop(
            timeline=case.timeline,
            escalation=case.sign_off.escalation,
            reason=Escalation.StopReason.DECIDED,
            by=act.by,
            now=act.at,
        )


def _hold_quietly(case: _Case, act: Act) -> None:
    """Whoever acted is evidently on it: hold the chain, where this run asks them at all."""
    try:
        hold(
            timeline=case.timeline, escalation_id=case.sign_off.escalation_id, by=act.by, now=act.at
        )
    except (NotPaging, NotOnTheChain):
        return


@transaction.atomic(durable=True)
def send_back(*, answer: Answer, act: Act) -> Decision:
    """Ask for a change. The alarm is held, not stopped: there is still no answer.

    Raises NoReason, NotOpen, NotAwaitingSignOff, NotASigner, StaleVersion, AlreadyDone.
    """
    if not act.reason.strip():
        raise NoReason
    case = _open_case(answer, act)
    decision = _decide(case, case.version, Decision.Kind.SEND_BACK, act, is_effective=True)
    Answer.objects.filter(pk=case.answer.pk, status=Answer.Status.AWAITING_SIGN_OFF).update(
        status=Answer.Status.SENT_BACK
    )
    end_sign_off(case.sign_off, SignOff.Status.SENT_BACK, act.at)
    if case.sign_off.escalation_id == case.answer.incident.escalation_id:
        _hold_quietly(case, act)
    else:
        _stop_paging(case, act)
    return decision


@transaction.atomic(durable=True)
def hand_over(*, answer: Answer, to: Person | None, act: Act) -> list[int]:
    """Pass the decision on: `to`, or whoever is next, is paged at once. Tells who is paged.

    Raises NotOpen, NotAwaitingSignOff, NotASigner (also for a `to` who may not sign),
    StaleVersion, CannotBeReached, NotPaging, AlreadyDone.
    """
    case = _open_case(answer, act)
    if to and not case.sign_off.signers.filter(pk=to.pk).exists():
        raise NotASigner
    paged = pass_on(
        timeline=case.timeline,
        escalation_id=case.sign_off.escalation_id,
        by=act.by,
        to=to,
        now=act.at,
    )
    _decide(case, case.version, Decision.Kind.HAND_OVER, act, is_effective=False)
    return paged


@transaction.atomic(durable=True)
def take_back(*, answer: Answer, act: Act) -> Decision:
    """Stop an approved answer from going out: it is a draft to be changed again.

    Any signer or officer may, until it is out. Raises NotOpen, NotYours, NotApproved, StaleVersion,
    AlreadyDone.
    """
    answer, current, timeline = hold_answer(answer)
    _count_once(act)
    settled = settling_decision(answer)
    if answer.status != Answer.Status.APPROVED or settled is None:
        raise NotApproved
    is_signer = settled.sign_off.signers.filter(pk=act.by.pk).exists()
    if not (is_signer or act.by.is_officer):
        raise NotYours
    expect(answer, current, act.seen)
    Decision.objects.filter(pk=settled.pk).update(is_effective=False)
    SignOff.objects.filter(pk=settled.sign_off_id).update(status=SignOff.Status.TAKEN_BACK)
    Answer.objects.filter(pk=answer.pk, status=Answer.Status.APPROVED).update(
        status=Answer.Status.SENT_BACK
    )
    case = _Case(answer, current, settled.sign_off, timeline)
    return _decide(case, current, Decision.Kind.TAKE_BACK, act, is_effective=False)
