"""What one person finds on the page of a code red: the answer to sign, or what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import cast

from django.db.models import Exists, OuterRef

from crisis.models import Answer, AnswerVersion, Decision, Fact, Incident, Release, SignOff
from crisis.operations.checks import is_holding
from crisis.operations.sign_off import settling_decision
from crisis.queries.desk import what_is_known
from crisis.queries.waiting import live_answers, queue_of
from escalation.models import Acknowledgement, Deadline, Escalation, Page, Person
from escalation.operations.act import is_on_the_chain
from playbooks.models import Statement

SIGNATURES = (Decision.Kind.APPROVE, Decision.Kind.AMEND)


class State(StrEnum):
    """What the page is about, for the one who opens it."""

    SIGN = "sign"
    SIGNED = "signed"
    OTHERS_SIGN = "others_sign"
    APPROVED = "approved"
    OUT = "out"
    WAITING = "waiting"
    STOOD_DOWN = "stood_down"


_STATES = {
    Answer.Status.APPROVED: State.APPROVED,
    Answer.Status.RELEASED: State.OUT,
    Answer.Status.DRAFT: State.WAITING,
    Answer.Status.SENT_BACK: State.WAITING,
}


@dataclass(frozen=True)
class Sheet:
    """The page of one person: which answer it shows, in which state, and what waits after it."""

    incident: Incident
    person: Person
    state: State
    answer: Answer | None = None
    version: AnswerVersion | None = None
    sign_off: SignOff | None = None
    settled: Decision | None = None
    following: Answer | None = None

    @property
    def run(self) -> Escalation:
        """The run that waits for this decision; without one, the alarm."""
        return self.sign_off.escalation if self.sign_off else self.incident.escalation

    @property
    def current(self) -> AnswerVersion:
        """The words as they stand, on a page that shows an answer."""
        return cast(AnswerVersion, self.version)

    @cached_property
    def facts(self) -> list[Fact]:
        """What is known of the storm."""
        return what_is_known(self.incident)

    @property
    def stamp(self) -> str:
        """What a page that is open compares itself with: another stamp, another page."""
        signed = len(signatures_on(self)) if self.state == State.SIGN else 0
        alarm, answer = self.incident.escalation, self.answer
        about = f"{answer.pk}.{answer.current}.{answer.status}" if answer else ""
        after = self.following.pk if self.following else 0
        learned = f"{len(self.facts)}.{sum(1 for each in self.facts if each.dropped_at)}"
        alarmed = f"{alarm.next_step}-{alarm.acknowledged_at}"
        return f"{self.state}-{about}-{signed}-{after}-{learned}-{alarmed}"

    @property
    def waiting_sign_off(self) -> SignOff | None:
        """The sign-off that still waits for signatures, if one does."""
        waits = self.sign_off and self.sign_off.status == SignOff.Status.RUNNING
        return self.sign_off if waits else None

    @property
    def may_take_back(self) -> bool:
        """Say whether this person may stop an approved answer from going out."""
        if self.state != State.APPROVED or self.sign_off is None:
            return False
        signs = self.sign_off.signers.filter(pk=self.person.pk).exists()
        return signs or self.person.is_officer


def sheet_of(incident: Incident, person: Person, chosen: int | None = None) -> Sheet:
    """Find what this person should see: the answer chosen, else the next that waits for them."""
    queue = [each.answer for each in queue_of(person).filter(answer__incident=incident)]
    answer = _chosen(incident, chosen) or next(iter(queue), None) or _telling(incident)
    following = next((each for each in queue if each != answer), None)
    if answer is None:
        state = State.WAITING if incident.is_open else State.STOOD_DOWN
        return Sheet(incident, person, state)
    sign_off = answer.sign_offs.select_related("escalation").order_by("-started_at", "-pk").first()
    return Sheet(
        incident=incident,
        person=person,
        state=_state(answer, person, queue) if incident.is_open else State.STOOD_DOWN,
        answer=answer,
        version=answer.versions.select_related("written_by").get(number=answer.current),
        sign_off=sign_off,
        settled=settling_decision(answer),
        following=following,
    )


def _chosen(incident: Incident, pk: int | None) -> Answer | None:
    answers = incident.answers.exclude(status=Answer.Status.WITHDRAWN)
    related = answers.select_related("question", "channel", "statement", "release", "created_by")
    return related.filter(pk=pk).first() if pk else None


def _telling(incident: Incident) -> Answer | None:
    """The answer that tells most of where things stand; a draft or a first word tells nothing."""
    for answer in live_answers(incident):
        is_first_word = answer.status == Answer.Status.RELEASED and is_holding(answer)
        if answer.status != Answer.Status.DRAFT and not is_first_word:
            return answer
    return None


def _state(answer: Answer, person: Person, queue: list[Answer]) -> State:
    known = _STATES.get(Answer.Status(answer.status))
    if known:
        return known
    if answer in queue:
        return State.SIGN
    signed = Decision.objects.filter(
        sign_off__answer=answer, by=person, version__number=answer.current, kind__in=SIGNATURES
    )
    return State.SIGNED if signed.exists() else State.OTHERS_SIGN


def back_by(sheet: Sheet) -> Decision | None:
    """Tell who asked for a change or took the approval back, while the officer has the answer."""
    if sheet.answer is None or sheet.answer.status != Answer.Status.SENT_BACK:
        return None
    kinds = (Decision.Kind.SEND_BACK, Decision.Kind.TAKE_BACK)
    decisions = Decision.objects.filter(sign_off__answer=sheet.answer, kind__in=kinds)
    return decisions.select_related("by").order_by("-at", "-pk").first()


def signatures_on(sheet: Sheet) -> list[Decision]:
    """List who has signed the words as they stand, in order."""
    given = Decision.objects.filter(
        sign_off=sheet.sign_off, version=sheet.version, kind__in=SIGNATURES
    )
    return list(given.select_related("by").order_by("at", "pk"))


def still_to_sign(sheet: Sheet) -> list[Person]:
    """List who may sign and has not signed the words as they stand."""
    if sheet.sign_off is None:
        return []
    given = [each.by_id for each in signatures_on(sheet)]
    return list(sheet.sign_off.signers.exclude(pk__in=given).order_by("name"))


def is_asked(incident: Incident, person: Person) -> bool:
    """Say whether this code red asks the person to act: on its chain, or among its signers."""
    signs = SignOff.objects.filter(answer__incident=incident, signers=person)
    return is_on_the_chain(incident.escalation, person) or signs.exists()


def can_say_on_it(incident: Incident, person: Person) -> bool:
    """Say whether something pages this person that they have not said "I'm on it" to yet."""
    said = Acknowledgement.objects.filter(person=person, escalation=OuterRef("pk"))
    runs = incident.timeline.escalations.filter(
        status=Escalation.Status.RUNNING,
        steps__targets__person=person,
        steps__targets__is_for_information=False,
    )
    return runs.filter(~Exists(said)).exists()


def handed_to(incident: Incident, person: Person) -> Page | None:
    """The last page that went out because this person handed over, for whom it went to."""
    pages = Page.objects.filter(
        escalation__timeline=incident.timeline, occasion=Page.Occasion.HAND_OVER, by=person
    )
    return pages.select_related("person").order_by("-queued_at", "-pk").first()


def candidates(incident: Incident, person: Person, sign_off: SignOff | None) -> list[Person]:
    """List whom this person may hand over to: of those whom the run pages, whoever may sign.

    Before there is an answer that is everyone on the chain who is asked to act.
    """
    run = sign_off.escalation if sign_off else incident.escalation
    asked = Person.objects.filter(
        targets__step__escalation=run, targets__is_for_information=False
    ).exclude(pk=person.pk)
    if sign_off:
        asked = asked.filter(pk__in=sign_off.signers.values("pk"))
    return list(asked.distinct().order_by("name"))


def answer_met_at(incident: Incident) -> datetime | None:
    """Tell when an answer was out, if one is: the alarm's own promise."""
    kept = Deadline.objects.filter(escalation=incident.escalation, kind=Deadline.Kind.ANSWER)
    return kept.values_list("met_at", flat=True).first()


def first_word(incident: Incident) -> Release | None:
    """Give the holding statement that went out first, if one did."""
    kind = Statement.Kind.HOLDING
    out = Release.objects.filter(answer__incident=incident, answer__statement__kind=kind)
    return out.select_related("version").first()


def holding_statement(incident: Incident) -> Statement | None:
    """Give the holding statement that the playbook has ready."""
    if incident.protocol is None:
        return None
    return incident.protocol.statements.filter(kind=Statement.Kind.HOLDING).first()
