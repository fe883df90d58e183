"""Lists of code reds: what is open first, then what is over, with how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crisis.models import Incident
from crisis.queries.listing import Listing
from crisis.screens.when import day_and_time
from escalation.rules.clocktext import mmss


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One code red in a list."""

    number: int
    is_drill: bool
    heading: str
    raised: str
    says: str
    kind: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class IncidentsScreen:
    """A page of a list."""

    open: tuple[IncidentRow, ...]
    closed: tuple[IncidentRow, ...]
    next_before: int | None
    is_first_page: bool


def incidents_screen(
    opened: list[Incident], listing: Listing, *, is_first_page: bool, zone: str, to: str
) -> IncidentsScreen:
    """Build a page; what is closed leads to the url named `to`."""
    return IncidentsScreen(
        open=tuple(incident_row(each, zone, "crisis:console") for each in opened),
        closed=tuple(incident_row(each, zone, to) for each in listing.closed),
        next_before=listing.next_before,
        is_first_page=is_first_page,
    )


def incident_row(incident: Incident, zone: str, to: str) -> IncidentRow:
    kind, icon, says = _outcome(incident)
    by = incident.raised_by.name
    return IncidentRow(
        number=incident.number,
        is_drill=incident.is_drill,
        heading=incident.heading,
        raised=f"{day_and_time(incident.raised_at, zone)}, {by}",
        says=says,
        kind=kind,
        icon=icon,
        url=reverse(to, args=[incident.number]),
    )


def _outcome(incident: Incident) -> tuple[str, str, str]:
    """Say how it went: answered in how long, or how it ended without an answer."""
    met_at: datetime | None = getattr(incident, "answer_met_at", None)
    due_at: datetime | None = getattr(incident, "answer_due_at", None)
    if met_at is None:
        if incident.is_open:
            return "accent", "hourglass", _("Not answered yet")
        return "plain", "circle-stop", incident.get_end_display()
    after = mmss((met_at - incident.raised_at).total_seconds())
    if due_at and met_at > due_at:
        return "red", "circle-x", _("Out in %(after)s, late") % {"after": after}
    return "green", "circle-check", _("Out in %(after)s") % {"after": after}
