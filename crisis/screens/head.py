"""The head of every page of a code red: which one it is, and how much time is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crisis.models import Incident
from crisis.queries.desk import Desk
from crisis.queries.figures import EVERYONE_SECONDS
from crisis.screens.parts import Countdown, Happening, Mark, Track, countdown, track
from crisis.screens.sentences import Cast, listed
from escalation.models import Deadline, Event

PAGED = ("paged", "delivered", "seen", "acted", "on_it", "failed")
"""States of people who have been paged, whether or not it reached them."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on top. `line` is missing on pages where another thing comes first."""

    number: int
    is_drill: bool
    heading: str
    clock: Countdown | None = None
    line: Track | None = None
    is_open: bool = True

    @property
    def is_over(self) -> bool:
        return self.line is not None and self.line.is_over

    @property
    def title(self) -> str:
        """The start of the page's title: the time left comes first."""
        return f"{self.clock.title}: {self.heading}" if self.clock else self.heading


def promise(deadlines: Sequence[Deadline], kind: str) -> Deadline | None:
    """The latest promise of a kind."""
    found = [each for each in deadlines if each.kind == kind]
    return max(found, key=lambda each: each.due_at, default=None)


def everyone_by(incident: Incident) -> datetime:
    """When everyone who asked has an answer of their own."""
    return incident.raised_at + timedelta(seconds=EVERYONE_SECONDS)


def everyone_clock(incident: Incident, now: datetime, zone: str) -> Countdown:
    return countdown(now, everyone_by(incident), zone, incident.raised_at, what=_("All answers"))


def slim_head(incident: Incident, deadlines: Sequence[Deadline], now: datetime, zone: str) -> Head:
    """Head a page on which somebody works: the promise that runs now, small."""
    return Head(
        number=incident.number,
        is_drill=incident.is_drill,
        heading=incident.heading,
        clock=_running_clock(incident, deadlines, now, zone) if incident.is_open else None,
        is_open=incident.is_open,
    )


def _running_clock(
    incident: Incident, deadlines: Sequence[Deadline], now: datetime, zone: str
) -> Countdown:
    answer = promise(deadlines, Deadline.Kind.ANSWER)
    if answer is None or answer.met_at is None:
        return answer_clock(incident, answer, now, zone)
    if now < everyone_by(incident):
        return everyone_clock(incident, now, zone)
    update = promise(deadlines, Deadline.Kind.NEXT_UPDATE)
    if update and update.met_at is None:
        return countdown(now, update.due_at, zone, update.started_at, what=_("Next update"))
    return answer_clock(incident, answer, now, zone)


def answer_clock(
    incident: Incident, deadline: Deadline | None, now: datetime, zone: str
) -> Countdown:
    """Count down to the first answer, or tell how it was met."""
    due_at = deadline.due_at if deadline else incident.escalation.due_at
    met_at = deadline.met_at if deadline else None
    what = _("First answer") if met_at else _("Answer")
    return countdown(now, due_at, zone, incident.raised_at, met_at, what=what)


def head_of(desk: Desk, cast: Cast, now: datetime) -> Head:
    """Head the console: the clock, and the line with what has happened on it."""
    incident, zone = desk.incident, cast.zone
    deadline = promise(desk.deadlines, Deadline.Kind.ANSWER)
    until = now if incident.is_open else incident.stood_down_at or now
    due_at = deadline.due_at if deadline else incident.escalation.due_at
    met_at = deadline.met_at if deadline else None
    is_over = met_at is None and until >= due_at
    is_counting = incident.is_open or met_at is not None
    return Head(
        number=incident.number,
        is_drill=incident.is_drill,
        heading=incident.heading,
        clock=answer_clock(incident, deadline, now, zone) if is_counting else None,
        line=track(
            until,
            due_at,
            incident.raised_at,
            met_at,
            happenings=[
                each
                for each in _happenings(desk.events, cast, is_over)
                if met_at is None or each.at <= met_at
            ],
            marks=_late_marks(desk) if is_over else _marks(desk, cast, met_at is not None),
        ),
        is_open=incident.is_open,
    )


_DOTS = {
    "acknowledged": ("user-check", gettext_lazy("%(by)s on it")),
    "answer_submitted": ("send", gettext_lazy("Sent for sign-off")),
    "released": ("megaphone", gettext_lazy("Out")),
}


def _happenings(events: Sequence[Event], cast: Cast, is_over: bool) -> Iterator[Happening]:
    """What is worth a dot: the acts; and once it is late, whom the clock paged."""
    for event in events:
        if event.kind in _DOTS:
            icon, says = _DOTS[event.kind]
            yield Happening(event.at, icon, str(says) % {"by": cast.name(event.by_id)})
        elif event.kind == "decided" and event.detail["settles"] and _is_approval(event):
            yield Happening(event.at, "check", _("Approved"))
        elif event.kind == "step_paged" and is_over:
            names = cast.names(event.detail["people"])
            yield Happening(event.at, "bell-ring", _("%(names)s paged") % {"names": names})


def _is_approval(event: Event) -> bool:
    return event.detail["kind"] in ("approve", "amend_and_approve")


def _marks(desk: Desk, cast: Cast, is_met: bool) -> list[Mark]:
    """Name each step of the chain under its minute, and the end."""
    states = {each.person.pk: each.state for each in desk.people}
    plan = next((each for each in desk.events if each.kind == "escalation_started"), None)
    steps = plan.detail["plan"] if plan else []
    marks = []
    for step in steps:
        names = listed([cast.name(person) for person in step["people"]])
        known = {states.get(person, "") for person in step["people"]}
        if known & set(PAGED):
            marks.append(Mark(step["after"], _("%(names)s paged") % {"names": names}))
        elif "next" in known:
            marks.append(Mark(step["after"], _("%(names)s next") % {"names": names}, is_next=True))
        elif "then" in known:
            marks.append(Mark(step["after"], names))
    end = _("Answer due") if is_met or not desk.incident.is_open else _("Answer out")
    return [*marks, Mark(desk.incident.limit_seconds, end)]


def _late_marks(desk: Desk) -> list[Mark]:
    paged = sum(each.state in PAGED for each in desk.people)
    on_it = len(desk.on_it)
    says = ngettext("%(n)d person paged", "%(n)d people paged", paged) % {"n": paged}
    rest = ", ".join(person.first_name for person in desk.on_it)
    who = _("%(names)s on it") % {"names": rest} if on_it else _("nobody on it")
    limit = desk.incident.limit_seconds
    end = _("All answered") if limit * 2 == EVERYONE_SECONDS else ""
    return [
        Mark(0, f"{says}, {who}"),
        Mark(limit, _("Answer was due"), is_next=desk.incident.is_open),
        Mark(limit * 2, end),
    ]
