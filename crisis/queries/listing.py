"""Code reds as lists, page by page: by number, so that nothing slips between two pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from crisis.access import ways_to_see
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
    ways = [way.filter(status=Incident.Status.STOOD_DOWN) for way in ways_to_see(person)]
    if before is not None:
        ways = [way.filter(number__lt=before) for way in ways]
    rows = [with_answer_time(way.select_related("raised_by", "protocol__playbook")) for way in ways]
    found = newest(rows, PAGE_SIZE + 1)
    has_more = len(found) > PAGE_SIZE
    page = found[:PAGE_SIZE]
    return Listing(page, page[-1].number if has_more else None)


def newest(ways: Iterable[QuerySet[Incident]], count: int) -> list[Incident]:
    """Give the highest numbers of several lists, the highest first, each once."""
    found = {each.pk: each for way in ways for each in way.order_by("-number")[:count]}
    return sorted(found.values(), key=lambda each: -each.number)[:count]
