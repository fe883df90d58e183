"""What the manager's page says when nothing is left to decide: who did what, and the words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from django.utils.translation import gettext as _

from crisis.models import Answer, AnswerVersion, Decision, Incident
from crisis.operations.checks import facts_of
from crisis.queries.signing import Sheet, State, still_to_sign
from crisis.rules.diff import Piece, word_diff
from crisis.screens.parts import seconds_between, spoken
from crisis.screens.rows import Counter, PersonRow
from crisis.screens.sentences import addressee, listed
from crisis.screens.sign import length_of, people_rows
from crisis.screens.sign_pages import following, signed_so_far
from escalation.models import Person
from escalation.rules.access import LINK_HOURS
from escalation.rules.clocktext import hhmmss, mmss


@dataclass(frozen=True, slots=True)
class Late:
    """A press that came after somebody else's: when, and which words had been read."""

    at: datetime
    read: AnswerVersion | None


@dataclass(frozen=True, slots=True)
class Words:
    """The words that this is about, and whether they are the ones that were read."""

    label: str
    text: str
    network: str
    to: str
    counter: Counter
    badge: str = ""
    is_as_read: bool = False
    changes: Sequence[Piece] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One big sentence, what goes with it, and what may still be pressed."""

    title: str
    lead: str
    icon: str = "check"
    is_done: bool = True
    words: Words | None = None
    note: str = ""
    quote: str = ""
    take_back: str = ""
    is_stop: bool = False
    following: str = ""
    post_url: str = ""
    people: Sequence[PersonRow] = ()


def told(sheet: Sheet, late: Late | None = None) -> Told:
    """Tell where things stand for somebody who has nothing to decide here."""
    return _TELLERS[sheet.state](sheet, late)


def withdrawn(incident: Incident) -> Told:
    """Tell that the officer took an answer out of use while it was being read."""
    return Told(
        title=_("This answer is not used any more"),
        lead=_("%(name)s withdrew it. You don’t need to do anything.")
        % {"name": incident.raised_by.first_name},
        icon="undo-2",
        is_done=False,
    )


def _approved(sheet: Sheet, late: Late | None) -> Told:
    settled, is_mine = _settled(sheet), _settled(sheet).by == sheet.person
    at_ease = _("You don’t need to do anything.")
    page = Told(
        title=_first(settled, late),
        lead=f"{_when(sheet, settled, late)} {at_ease}",
        icon="user-check",
        is_done=False,
        words=_words(sheet, late),
        following=following(sheet),
    )
    if is_mine:
        page = replace(
            page,
            title=_("Approved. Thank you, %(name)s") % {"name": sheet.person.first_name},
            lead=_next_step(sheet),
            icon="check",
            is_done=True,
        )
    if not sheet.may_take_back:
        return page
    says = _("Take it back") if is_mine else _("Stop it going out")
    return replace(page, take_back=says, is_stop=not is_mine, note=_stop_note(sheet))


def _settled(sheet: Sheet) -> Decision:
    """An approved answer was approved by somebody."""
    return cast(Decision, sheet.settled)


def _first(settled: Decision, late: Late | None) -> str:
    words = {
        (Decision.Kind.APPROVE, False): _("%(name)s approved it"),
        (Decision.Kind.APPROVE, True): _("%(name)s approved it first"),
        (Decision.Kind.AMEND, False): _("%(name)s changed it and approved it"),
        (Decision.Kind.AMEND, True): _("%(name)s changed it and approved it first"),
        (Decision.Kind.SEND_BACK, False): _("%(name)s asked for a change"),
        (Decision.Kind.SEND_BACK, True): _("%(name)s asked for a change first"),
    }
    says = words[(Decision.Kind(settled.kind), late is not None)]
    return says % {"name": settled.by.name}


def _when(sheet: Sheet, settled: Decision, late: Late | None) -> str:
    says = {"time": hhmmss(settled.at, sheet.run.time_zone)}
    if late is None:
        return _("At %(time)s.") % says
    before = seconds_between(settled.at, late.at)
    if before < 1:
        return _("At %(time)s, in the same second as you.") % says
    return _("At %(time)s, %(before)s before you.") % (says | {"before": spoken(before)})


def _next_step(sheet: Sheet) -> str:
    says = {"officer": sheet.incident.raised_by.first_name, "network": _network(sheet)}
    if sheet.incident.is_drill:
        return _("%(officer)s has it. This is a drill: nothing gets posted.") % says
    return _("%(officer)s has it, and posts it on %(network)s.") % says


def _stop_note(sheet: Sheet) -> str:
    says = {"officer": sheet.incident.raised_by.first_name}
    return _("If it is wrong, stop it now: that works until %(officer)s has posted it.") % says


def _network(sheet: Sheet) -> str:
    return sheet.answer.channel.network_name if sheet.answer else ""


def _words(sheet: Sheet, late: Late | None = None) -> Words | None:
    answer, version = sheet.answer, sheet.version
    if answer is None or version is None:
        return None
    words = Words(
        label=_label(sheet),
        text=version.text,
        network=answer.channel.network,
        to=addressee(answer),
        counter=length_of(facts_of(answer, version)),
    )
    if late is None or late.read is None:
        return words
    if late.read.sha256 == version.sha256:
        return replace(words, badge=_("Same as you read"), is_as_read=True)
    changes = word_diff(late.read.text, version.text)
    return replace(words, badge=_("Not what you read"), changes=changes)


def _label(sheet: Sheet) -> str:
    settled = sheet.settled
    is_approved = sheet.state == State.APPROVED and settled is not None
    if not is_approved or settled is None or settled.by == sheet.person:
        return ""
    return _("What %(name)s approved") % {"name": settled.by.first_name}


def _out(sheet: Sheet, late: Late | None) -> Told:
    release, run = cast(Answer, sheet.answer).release, sheet.run
    says = {
        "officer": sheet.incident.raised_by.first_name,
        "network": _network(sheet),
        "time": hhmmss(release.at, run.time_zone),
        "spare": mmss(seconds_between(release.at, run.due_at)),
    }
    lead = _("%(officer)s posted it on %(network)s at %(time)s.")
    if sheet.incident.is_drill:
        lead = _("%(officer)s let it go at %(time)s. This is a drill: nothing was posted.")
    return Told(
        title=_("It is out"),
        lead=f"{lead % says} {_spare(release.at <= run.due_at) % says}",
        words=_words(sheet, late),
        following=following(sheet),
        post_url=release.url,
    )


def _spare(is_in_time: bool) -> str:
    return _("%(spare)s to spare.") if is_in_time else _("%(spare)s late.")


def _signed(sheet: Sheet, late: Late | None) -> Told:
    names = listed([each.name for each in still_to_sign(sheet)])
    return Told(
        title=_("Signed. Thank you, %(name)s") % {"name": sheet.person.first_name},
        lead=signed_so_far(sheet),
        words=_words(sheet),
        note=_("It still needs %(names)s.") % {"names": names} if names else "",
        following=following(sheet),
        people=people_rows(sheet.incident, sheet.person),
    )


def _others_sign(sheet: Sheet, late: Late | None) -> Told:
    names = _either([each.name for each in still_to_sign(sheet)])
    unchanged = _("Nothing has been changed.")
    own = sheet.answer is not None and sheet.answer.created_by == sheet.person
    why = _("Nobody signs off their own text.") if own else _("You are not asked to sign this one.")
    return Told(
        title=_("%(names)s can sign this") % {"names": names}
        if names
        else _("Nobody can sign this"),
        lead=f"{why} {unchanged}" if late else why,
        icon="lock",
        is_done=False,
        words=_words(sheet),
        people=people_rows(sheet.incident, sheet.person),
    )


def _either(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _back(sheet: Sheet, late: Late | None) -> Told:
    """Somebody else asked for a change, or took it back, before this press."""
    settled = sheet.settled
    officer = {"officer": sheet.incident.raised_by.first_name}
    lead = _("It is back with %(officer)s, and comes to you again.") % officer
    if settled is None or settled.kind != Decision.Kind.SEND_BACK:
        return Told(_("This answer was taken back"), lead, icon="undo-2", is_done=False)
    return Told(
        title=_first(settled, late),
        lead=f"{_when(sheet, settled, late)} {lead}",
        icon="corner-up-left",
        is_done=False,
        quote=settled.reason,
    )


def _stood_down(sheet: Sheet, late: Late | None) -> Told:
    incident = sheet.incident
    zone = incident.escalation.time_zone
    says = {
        "name": incident.stood_down_by.name if incident.stood_down_by else "",
        "time": hhmmss(cast(datetime, incident.stood_down_at), zone),
        "end": incident.get_end_display(),
    }
    is_out = sheet.answer is not None and sheet.answer.status == Answer.Status.RELEASED
    return Told(
        title=ended_title(incident),
        lead=_("%(name)s stood it down at %(time)s. %(end)s.") % says,
        icon="circle-check",
        is_done=False,
        quote=incident.end_reason,
        words=_words(sheet) if is_out else None,
    )


def ended_title(incident: Incident) -> str:
    says = _("Drill %(n)d is over") if incident.is_drill else _("Code red %(n)d is stood down")
    return says % {"n": incident.number}


_TELLERS: dict[State, Callable[[Sheet, Late | None], Told]] = {
    State.APPROVED: _approved,
    State.OUT: _out,
    State.SIGNED: _signed,
    State.OTHERS_SIGN: _others_sign,
    State.WAITING: _back,
    State.STOOD_DOWN: _stood_down,
}


def ended(incident: Incident, person: Person | None) -> Told:
    """Tell whoever opens a link that has ended why; names only on a device that is proved."""
    if incident.is_open:
        lead = _("A link is good for %(n)d hours. The code red is still open.") % {"n": LINK_HOURS}
        return Told(_("This link has ended"), lead, icon="link", is_done=False)
    says = {
        "what": ended_title(incident),
        "name": incident.stood_down_by.name if incident.stood_down_by else "",
        "time": hhmmss(cast(datetime, incident.stood_down_at), incident.escalation.time_zone),
    }
    lead = (
        _("%(what)s, since %(time)s.")
        if person is None
        else _("%(what)s, by %(name)s at %(time)s.")
    )
    return Told(_("This link has ended"), lead % says, icon="link", is_done=False)
