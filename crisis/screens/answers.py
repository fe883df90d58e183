"""An answer as it is shown: whole, to whom, where, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Answer, Event
from crisis.queries.desk import Desk
from crisis.screens.acts import Act
from crisis.screens.sentences import Cast, addressee, listed
from escalation.rules.clocktext import hhmmss, mmss


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """One answer, with the badge of its state and what to do with it."""

    pk: int
    network: str
    handle: str
    to: str
    text: str
    kind: str
    icon: str
    state: str
    url: str
    link: str
    is_out: bool
    is_shown: bool
    act: Act | None
    readers: str = ""
    """Who has it before their eyes."""


def answer_card(
    answer: Answer, desk: Desk, cast: Cast, now: datetime, act: Act | None
) -> AnswerCard:
    """Show an answer as it stands now."""
    kind, icon, state = _badge(answer, desk, cast, now)
    release = getattr(answer, "release", None)
    version = desk.texts.get(answer.pk)
    return AnswerCard(
        pk=answer.pk,
        network=answer.channel.network,
        handle=answer.channel.handle,
        to=addressee(answer),
        text=version.text if version else "",
        kind=kind,
        icon=icon,
        state=state,
        url=release.url if release else "",
        link=_("See it on %(network)s") % {"network": answer.channel.network_name},
        is_out=release is not None,
        is_shown=_is_shown(answer, desk),
        act=act,
        readers=_readers(answer, desk, now),
    )


def _readers(answer: Answer, desk: Desk, now: datetime) -> str:
    here = [each for each in desk.readings if each.answer_id == answer.pk and each.until > now]
    if not here or answer.status != Answer.Status.AWAITING_SIGN_OFF:
        return ""
    names = listed([each.person.first_name for each in here])
    is_behind = any(each.version < answer.current for each in here)
    says = ngettext("%(names)s is reading it", "%(names)s are reading it", len(here))
    if is_behind:
        says = ngettext(
            "%(names)s is reading an earlier version",
            "%(names)s are reading it, not all of them as it is now",
            len(here),
        )
    return says % {"names": names}


def _is_shown(answer: Answer, desk: Desk) -> bool:
    """Show what somebody waits for. A draft stands beside its question, where it is finished."""
    if answer.status == Answer.Status.RELEASED:
        return False
    is_beside_question = answer.status == Answer.Status.DRAFT and answer.question_id is not None
    return not is_beside_question or not desk.incident.is_open


def _badge(answer: Answer, desk: Desk, cast: Cast, now: datetime) -> tuple[str, str, str]:
    if answer.status == Answer.Status.RELEASED:
        at = hhmmss(answer.release.at, cast.zone)
        return "green", "circle-check", _("Out at %(time)s") % {"time": at}
    if answer.status == Answer.Status.AWAITING_SIGN_OFF:
        return "accent", "hourglass", _waiting(answer, desk, now)
    decided = _last_decision(answer, desk)
    by = {"name": cast.name(decided.by_id)} if decided else {"name": ""}
    if answer.status == Answer.Status.APPROVED:
        return "green", "circle-check", _("Approved by %(name)s") % by
    if answer.status == Answer.Status.SENT_BACK:
        is_taken_back = decided is not None and decided.detail["kind"] == "take_back"
        says = _("Taken back by %(name)s") if is_taken_back else _("%(name)s asked for a change")
        return "amber", "corner-up-left", says % by
    return "plain", "square-pen", _("Draft")


def _waiting(answer: Answer, desk: Desk, now: datetime) -> str:
    sent_at = desk.submitted_at(answer)
    waited = mmss((now - sent_at).total_seconds()) if sent_at else ""
    if not desk.incident.is_open:
        return _("Never signed off")
    names = listed([person.first_name for person in desk.on_it]) or _("sign-off")
    return _("Waiting for %(names)s, %(time)s") % {"names": names, "time": waited}


def _last_decision(answer: Answer, desk: Desk) -> Event | None:
    about = [
        each
        for each in desk.events
        if each.kind == "decided" and each.detail["answer"] == answer.pk
    ]
    settling = [e for e in about if e.detail["settles"] or e.detail["kind"] == "take_back"]
    return settling[-1] if settling else None
