"""Code reds as lists, page by page: by number, so that nothing slips between two pages."""

from __future__ import annotations

from dataclasses import dataclass

from crisis.access import incidents_of
from crisis.models import Incident
from crisis.queries.home import with_answer_time
from escalation.models import Person

PAGE_SIZE = 25


@dataclass(frozen=True)
class Listing:
    """One page of what is closed, and the number before which the next one starts."""

    closed: list[Incident]
    next_before: int | None


def closed_page(person: Person, before: int | None) -> Listing:
    """List what was stood down, the latest number first, and only what is older than `before`."""
    closed = incidents_of(person).filter(status=Incident.Status.STOOD_DOWN)
    if before is not None:
        closed = closed.filter(number__lt=before)
    rows = with_answer_time(closed.select_related("raised_by", "protocol__playbook"))
    found = list(rows.order_by("-number")[: PAGE_SIZE + 1])
    has_more = len(found) > PAGE_SIZE
    page = found[:PAGE_SIZE]
    return Listing(page, page[-1].number if has_more else None)
