"""Draft an answer, change it, send it for sign-off, withdraw it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from crisis.models import Answer, AnswerVersion, Incident, Question, SignOff
from crisis.operations.checks import facts_of
from crisis.operations.incident import NotYours, hold_open
from crisis.rules.checks import Check, blocks, check_answer
from crisis.rules.text import clean, sha256_of
from escalation.models import Escalation, EscalationTarget, Page, Person, Timeline
from escalation.operations.act import page_now, stop
from escalation.operations.evidence import record
from escalation.operations.start import Ask, plan_of_run, start
from escalation.rules.evidence import Entry
from playbooks.models import Channel, Protocol, Statement


class StaleVersion(Exception):
    """The answer changed meanwhile. `seen` is what the caller had read, if it exists."""

    def __init__(self, current: AnswerVersion, seen: AnswerVersion | None) -> None:
        super().__init__(current.number)
        self.current = current
        self.seen = seen


class ApprovedMeanwhile(Exception):
    """These very words were approved, and whoever writes has not been told of it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.pk)
        self.answer = answer


class AlreadyBegun(Exception):
    """The page that sends these words has begun this answer before."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.pk)
        self.answer = answer


class NotEditable(Exception):
    """The answer is out or withdrawn: its words stay as they are."""


class Blocked(Exception):
    """Checks that block: too long, a blank left, the same text to somebody else."""

    def __init__(self, checks: Sequence[Check]) -> None:
        super().__init__(", ".join(check.code for check in checks))
        self.checks = tuple(checks)


class NobodyToSign(Exception):
    """Fewer are left to sign than have to: nobody signs off their own text, nor who has left."""

    def __init__(self, needed: int, left: int) -> None:
        super().__init__(needed, left)
        self.needed = needed
        self.left = left


class NotSubmittable(Exception):
    """Only a draft, or an answer that was sent back, can be sent for sign-off."""


SUBMITTABLE = (Answer.Status.DRAFT, Answer.Status.SENT_BACK)
"""What nobody has been asked to sign: to change it undoes nothing."""
EDITABLE = (
    Answer.Status.DRAFT,
    Answer.Status.SENT_BACK,
    Answer.Status.AWAITING_SIGN_OFF,
    Answer.Status.APPROVED,
)


@dataclass(frozen=True)
class Wording:
    """What somebody wrote: the text, what stands in its blanks, and what they say about it."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    answers_question: bool | None = None
    reason_for_length: str = ""
    reason_for_repeat: str = ""


@transaction.atomic(durable=True)
def draft_answer(
    *,
    incident: Incident,
    question: Question | None,
    channel: Channel,
    statement: Statement | None,
    wording: Wording,
    by: Person,
    now: datetime,
    key: UUID | None = None,
) -> Answer:
    """Write the first version of an answer. A page with a `key` begins one, however often it comes
    from there to the same place, with the same statement.

    Raises NotYours for anyone but an officer, NotOpen, AlreadyBegun.
    """
    if not by.is_officer:
        raise NotYours
    incident, timeline = hold_open(incident)
    begun = incident.answers.filter(created_by=by, key=key).first() if key else None
    if begun and (begun.question, begun.channel, begun.statement) == (question, channel, statement):
        raise AlreadyBegun(begun)
    answer = Answer.objects.create(
        incident=incident,
        question=question,
        channel=channel,
        statement=statement,
        created_by=by,
        created_at=now,
        key=None if begun else key,
    )
    version = write_version(answer, 1, wording, by, now)
    detail = {"answer": answer.pk, "version": 1, "sha256": version.sha256}
    record(timeline, [Entry("answer_drafted", now, by.pk, detail)])
    return answer


def write_version(
    answer: Answer, number: int, wording: Wording, by: Person, now: datetime
) -> AnswerVersion:
    """Store one exact wording with its hash."""
    text = clean(wording.text)
    return AnswerVersion.objects.create(
        answer=answer,
        number=number,
        text=text,
        sha256=sha256_of(text),
        values=wording.values,
        answers_question=wording.answers_question,
        reason_for_length=wording.reason_for_length,
        reason_for_repeat=wording.reason_for_repeat,
        written_by=by,
        written_at=now,
    )


def _stands(version: AnswerVersion, wording: Wording) -> bool:
    written = vars(replace(wording, text=clean(wording.text)))
    return all(getattr(version, name) == value for name, value in written.items())


def hold_answer(answer: Answer) -> tuple[Answer, AnswerVersion, Timeline]:
    """Lock an answer's incident and read the answer anew. Raises NotOpen."""
    _, timeline = hold_open(answer.incident)
    fresh = Answer.objects.select_related(
        "incident__protocol", "incident__escalation", "question", "channel", "statement__protocol"
    ).get(pk=answer.pk)
    return fresh, fresh.versions.get(number=fresh.current), timeline


def expect(answer: Answer, current: AnswerVersion, seen: int) -> None:
    """Refuse to act on words that are no longer the words. Raises StaleVersion."""
    if seen != current.number:
        raise StaleVersion(current, answer.versions.filter(number=seen).first())


@transaction.atomic(durable=True)
def revise_answer(
    *,
    answer: Answer,
    seen: int,
    wording: Wording,
    by: Person,
    now: datetime,
    drops_approval: bool = True,
) -> AnswerVersion:
    """Write a new version. Signatures on the old one no longer count, and an approval is dropped.

    What stands already is kept as it is, with its signatures, whoever writes it once more. But a
    manager's words that came back are the officer's from then on: nobody signs their own.
    Raises NotYours, NotOpen, NotEditable, StaleVersion when `seen` is not the current version, or
    ApprovedMeanwhile when it is approved and that is not to be dropped.
    """
    if not by.is_officer:
        raise NotYours
    answer, current, timeline = hold_answer(answer)
    if answer.status not in EDITABLE:
        raise NotEditable
    is_waiting = answer.status in (Answer.Status.AWAITING_SIGN_OFF, Answer.Status.APPROVED)
    is_officers = current.written_by_id in (answer.created_by_id, by.pk)
    if _stands(current, wording) and (is_waiting or is_officers):
        return current
    expect(answer, current, seen)
    is_approved = answer.status == Answer.Status.APPROVED
    if is_approved and not drops_approval:
        raise ApprovedMeanwhile(answer)
    version = write_version(answer, current.number + 1, wording, by, now)
    status = Answer.Status.DRAFT if is_approved else answer.status
    Answer.objects.filter(pk=answer.pk, current=current.number).update(
        current=version.number, status=status
    )
    detail = {"answer": answer.pk, "version": version.number, "sha256": version.sha256}
    record(
        timeline, [Entry("answer_changed", now, by.pk, detail | {"drops_approval": is_approved})]
    )
    return version


@transaction.atomic(durable=True)
def submit_answer(*, answer: Answer, seen: int, by: Person, now: datetime) -> SignOff:
    """Send an answer for sign-off, and page whoever may sign.

    Raises NotYours, NotOpen, NotSubmittable, StaleVersion, Blocked, NobodyToSign.
    """
    if not by.is_officer:
        raise NotYours
    answer, current, timeline = hold_answer(answer)
    if answer.status not in SUBMITTABLE:
        raise NotSubmittable
    expect(answer, current, seen)
    blocking = blocks(check_answer(facts_of(answer, current)))
    if blocking:
        raise Blocked(blocking)
    escalation = _sign_off_run(answer, by, timeline, now)
    sign_off = _sign_off(answer, current, escalation, by, now)
    Answer.objects.filter(pk=answer.pk).update(status=Answer.Status.AWAITING_SIGN_OFF)
    detail = {"answer": answer.pk, "version": current.number, "sha256": current.sha256}
    detail |= {"needed": sign_off.needed, "sign_off": sign_off.pk}
    detail |= {"signers": list(sign_off.signers.values_list("pk", flat=True).order_by("pk"))}
    record(timeline, [Entry("answer_submitted", now, by.pk, detail)])
    return sign_off


def _sign_off(
    answer: Answer, current: AnswerVersion, escalation: Escalation, by: Person, now: datetime
) -> SignOff:
    protocol = answer.incident.protocol
    authors = (answer.created_by_id, current.written_by_id)
    signers = signers_of(protocol, escalation, but=authors)
    needed = needed_of(protocol, len(signers))
    if needed > len(signers):
        raise NobodyToSign(needed, len(signers))
    sign_off = SignOff.objects.create(
        answer=answer,
        escalation=escalation,
        needed=needed,
        started_at=now,
        started_by=by,
    )
    sign_off.signers.set(signers)
    return sign_off


def signers_of(
    protocol: Protocol | None, escalation: Escalation, but: Collection[int]
) -> list[int]:
    """List who may sign: those the protocol names, else all on the chain who are asked to act.

    Whoever has left since is no longer asked. A sign-off keeps the list as it was when it began.
    """
    named = list(protocol.signers.values_list("pk", "is_active")) if protocol else []
    if not named:
        asked = EscalationTarget.objects.filter(
            step__escalation=escalation, is_for_information=False
        )
        named = list(asked.order_by("pk").values_list("person_id", "person__is_active"))
    return list(dict.fromkeys(pk for pk, is_active in named if is_active and pk not in but))


def needed_of(protocol: Protocol | None, signers: int) -> int:
    """Tell how many of these signers have to sign: one at least, whoever is left."""
    if protocol is None or protocol.sign_off == Protocol.SignOff.ANY:
        return 1
    return max(signers, 1) if protocol.sign_off == Protocol.SignOff.ALL else protocol.needed


def _sign_off_run(answer: Answer, by: Person, timeline: Timeline, now: datetime) -> Escalation:
    """Take the alarm's own run over while it pages and waits for nothing else; else start one."""
    alarm = answer.incident.escalation
    is_taken = SignOff.objects.filter(escalation=alarm, status=SignOff.Status.RUNNING).exists()
    if not alarm.is_running or is_taken:
        return _start_run(answer, by, timeline, now)
    page_now(
        escalation=alarm,
        person_ids=_who_to_tell(alarm),
        kind=Page.Occasion.ANSWER_READY,
        by=by.pk,
        now=now,
    )
    return alarm


def _who_to_tell(escalation: Escalation) -> list[int]:
    """Those who are on it; when nobody is, all who were paged and may sign."""
    on_it = list(escalation.acknowledgements.order_by("at").values_list("person_id", flat=True))
    if on_it:
        return on_it
    paged = EscalationTarget.objects.filter(
        step__escalation=escalation, step__fired_at__isnull=False, is_for_information=False
    )
    return list(dict.fromkeys(paged.values_list("person_id", flat=True)))


def _start_run(answer: Answer, by: Person, timeline: Timeline, now: datetime) -> Escalation:
    """Run the alarm's frozen plan again; whoever is on it is asked first."""
    incident = answer.incident
    alarm = incident.escalation
    on_it = alarm.acknowledgements.order_by("-at").values_list("person_id", flat=True)[:1]
    return start(
        timeline=timeline,
        plan=plan_of_run(alarm).led_by(list(on_it)),
        ask=Ask(
            subject=alarm.subject,
            question=(answer.question.text if answer.question else incident.question)[:280],
            path=alarm.path,
            time_zone=alarm.time_zone,
            is_drill=alarm.is_drill,
            is_restricted=alarm.is_restricted,
        ),
        owner=by,
        limit_seconds=incident.limit_seconds,
        now=now,
    )


@transaction.atomic(durable=True)
def withdraw_answer(*, answer: Answer, by: Person, now: datetime) -> None:
    """Take an answer out of use for good; whoever was to sign is left in peace.

    Raises NotYours, NotOpen, or NotEditable once it is out.
    """
    if not by.is_officer:
        raise NotYours
    answer, _, timeline = hold_answer(answer)
    if answer.status not in EDITABLE:
        raise NotEditable
    running = answer.sign_offs.filter(status=SignOff.Status.RUNNING).first()
    Answer.objects.filter(pk=answer.pk).update(status=Answer.Status.WITHDRAWN)
    record(timeline, [Entry("answer_withdrawn", now, by.pk, {"answer": answer.pk})])
    if running:
        end_sign_off(running, SignOff.Status.WITHDRAWN, now)
        if running.escalation_id != answer.incident.escalation_id:
            stop(
                timeline=timeline,
                escalation=running.escalation,
                reason="withdrawn",
                by=None,
                now=now,
            )


def end_sign_off(sign_off: SignOff, status: str, now: datetime) -> None:
    """Settle a running sign-off."""
    SignOff.objects.filter(pk=sign_off.pk, status=SignOff.Status.RUNNING).update(
        status=status, ended_at=now
    )
