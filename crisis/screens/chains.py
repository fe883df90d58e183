"""Chains and rotas as they stand, to be read and not to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.queries.rota import RotaTurns
from crisis.screens.coverage import Coverage
from crisis.screens.first_run import admin_url
from crisis.screens.when import day_and_time
from escalation.models import Chain, Person


@dataclass(frozen=True, slots=True)
class ChainTab:
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class TurnRow:
    who: str
    since: str
    is_gap: bool


@dataclass(frozen=True, slots=True)
class RotaCard:
    name: str
    now: TurnRow
    then: tuple[TurnRow, ...]


@dataclass(frozen=True, slots=True)
class ChainsScreen:
    tabs: tuple[ChainTab, ...]
    name: str
    used_says: str
    coverage: Coverage | None
    rotas: tuple[RotaCard, ...]
    edit_url: str


def chains_screen(
    chains: Sequence[Chain],
    current: Chain | None,
    coverage: Coverage | None,
    rotas: Sequence[RotaTurns],
    viewer: Person,
    zone: str,
) -> ChainsScreen:
    """Build the page of one chain, with tabs to the others."""
    address = reverse("crisis:chains")
    used = getattr(current, "used", 0)
    says = ngettext("Used by %(n)d playbook", "Used by %(n)d playbooks", used) % {"n": used}
    return ChainsScreen(
        tabs=tuple(
            ChainTab(each.name, f"{address}?chain={each.pk}", each == current) for each in chains
        ),
        name=current.name if current else "",
        used_says=says if used else _("Used when no playbook fits"),
        coverage=coverage,
        rotas=tuple(_rota(each, zone) for each in rotas),
        edit_url=admin_url("escalation_chain") if viewer.is_staff else "",
    )


def _rota(turns: RotaTurns, zone: str) -> RotaCard:
    rows = []
    for each in turns.turns:
        since = _("From %(when)s") % {"when": day_and_time(each.starts_at, zone)}
        name = each.person.name if each.person else _("Nobody")
        rows.append(TurnRow(name, since, each.person is None))
    return RotaCard(turns.rota.name, rows[0], tuple(rows[1:6]))
