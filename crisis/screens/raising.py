"""What the officer chooses from when raising, and what happens when they press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crisis.models import QUESTION_LENGTH
from crisis.screens.coverage import Coverage, Rung
from crisis.screens.rows import ChoiceLabel, Counter, counter
from escalation.rules.clocktext import mmss
from playbooks.models import Channel, Playbook, Protocol
from playbooks.rules.networks import network_of_url

Choice = tuple[str, ChoiceLabel | str]


@dataclass(frozen=True, slots=True)
class PressRow:
    """One thing that happens by itself after the press."""

    mark: str
    name: str
    rest: str
    sub: str
    kind: str
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Raising:
    """The side of the screen: who is paged, and what is told before one presses."""

    rows: tuple[PressRow, ...]
    first_says: str
    counter: Counter
    reaches_nobody: bool
    unsigned_says: str


def playbook_choices(playbooks: Sequence[Playbook], live: dict[int, Protocol]) -> list[Choice]:
    """Offer the playbooks and, last, that none fits."""
    offered: list[Choice] = [
        (each.code, ChoiceLabel(each.title, _hint(each, live.get(each.pk)))) for each in playbooks
    ]
    return [
        *offered,
        ("-", ChoiceLabel(_("Something else"), _("Same people, no statements ready"))),
    ]


def _hint(playbook: Playbook, protocol: Protocol | None) -> str:
    if protocol is None:
        return _("No version is live yet: same people, no statements ready")
    minutes = protocol.limit_seconds // 60
    time = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return f"{playbook.summary}. {time}" if playbook.summary else time


def limit_choices() -> list[Choice]:
    """Offer the playbook's time first; five minutes, or ten and no more."""
    return [
        ("agreed", ChoiceLabel(_("As the playbook says"), _("Almost always this one"))),
        ("300", ChoiceLabel(_("5 minutes"), _("The first answer"))),
        ("600", ChoiceLabel(_("10 minutes"), _("Really complex: two teams check facts"))),
    ]


def channel_choices(channels: Sequence[Channel]) -> list[Choice]:
    return [("", _("Told from the link")), *((str(each.pk), str(each)) for each in channels)]


def channel_for(channels: Sequence[Channel], chosen: str, url: str) -> Channel | None:
    """Give the channel that was chosen, else the first on the link's network, else none."""
    for channel in channels:
        if str(channel.pk) == chosen:
            return channel
    network = network_of_url(url) if url else None
    return next((each for each in channels if each.network == network), None)


def raising(coverage: Coverage | None, protocol: Protocol | None, question: str) -> Raising:
    """Show whom a press pages on the chain of one protocol, and what falls to the officer."""
    rungs = coverage.rungs if coverage else ()
    limit = protocol.limit_seconds if protocol else 300
    end = PressRow(mmss(limit), "", _falls(protocol), "", "", is_end=True)
    asked = [rung for rung in rungs if not rung.is_for_information and rung.kind != "red"]
    first = _("%(name)s is paged first") % {"name": asked[0].name} if asked else ""
    return Raising(
        rows=(*(_row(rung, number) for number, rung in enumerate(rungs)), end),
        first_says=first or _("Nobody can be paged now"),
        counter=counter(len(question), QUESTION_LENGTH),
        reaches_nobody=coverage is None or coverage.reaches_nobody,
        unsigned_says=_("No officer has signed this playbook. It can be used all the same.")
        if protocol and not protocol.is_officer_signed
        else "",
    )


def _row(rung: Rung, number: int) -> PressRow:
    rest = _("is paged") if number == 0 or rung.mark == "0:00" else _("if nobody has decided")
    if rung.is_for_information:
        rest = _("for information")
    if rung.kind == "red":
        rest = _("cannot be reached, and is passed over")
    sub = f"{rung.ways}. {rung.says}" if rung.ways else rung.says
    return PressRow(rung.mark, rung.name, rest, sub, rung.kind)


_FALLS = {
    Protocol.Falls.NOTHING: gettext_lazy("Only words approved ahead of time may go out"),
    Protocol.Falls.HOLDING: gettext_lazy("You may extend the holding statement"),
    Protocol.Falls.ANSWER: gettext_lazy("You may release your own answer"),
}


def _falls(protocol: Protocol | None) -> str:
    if protocol is None:
        return _("Everyone is paged again, every minute")
    return str(_FALLS[Protocol.Falls(protocol.falls_to_officer)])
