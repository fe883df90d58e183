"""Who is on call on the rotas of a chain, now and over the next days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q

from escalation.models import Chain, Override, Person, Rota
from escalation.rules.oncall import StandIn, Turns, on_call
from playbooks.models import Protocol

DAYS = 14
"""Two weeks: who swaps, swaps by then."""


@dataclass(frozen=True)
class Turn:
    """One person's turn; the one that runs now began before."""

    starts_at: datetime
    person: Person | None


@dataclass(frozen=True)
class RotaTurns:
    """A rota and the turns on it, the present one first."""

    rota: Rota
    turns: list[Turn]


def chains_listed() -> list[Chain]:
    """List the chains; `used` counts the live playbooks of each."""
    live = Q(protocol__status=Protocol.Status.PUBLISHED)
    return list(Chain.objects.annotate(used=Count("protocol", filter=live)))


def rotas_of(chain: Chain, now: datetime) -> list[RotaTurns]:
    """List the rotas that a chain pages by, each with its next turns."""
    swaps = Override.objects.filter(ends_at__gt=now).select_related("person")
    rotas = Rota.objects.filter(chaintarget__step__chain=chain).distinct()
    rows = rotas.prefetch_related("shifts__person", Prefetch("overrides", swaps))
    return [RotaTurns(rota, _turns(rota, now)) for rota in rows]


def _turns(rota: Rota, now: datetime) -> list[Turn]:
    people = {each.person_id: each.person for each in rota.shifts.all()}
    people |= {each.person_id: each.person for each in rota.overrides.all()}
    plain = Turns(
        zone=rota.time_zone,
        starts_on=rota.starts_on,
        handover_at=rota.handover_at,
        turn_days=rota.turn_days,
        people=tuple(each.person_id for each in rota.shifts.all()),
    )
    swaps = [StandIn(s.starts_at, s.ends_at, s.person_id) for s in rota.overrides.all()]
    turns: list[Turn] = []
    for moment in sorted({now, *_changes(plain, swaps, now)}):
        person = people.get(on_call(plain, swaps, moment) or 0)
        if not turns or turns[-1].person != person:
            turns.append(Turn(moment, person))
    return turns


def _changes(turns: Turns, swaps: list[StandIn], now: datetime) -> Iterator[datetime]:
    """Every moment from now on at which somebody else may be due."""
    zone, end = ZoneInfo(turns.zone), now + timedelta(days=DAYS)
    first = now.astimezone(zone).date()
    days = (first + timedelta(days=number) for number in range(DAYS + 1))
    handovers = [datetime.combine(each, turns.handover_at, tzinfo=zone) for each in days]
    edges = [edge for swap in swaps for edge in (swap.starts_at, swap.ends_at)]
    yield from (moment for moment in [*handovers, *edges] if now < moment <= end)
