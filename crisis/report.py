"""The after-action report: what a timeline and its rows tell, with nothing typed in afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crisis.models import Answer, Event, Incident
from crisis.queries.desk import answers_of, events_of, named_in
from crisis.queries.figures import Figures, Rows, figures_from, rows_of
from crisis.queries.people import Reached, people_of
from escalation.models import Page, Person
from escalation.operations.evidence import Fault, verify


@dataclass(frozen=True)
class PersonPaged:
    """One person of the report: each moment is the earliest over all their pages."""

    person: Person
    state: str
    is_for_information: bool
    ways: tuple[str, ...]
    pages: int
    paged_at: datetime | None
    delivered_at: datetime | None
    seen_at: datetime | None
    acted_at: datetime | None


@dataclass(frozen=True)
class Report:
    """Everything that an after-action report says about one incident."""

    incident: Incident
    figures: Figures
    rows: Rows
    events: list[Event]
    answers: list[Answer]
    people: list[PersonPaged]
    named: dict[int, Person]
    fault: Fault | None
    lasted_seconds: float
    """From the alarm to its end, or to now while it is open."""


def report_of(incident: Incident, now: datetime) -> Report:
    """Draw up the report as of now, and check that its evidence still holds."""
    rows = rows_of(incident)
    events = events_of(incident)
    reached = people_of(incident, rows.pages, rows.acknowledgements)
    return Report(
        incident=incident,
        figures=figures_from(incident, rows),
        rows=rows,
        events=events,
        answers=answers_of(incident),
        people=[_paged(each, rows.pages) for each in reached],
        named=named_in(events, [incident.raised_by, *(each.person for each in reached)]),
        fault=verify(incident.timeline, events),
        lasted_seconds=((incident.stood_down_at or now) - incident.raised_at).total_seconds(),
    )


def _paged(reached: Reached, pages: list[Page]) -> PersonPaged:
    mine = [page for page in pages if page.person_id == reached.person.pk]
    ways = dict.fromkeys(str(page.contact_method.get_kind_display()) for page in mine)
    return PersonPaged(
        person=reached.person,
        state=reached.state,
        is_for_information=reached.is_for_information,
        ways=tuple(ways),
        pages=len(mine),
        paged_at=_first(mine, "sent_at"),
        delivered_at=_first(mine, "delivered_at"),
        seen_at=_first(mine, "seen_at"),
        acted_at=_first(mine, "acted_at"),
    )


def _first(pages: list[Page], field: str) -> datetime | None:
    moments = [getattr(page, field) for page in pages]
    return min((each for each in moments if each), default=None)
