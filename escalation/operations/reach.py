"""Who can be paged right now, and by which ways."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from escalation.models import ContactMethod, verified
from escalation.operations.prepared import rows
from escalation.transports import TRANSPORTS, transport


@dataclass(frozen=True, slots=True)
class Way:
    """One contact method that may be paged, with what its transport needs."""

    method_id: int
    person_id: int
    person_name: str
    kind: str
    address: str
    secret: str
    provider: str
    """Whoever carries pages to this address: one that is slow must delay no other."""


class Reach:
    """The ways to some people: active ones only, by what was verified, and who is away."""

    def __init__(self, ways: Iterable[Way], away: Iterable[int]) -> None:
        self._ways: dict[int, list[Way]] = defaultdict(list)
        for way in ways:
            self._ways[way.person_id].append(way)
        self._away = set(away)

    def can_be_paged(self, person_id: int, *, even_when_away: bool) -> bool:
        return person_id in self._ways and (even_when_away or person_id not in self._away)

    def people(self, *, even_when_away: bool) -> set[int]:
        return set(self._ways) - (set() if even_when_away else self._away)

    def by(self, person_id: int, kinds: Sequence[str]) -> list[Way]:
        """Give a person's ways of these kinds; all they have where there is none of them.

        A wish about the way never silences the page.
        """
        ways = self._ways.get(person_id, [])
        return [way for way in ways if way.kind in kinds] or ways


def reach_of(person_ids: Iterable[int], now: datetime) -> Reach:
    """Read how some people can be reached at a moment.

    A kind of contact method that this release does not know is none: a newer one may have added it.
    """
    found = [row for row in rows(_ways, list(set(person_ids))) if row[3] in TRANSPORTS]
    away = [row[1] for row in found if _is_away(row[6], row[7], now)]
    ways = [Way(*[*row[:6], transport(row[3]).provider(row[4])]) for row in found]
    return Reach(ways, away)


def _ways(person_ids: list[int]) -> QuerySet[ContactMethod, tuple[Any, ...]]:
    ways = ContactMethod.objects.filter(
        verified(), person__pk__any_of=person_ids, person__is_active=True
    )
    return ways.order_by("person_id", "pk").values_list(
        "pk",
        "person_id",
        "person__name",
        "kind",
        "address",
        "secret",
        "person__out_of_office_from",
        "person__out_of_office_until",
    )


def reachable(
    person_ids: Iterable[int], now: datetime, *, even_when_away: bool = False
) -> set[int]:
    """Tell which people are active, not away, and have at least one verified contact method."""
    return reach_of(person_ids, now).people(even_when_away=even_when_away)


def _is_away(since: datetime | None, until: datetime | None, now: datetime) -> bool:
    return since is not None and since <= now and (until is None or until > now)
