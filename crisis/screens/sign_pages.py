"""What the manager's page says while there is something to do: sign this, or wait for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Answer, AnswerVersion, Decision
from crisis.operations.checks import facts_of
from crisis.queries.people import people_of
from crisis.queries.signing import (
    Sheet,
    back_by,
    can_say_on_it,
    first_word,
    handed_to,
    holding_statement,
    is_asked,
    signatures_on,
)
from crisis.rules.checks import blocks, check_answer
from crisis.rules.diff import Piece, word_diff
from crisis.rules.text import sha256_of
from crisis.screens.known import Known, known
from crisis.screens.rows import Counter, PersonRow, counting
from crisis.screens.sentences import asker, listed
from crisis.screens.sign import (
    Asked,
    Call,
    Finding,
    Said,
    asked,
    findings,
    is_within_network,
    length_of,
    people_rows,
    said,
    to_call,
)
from escalation.models import Person
from escalation.rules.clocktext import hhmmss


@dataclass(frozen=True, slots=True)
class Signing:
    """An answer that waits for this person, with the exact version that is before their eyes."""

    asked: Asked
    said: Said
    answer: Answer
    version: AnswerVersion
    people: list[PersonRow]
    known: Known
    signed: str
    handed_over: str
    following: str


def signing(sheet: Sheet, current: AnswerVersion | None = None) -> Signing:
    """The page to sign on; `current` where the words have just turned out to be other ones."""
    answer = cast(Answer, sheet.answer)
    version = current or sheet.current
    return Signing(
        asked=asked(sheet.incident, answer),
        said=said(answer, version),
        answer=answer,
        version=version,
        people=people_rows(sheet.incident, sheet.person),
        known=known_to(sheet),
        signed=signed_so_far(sheet),
        handed_over=handed_over(sheet),
        following=following(sheet),
    )


def known_to(sheet: Sheet) -> Known:
    return known(sheet.facts, sheet.incident.escalation.time_zone)


@dataclass(frozen=True, slots=True)
class Changed:
    """The words changed while they were being read: by whom, when, and what."""

    signing: Signing
    says: str
    changes: tuple[Piece, ...]
    was: str


def changed(sheet: Sheet, current: AnswerVersion, seen: AnswerVersion | None) -> Changed:
    """Show what is new since the version that was read; all of it where that is not known."""
    return Changed(
        signing=signing(sheet, current),
        says=changed_by(current, sheet.run.time_zone),
        changes=word_diff(seen.text, current.text) if seen else (),
        was=seen.text if seen else "",
    )


def changed_by(version: AnswerVersion, zone: str) -> str:
    says = {"name": version.written_by.first_name, "time": hhmmss(version.written_at, zone)}
    return _("%(name)s changed it at %(time)s.") % says


# ------------------------------------------------------------ in other words


@dataclass(frozen=True, slots=True)
class Amending:
    """The manager's own words: how long they are, what they change, what the checks say."""

    asked: Asked
    version: AnswerVersion
    counter: Counter
    counting: str
    changes: tuple[Piece, ...]
    findings: tuple[Finding, ...]
    may_approve: bool
    asks_why_long: bool
    asks_why_same: bool
    shown: str


def amending(sheet: Sheet, current: AnswerVersion, words: AnswerVersion | None = None) -> Amending:
    """Put the words on the page; once they are shown beside the old ones, a press approves them."""
    answer = cast(Answer, sheet.answer)
    facts = facts_of(answer, words or current)
    checks = check_answer(facts) if words else ()
    codes = {each.code for each in checks}
    return Amending(
        asked=asked(sheet.incident, answer),
        version=current,
        counter=length_of(facts, approvable=True),
        counting=counting(facts),
        changes=word_diff(current.text, words.text) if words else (),
        findings=findings(checks),
        may_approve=words is not None and not blocks(checks),
        asks_why_long="too_long" in codes and is_within_network(facts),
        asks_why_same="near_identical" in codes,
        shown=sha256_of(words.text) if words else "",
    )


def signed_so_far(sheet: Sheet) -> str:
    """How many have signed, where more than one must."""
    if sheet.sign_off is None or sheet.sign_off.needed < 2:
        return ""
    given = signatures_on(sheet)
    zone = sheet.run.time_zone
    names = listed([f"{each.by.name} ({hhmmss(each.at, zone)})" for each in given])
    says = {"n": len(given), "needed": sheet.sign_off.needed, "names": names}
    if not given:
        return _("%(needed)d must sign. Nobody has yet.") % says
    return (
        ngettext(
            "%(n)d of %(needed)d has signed: %(names)s",
            "%(n)d of %(needed)d have signed: %(names)s",
            len(given),
        )
        % says
    )


def handed_over(sheet: Sheet) -> str:
    """Whom this person has handed over to; they may decide all the same."""
    page = handed_to(sheet.incident, sheet.person)
    if page is None:
        return ""
    says = {"name": page.person.name, "time": hhmmss(page.queued_at, sheet.run.time_zone)}
    return _("You handed over to %(name)s at %(time)s. You may still decide.") % says


def following(sheet: Sheet) -> str:
    """Name the next answer that waits for this person."""
    answer = sheet.following
    if answer is None:
        return ""
    says = {"who": asker(answer.question), "channel": answer.channel.network_name}
    if answer.question is None:
        return _("Next: everyone on %(channel)s") % says
    if not answer.question.author:
        return _("Next: %(who)s") % says
    return _("Next: %(who)s on %(channel)s") % says


# ------------------------------------------------------------ before there is an answer


@dataclass(frozen=True, slots=True)
class Waiting:
    """No answer to sign yet: who writes it, who is woken next, and what may be pressed."""

    asked: Asked
    officer: str
    call: Call | None
    may_say_on_it: bool
    is_on_it: bool
    may_hand_over: bool
    handed_over: str
    next_name: str
    next_at: str
    on_it: str
    back: str
    back_reason: str
    first_word: str
    holding: str
    people: list[PersonRow]
    known: Known


def waiting(sheet: Sheet) -> Waiting:
    incident, me = sheet.incident, sheet.person
    zone = incident.escalation.time_zone
    reached = people_of(incident)
    on_it = [each.person for each in reached if each.state == "on_it"]
    upcoming = [each for each in reached if each.state == "next" and each.person != me]
    ready, out, back = holding_statement(incident), first_word(incident), back_by(sheet)
    return Waiting(
        asked=asked(incident, sheet.answer),
        officer=incident.raised_by.first_name,
        call=to_call(incident.raised_by, me),
        may_say_on_it=can_say_on_it(incident, me),
        is_on_it=me in on_it,
        may_hand_over=incident.escalation.is_running and is_asked(incident, me),
        handed_over=handed_over(sheet),
        next_name=listed([each.person.name for each in upcoming]),
        next_at=hhmmss(upcoming[0].at, zone) if upcoming and upcoming[0].at else "",
        on_it=listed([each.first_name for each in on_it if each != me]),
        back=_back(back, me, zone) if back else "",
        back_reason=back.reason if back else "",
        first_word=hhmmss(out.at, zone) if out else "",
        holding=out.version.text if out else ready.text if ready else "",
        people=people_rows(incident, me, reached),
        known=known_to(sheet),
    )


def _back(decision: Decision, me: Person, zone: str) -> str:
    words = {
        (Decision.Kind.TAKE_BACK, True): _("You took it back at %(time)s"),
        (Decision.Kind.TAKE_BACK, False): _("%(name)s took it back at %(time)s"),
        (Decision.Kind.SEND_BACK, True): _("You asked for a change at %(time)s"),
        (Decision.Kind.SEND_BACK, False): _("%(name)s asked for a change at %(time)s"),
    }
    says = words[(Decision.Kind(decision.kind), decision.by == me)]
    return says % {"name": decision.by.name, "time": hhmmss(decision.at, zone)}
