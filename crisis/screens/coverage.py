"""Who would be paged now, after how many minutes, and when that was last proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.screens.sentences import listed
from crisis.screens.when import day
from escalation.models import Chain, ContactMethod
from escalation.queries import Place
from escalation.rules.clocktext import mmss

PROOF_DAYS = 30
"""A way to reach somebody that was not proven for this long is worth a test."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One person's place on the chain. `kind` is green, amber or red."""

    mark: str
    name: str
    title: str
    via: str
    ways: str
    kind: str
    icon: str
    says: str
    is_for_information: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """A chain as it would run now."""

    name: str
    rungs: tuple[Rung, ...]
    again: str
    grace: str

    @property
    def reaches_nobody(self) -> bool:
        return all(rung.kind == "red" for rung in self.rungs)


def coverage_of(
    chain: Chain | None, places: Sequence[Place], now: datetime, zone: str
) -> Coverage | None:
    """Show a chain's places; nothing without a chain."""
    if chain is None:
        return None
    again = _("Everyone is paged again every %(time)s until somebody decides.")
    grace = _("“I’m on it” holds the chain for %(time)s.")
    return Coverage(
        name=chain.name,
        rungs=tuple(_rung(place, now, zone) for place in places),
        again=again % {"time": mmss(chain.repeat_seconds)},
        grace=grace % {"time": mmss(chain.grace_seconds)},
    )


def _rung(place: Place, now: datetime, zone: str) -> Rung:
    kind, icon, says = _proof(place, now, zone)
    return Rung(
        mark=mmss(place.after_seconds),
        name=place.person.name,
        title=place.person.title,
        via=place.via,
        ways=ways_in_words(place.kinds),
        kind=kind,
        icon=icon,
        says=says,
        is_for_information=place.is_for_information,
    )


def ways_in_words(kinds: Sequence[str]) -> str:
    """Write "e-mail and webhook". A kind that a newer release has added stands as it is."""
    labels = dict(ContactMethod.Kind.choices)
    words = listed([str(labels.get(kind, kind)).lower() for kind in kinds])
    return words[:1].upper() + words[1:]


def _proof(place: Place, now: datetime, zone: str) -> tuple[str, str, str]:
    if not place.is_reachable:
        return "red", "circle-x", _("Cannot be reached now")
    if place.last_proven_at is None:
        return "amber", "triangle-alert", _("Never tested")
    days = (now - place.last_proven_at).days
    if days >= PROOF_DAYS:
        says = ngettext("Not tested for %(n)d day", "Not tested for %(n)d days", days)
        return "amber", "triangle-alert", says % {"n": days}
    proven = day(place.last_proven_at, zone)
    return "green", "circle-check", _("Reached on %(day)s") % {"day": proven}
