"""The first screen: what is open, what waits, and what would happen now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Answer, Incident, SignOff
from crisis.screens.agreed import BriefingRow
from crisis.screens.coverage import Coverage
from crisis.screens.head import Head
from crisis.screens.parts import Countdown, countdown, track
from crisis.screens.sentences import addressee
from crisis.screens.when import day, long_day
from escalation.models import Person
from escalation.rules.clocktext import hhmm, hhmmss, mmss


@dataclass(frozen=True, slots=True)
class Fact:
    icon: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OpenCard:
    """One open code red."""

    head: Head
    raised: str
    facts: tuple[Fact, ...]
    url: str
    button: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One thing that waits for whoever looks."""

    icon: str
    title: str
    network: str
    says: str
    word: str
    url: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """What an empty screen says: the last time, and the last drill."""

    number: int
    heading: str
    says: str
    url: str
    drill_says: str


@dataclass(frozen=True, slots=True)
class Home:
    heading: str
    today: str
    open: tuple[OpenCard, ...]
    waiting: tuple[WaitingRow, ...]
    coverage: Coverage | None
    briefings: tuple[BriefingRow, ...]
    quiet: Quiet | None
    is_drill: bool
    may_raise: bool

    @property
    def title(self) -> str:
        return f"({len(self.open)}) {_('Home')}" if self.open else _("Home")


def heading_of(incidents: Sequence[Incident]) -> str:
    """Say how much is open, drills apart from the real thing."""
    drills = sum(each.is_drill for each in incidents)
    real = len(incidents) - drills
    if not incidents:
        return _("Nothing is open")
    if not real:
        return ngettext("One drill is open", "%(n)d drills are open", drills) % {"n": drills}
    return ngettext("One code red is open", "%(n)d code reds are open", real) % {"n": real}


def today(now: datetime, zone: str) -> str:
    return f"{long_day(now, zone)}, {hhmm(now, zone)}"


def open_card(incident: Incident, viewer: Person, now: datetime) -> OpenCard:
    """Show an open code red; the incident carries the counts of `open_for`."""
    zone = incident.escalation.time_zone
    by = _("you") if incident.raised_by == viewer else incident.raised_by.name
    button = _("Open the drill") if incident.is_drill else _("Open code red %(n)d")
    return OpenCard(
        head=_head(incident, now, zone),
        raised=_("Raised by %(by)s at %(time)s")
        % {"by": by, "time": hhmmss(incident.raised_at, zone)},
        facts=_facts(incident),
        url=reverse("crisis:console", args=[incident.number]),
        button=button % {"n": incident.number},
    )


def _head(incident: Incident, now: datetime, zone: str) -> Head:
    due_at = getattr(incident, "answer_due_at", None) or incident.escalation.due_at
    met_at = getattr(incident, "answer_met_at", None)
    clock: Countdown = countdown(
        now,
        due_at,
        zone,
        incident.raised_at,
        met_at,
        what=_("First answer") if met_at else _("Answer"),
    )
    line = track(now, due_at, incident.raised_at, met_at)
    return Head(incident.number, incident.is_drill, incident.heading, clock, line)


def _facts(incident: Incident) -> tuple[Fact, ...]:
    waiting, asking = getattr(incident, "waiting", 0), getattr(incident, "asking", 0)
    on_it = incident.escalation.acknowledged_by
    facts = [
        Fact("user-check", _("%(name)s is on it") % {"name": on_it.name}, "good")
        if on_it
        else Fact("circle-alert", _("Nobody is on it yet"))
    ]
    if waiting:
        says = ngettext(
            "%(n)d answer waiting for sign-off", "%(n)d answers waiting for sign-off", waiting
        )
        facts.append(Fact("hourglass", says % {"n": waiting}))
    people = ngettext("%(n)d person asking", "%(n)d people asking", asking)
    return (*facts, Fact("users", people % {"n": asking}))


def waiting_answer(answer: Answer) -> WaitingRow:
    """An answer that the officer has to do something with."""
    to = {"to": addressee(answer)}
    edit = reverse("crisis:answer", args=[answer.pk])
    post = reverse("crisis:release", args=[answer.pk])
    rows = {
        Answer.Status.APPROVED: ("send", _("Post the answer to %(to)s"), _("Post it"), post),
        Answer.Status.SENT_BACK: (
            "corner-up-left",
            _("Change the answer to %(to)s"),
            _("Change"),
            edit,
        ),
        Answer.Status.DRAFT: ("pen-line", _("Finish the answer to %(to)s"), _("Finish"), edit),
    }
    icon, title, word, url = rows[Answer.Status(answer.status)]
    asked = answer.question.text if answer.question else answer.incident.question
    return WaitingRow(icon, title % to, answer.channel.network, asked, word, url)


def waiting_sign_off(sign_off: SignOff) -> WaitingRow:
    """An answer that a manager has to decide on."""
    answer = sign_off.answer
    url = reverse("crisis:sign", args=[answer.incident.number])
    asked = answer.question.text if answer.question else answer.incident.question
    title = _("Decide on the answer to %(to)s") % {"to": addressee(answer)}
    return WaitingRow("signature", title, answer.channel.network, asked, _("Decide"), url)


def quiet(last: Incident | None, drill: Incident | None, now: datetime, zone: str) -> Quiet:
    """Say what is true when nothing is open."""
    return Quiet(
        number=last.number if last else 0,
        heading=last.heading if last else "",
        says=_last_says(last, zone) if last else "",
        url=reverse("crisis:report", args=[last.number]) if last else "",
        drill_says=_drill_says(drill, now),
    )


def _last_says(last: Incident, zone: str) -> str:
    met_at = getattr(last, "answer_met_at", None)
    on = day(last.raised_at, zone)
    if met_at is None:
        return _("was stood down without an answer on %(day)s.") % {"day": on}
    after = mmss((met_at - last.raised_at).total_seconds())
    return _("was answered in %(after)s on %(day)s.") % {"after": after, "day": on}


def _drill_says(drill: Incident | None, now: datetime) -> str:
    if drill is None:
        return _("There has been none yet")
    days = (now - drill.raised_at).days
    if days < 1:
        return _("The last one was today")
    return ngettext("The last one was yesterday", "The last one was %(n)d days ago", days) % {
        "n": days
    }
