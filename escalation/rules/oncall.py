"""Who is on call. Wall-clock rules in one zone, so that a clock change leaves no gap. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Turns:
    """A rota as plain values: people take turns of whole days, changing at a wall-clock time."""

    zone: str
    starts_on: date
    handover_at: time
    turn_days: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class StandIn:
    """Somebody who stands in from one moment to another."""

    starts_at: datetime
    ends_at: datetime
    person: int


def on_call(turns: Turns, stand_ins: Sequence[StandIn], at: datetime) -> int | None:
    """Name the person on call at a moment, or None for a rota without places.

    The latest stand-in that covers the moment wins. Before the first day the turns run backwards.
    """
    covering = [each for each in stand_ins if each.starts_at <= at < each.ends_at]
    if covering:
        return max(covering, key=lambda each: each.starts_at).person
    if not turns.people:
        return None
    return turns.people[turn_number(turns, at) % len(turns.people)]


def turn_number(turns: Turns, at: datetime) -> int:
    """Count the turns since the first day; each ends at its wall-clock handover, come what may."""
    local = at.astimezone(ZoneInfo(turns.zone))
    days = (local.date() - turns.starts_on).days
    if local.time() < turns.handover_at:
        days -= 1
    return days // turns.turn_days
