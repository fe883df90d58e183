"""The manager's page, ready-made: the clock, who asks, the answer whole, and who else was paged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from crisis.models import Answer, AnswerVersion, Incident, Question
from crisis.operations.checks import facts_of
from crisis.queries.people import Reached, people_of
from crisis.queries.signing import Sheet, State, answer_met_at, candidates
from crisis.rules.checks import AnswerFacts, Check, check_answer
from crisis.screens.parts import Countdown, Track, approved, countdown, track
from crisis.screens.rows import (
    DELIVERIES,
    ChoiceLabel,
    Counter,
    PersonRow,
    counter,
    dialled,
    initials_of,
    person,
)
from crisis.screens.sentences import asker
from escalation.models import Escalation, Person
from escalation.rules.clocktext import hhmmss
from playbooks.rules.counting import count, fit, network_limit

KINDS = {"block": "bad", "advise": "warn"}
"""How a check is drawn, by its level."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The countdown and its line."""

    clock: Countdown
    line: Track


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of every page here: which code red, who reads it, how much time is left."""

    number: int
    is_drill: bool
    name: str
    initials: str
    timing: Timing | None


def frame(incident: Incident, person: Person | None, timing: Timing | None) -> Frame:
    """Frame a page; without a person nobody is named."""
    name = person.name if person else ""
    return Frame(incident.number, incident.is_drill, name, initials_of(name), timing)


def alarm_timing(incident: Incident, now: datetime) -> Timing:
    """The clock of the code red itself."""
    return _timing(incident.escalation, now, answer_met_at(incident))


def timing_of(sheet: Sheet, now: datetime) -> Timing | None:
    """The clock that counts for what this page shows; none once it is over without an answer."""
    run, settled = sheet.run, sheet.settled
    if sheet.state == State.APPROVED and settled:
        clock = approved(settled.at, run.due_at, run.time_zone)
        return Timing(clock, track(now, run.due_at, run.started_at, settled.at))
    if sheet.state == State.OUT and sheet.answer:
        return _timing(run, now, sheet.answer.release.at)
    if sheet.state == State.STOOD_DOWN:
        return alarm_timing(sheet.incident, now) if answer_met_at(sheet.incident) else None
    if sheet.state == State.WAITING and run == sheet.incident.escalation:
        return alarm_timing(sheet.incident, now)
    return _timing(run, now, None)


def _timing(run: Escalation, now: datetime, met_at: datetime | None) -> Timing:
    return Timing(
        countdown(now, run.due_at, run.time_zone, run.started_at, met_at),
        track(now, run.due_at, run.started_at, met_at),
    )


# ------------------------------------------------------------ who asks, and our answer


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, where, and what."""

    network: str
    who: str
    text: str
    post_url: str
    post_text: str


def asked(incident: Incident, answer: Answer | None = None) -> Asked:
    """What an answer is for; before there is one, what the code red was raised for."""
    question = answer.question if answer else incident.questions.order_by("pk").first()
    channel = answer.channel if answer else incident.channel
    return Asked(
        network=channel.network if channel else "",
        who=_who_asks(question, answer),
        text=question.text if question else incident.question,
        post_url=question.url if question else incident.post_url,
        post_text=incident.post_text,
    )


def _who_asks(question: Question | None, answer: Answer | None) -> str:
    if question is None and answer is not None:
        return _("To everyone")
    if question is None or not question.author:
        return _("They ask")
    return _("%(who)s asks") % {"who": asker(question)}


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that has something to say: bad blocks, warn advises."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """An answer whole, how long it is, and what the checks say."""

    text: str
    counter: Counter
    goods: tuple[str, ...]
    findings: tuple[Finding, ...]


def said(answer: Answer, version: AnswerVersion) -> Said:
    """Put one version of an answer on the page, with the officer's unresolved advice."""
    facts = facts_of(answer, version)
    return Said(
        text=version.text,
        counter=length_of(facts),
        goods=_goods(check_answer(facts)),
        findings=findings(check_answer(facts)),
    )


def length_of(facts: AnswerFacts, *, approvable: bool = False) -> Counter:
    """Count an answer as its network counts it."""
    fits = fit(facts.text, facts.network, facts.house_limit, facts.channel_limit, facts.is_reply)
    return counter(fits.count, fits.limit, approvable=approvable)


def is_within_network(facts: AnswerFacts) -> bool:
    """Say whether the network would take it: then a written reason lets a long answer go."""
    return count(facts.text, facts.network, facts.is_reply) <= network_limit(
        facts.text, facts.network
    )


def _goods(checks: tuple[Check, ...]) -> tuple[str, ...]:
    """The two things that a manager asks first, in one row."""
    words = {"answered": _("Answers the question"), "unlike_others": _("Not sent before")}
    return tuple(words[each.code] for each in checks if each.level == "good" and each.code in words)


def findings(checks: tuple[Check, ...]) -> tuple[Finding, ...]:
    """What blocks, then what to read again."""
    return tuple(
        Finding(KINDS[each.level], each.title, each.text) for each in checks if each.level in KINDS
    )


# ------------------------------------------------------------ the people


def people_rows(
    incident: Incident, but: Person, reached: Sequence[Reached] | None = None
) -> list[PersonRow]:
    """Everyone else on the alarm's plan, and how far their pages have come.

    `reached` are those of `people_of`, where the caller has read them already.
    """
    zone = incident.escalation.time_zone
    people = people_of(incident) if reached is None else reached
    return [_row(each, zone) for each in people if each.person != but]


def _row(each: Reached, zone: str) -> PersonRow:
    return person(
        each.person.name,
        each.person.title,
        each.state,
        time=hhmmss(each.at, zone) if each.at else "",
        phone=each.person.duty_phone,
    )


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to telephone."""

    name: str
    tel: str


def to_call(who: Person, but: Person) -> Call | None:
    """Whom to call, where they have a number for it and are not the reader."""
    if not who.duty_phone or who == but:
        return None
    return Call(who.first_name, dialled(who.duty_phone))


def choices(sheet: Sheet) -> list[tuple[str, ChoiceLabel]]:
    """Whom one may hand over to, each with their post and how far their page has come."""
    zone = sheet.run.time_zone
    reached = {each.person.pk: each for each in people_of(sheet.incident)}
    people = candidates(sheet.incident, sheet.person, sheet.waiting_sign_off)
    people.sort(key=lambda who: _place(reached.get(who.pk)))
    return [
        (str(who.pk), ChoiceLabel(who.name, _hint(who, reached.get(who.pk), zone)))
        for who in people
    ]


def _place(found: Reached | None) -> int:
    """Whoever is next on the chain stands first, whoever is not on it last."""
    return 2 if found is None else int(found.state != "next")


def _hint(who: Person, found: Reached | None, zone: str) -> str:
    says = [who.title] if who.title else []
    if found and found.state == "next":
        says.append(_("Next on the chain"))
    elif found:
        at = f" {hhmmss(found.at, zone)}" if found.at and found.state != "then" else ""
        says.append(f"{DELIVERIES[found.state].word}{at}")
    return ". ".join(says)


def whys() -> list[tuple[str, ChoiceLabel]]:
    """What usually has to change; the line under a name is no part of the reason."""
    return [
        ("fact", ChoiceLabel(_("A fact is wrong"), _("Say which one below"))),
        ("question", ChoiceLabel(_("It doesn’t answer the question"))),
        ("tone", ChoiceLabel(_("It’s too long, or too formal"))),
        ("much", ChoiceLabel(_("It says more than we should"))),
    ]
