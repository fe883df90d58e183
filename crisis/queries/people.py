"""Who has been reached: each person's best state over all their pages in one incident."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crisis.models import Incident
from escalation.models import Acknowledgement, Escalation, EscalationStep, Page, Person
from escalation.queries import people_on

_RANK = [
    Page.Status.FAILED,
    Page.Status.QUEUED,
    Page.Status.SENDING,
    Page.Status.SENT,
    Page.Status.DELIVERED,
    Page.Status.SEEN,
    Page.Status.ACTED,
]
_STATE = {
    Page.Status.FAILED: "failed",
    Page.Status.QUEUED: "paged",
    Page.Status.SENDING: "paged",
    Page.Status.SENT: "paged",
    Page.Status.DELIVERED: "delivered",
    Page.Status.SEEN: "seen",
    Page.Status.ACTED: "acted",
}


@dataclass(frozen=True)
class Reached:
    """One person of an incident: `state` is on_it, acted, seen, delivered, paged, failed,
    unreachable, next, then or not_needed; `at` is when that became so, or will."""

    person: Person
    state: str
    at: datetime | None
    is_for_information: bool


def pages_of(incident: Incident) -> list[Page]:
    """List the pages about the storm, in order; codes for devices are not about it."""
    pages = Page.objects.filter(escalation__timeline_id=incident.timeline_id)
    about = pages.exclude(occasion=Page.Occasion.CODE).exclude(status=Page.Status.DROPPED)
    return list(about.select_related("contact_method").order_by("queued_at", "pk"))


def acknowledgements_of(incident: Incident) -> list[Acknowledgement]:
    """List who said "I'm on it", the first one first."""
    said = Acknowledgement.objects.filter(escalation__timeline_id=incident.timeline_id)
    return list(said.order_by("at"))


def people_of(
    incident: Incident,
    pages: Sequence[Page] | None = None,
    said: Sequence[Acknowledgement] | None = None,
) -> list[Reached]:
    """List everyone on the alarm's plan, those on it first, then as they are paged.

    `pages` and `said` are those of `pages_of` and `acknowledgements_of`, where the caller has read
    them already.
    """
    alarm = incident.escalation
    best = _best_pages(pages_of(incident) if pages is None else pages)
    on_it = _on_it(acknowledgements_of(incident) if said is None else said)
    upcoming = _upcoming_position(alarm)
    rows: dict[int, Reached] = {}
    for target in people_on(alarm):
        person = target.person
        state, moment = _state(person.pk, on_it, best, target.step, alarm, upcoming)
        known = rows.get(person.pk)
        is_told = target.is_for_information and (known is None or known.is_for_information)
        if known is None or known.state == "unreachable":
            known = Reached(person, state, moment, is_told)
        rows[person.pk] = replace(known, is_for_information=is_told)
    return sorted(rows.values(), key=lambda each: each.state != "on_it")


def _best_pages(pages: Sequence[Page]) -> dict[int, Page]:
    """The page of each person that got furthest."""
    grouped: dict[int, list[Page]] = defaultdict(list)
    for page in pages:
        grouped[page.person_id].append(page)
    return {
        person_id: max(each, key=lambda page: _RANK.index(Page.Status(page.status)))
        for person_id, each in grouped.items()
    }


def _on_it(said: Sequence[Acknowledgement]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for row in said:
        found.setdefault(row.person_id, row.at)
    return found


def _upcoming_position(alarm: Escalation) -> int | None:
    return alarm.next_step if alarm.is_running else None


def _state(
    person_id: int,
    on_it: dict[int, datetime],
    pages: dict[int, Page],
    step: EscalationStep,
    alarm: Escalation,
    upcoming: int | None,
) -> tuple[str, datetime | None]:
    if person_id in on_it:
        return "on_it", on_it[person_id]
    if person_id in pages:
        page = pages[person_id]
        return _STATE[Page.Status(page.status)], _moment(page)
    if step.fired_at:
        return "unreachable", step.fired_at
    if upcoming is None:
        return "not_needed", None
    if step.position == upcoming:
        return "next", alarm.next_page_at
    return "then", step.due_at


def _moment(page: Page) -> datetime:
    moments = (page.acted_at, page.seen_at, page.delivered_at, page.failed_at, page.sent_at)
    return next((each for each in moments if each), page.queued_at)
