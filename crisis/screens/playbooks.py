"""A playbook as plain cards: when, what to do, which words, who signs, what falls to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.queries.playbook import Shelf
from crisis.rules.wording import Stretch
from crisis.screens.agreed import StepRow, in_words, step_rows
from crisis.screens.first_run import admin_url
from crisis.screens.rows import Counter, counter
from crisis.screens.sentences import listed
from crisis.screens.when import day
from escalation.models import Person
from escalation.rules.clocktext import mmss
from playbooks.models import Placeholder, Playbook, Protocol, Statement
from playbooks.rules.counting import fit
from playbooks.rules.placeholders import longest


@dataclass(frozen=True, slots=True)
class PlaybookRow:
    """One playbook in the list."""

    title: str
    summary: str
    says: str
    kind: str
    icon: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class Fit:
    network: str
    name: str
    counter: Counter


@dataclass(frozen=True, slots=True)
class StatementCard:
    title: str
    kind: str
    guard: str
    is_pre_approved: bool
    stretches: tuple[Stretch, ...]
    fits: tuple[Fit, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    title: str
    says: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """One time that this playbook promises."""

    name: str
    time: str


@dataclass(frozen=True, slots=True)
class PlaybookScreen:
    title: str
    summary: str
    state: str
    state_kind: str
    state_icon: str
    trigger: str
    not_this: str
    steps: tuple[StepRow, ...]
    statements: tuple[StatementCard, ...]
    promises: tuple[Promise, ...]
    chain: str
    chain_url: str
    sign_off: str
    falls: str
    clause: str
    never: tuple[str, ...]
    signatures: tuple[Signature, ...]
    is_restricted: bool
    edit_url: str


def playbook_row(playbook: Playbook) -> PlaybookRow:
    """Show a playbook in the list; it carries `live` of `playbooks_listed`."""
    live: Protocol | None = next(iter(getattr(playbook, "live", [])), None)
    kind, icon, state = "amber", "triangle-alert", _("No version is live")
    if live:
        kind, icon = "green", "circle-check"
        state = _("Version %(n)d is live") % {"n": live.version}
    says = _times_raised(playbook, live)
    if live:
        says = _("%(raised)s. Chain: %(chain)s") % {"raised": says, "chain": live.chain.name}
    url = reverse("crisis:playbook", args=[playbook.code])
    return PlaybookRow(playbook.title, playbook.summary, says, kind, icon, state, url)


def _times_raised(playbook: Playbook, live: Protocol | None) -> str:
    """Tell how often it was raised, which is nobody's to know of what is restricted."""
    if live and live.is_restricted:
        return _("Restricted to its chain")
    raised = playbook.times_raised
    times = ngettext("Raised once", "Raised %(n)d times", raised) % {"n": raised}
    return times if raised else _("Never raised")


def playbook_screen(shelf: Shelf, viewer: Person, zone: str) -> PlaybookScreen | None:
    """Build the page of a playbook; nothing for one that has no version at all."""
    protocol = shelf.protocol
    if protocol is None:
        return None
    kind, icon, state = _state(protocol, zone)
    return PlaybookScreen(
        title=shelf.playbook.title,
        summary=shelf.playbook.summary,
        state=state,
        state_kind=kind,
        state_icon=icon,
        trigger=protocol.trigger,
        not_this=protocol.not_this,
        steps=step_rows(shelf.steps),
        statements=tuple(_statement(each, shelf) for each in shelf.statements),
        promises=tuple(_promises(protocol)),
        chain=protocol.chain.name,
        chain_url=f"{reverse('crisis:chains')}?chain={protocol.chain_id}",
        sign_off=_sign_off(protocol),
        falls=str(protocol.get_falls_to_officer_display()),
        clause=protocol.clause,
        never=tuple(protocol.never),
        signatures=tuple(_signatures(protocol, zone)),
        is_restricted=protocol.is_restricted,
        edit_url=admin_url("playbooks_playbook") if viewer.is_staff else "",
    )


def _state(protocol: Protocol, zone: str) -> tuple[str, str, str]:
    version = {"n": protocol.version, "day": ""}
    if protocol.status == Protocol.Status.PUBLISHED and protocol.published_at:
        version["day"] = day(protocol.published_at, zone)
        return "green", "circle-check", _("Version %(n)d is live, since %(day)s") % version
    return "accent", "square-pen", _("Version %(n)d, draft. No version is live") % version


def _statement(statement: Statement, shelf: Shelf) -> StatementCard:
    """Show a statement, and how it fits each channel with every blank at its longest."""
    fixed = {
        each.name: each.example
        for each in shelf.placeholders
        if each.kind == Placeholder.Kind.FIXED
    }
    maxima = {each.name: each.max_length for each in shelf.placeholders}
    at_most = longest(statement.text, maxima)
    fits = []
    for channel in shelf.channels:
        found = fit(at_most, channel.network, shelf.house.house_limit, channel.limit)
        count = counter(found.count, found.limit, approvable=True)
        fits.append(Fit(channel.network, channel.network_name, count))
    return StatementCard(
        title=statement.title,
        kind=str(statement.get_kind_display()),
        guard=statement.guard,
        is_pre_approved=statement.is_pre_approved,
        stretches=in_words(statement, fixed, shelf.placeholders),
        fits=tuple(fits),
    )


def _promises(protocol: Protocol) -> Sequence[Promise]:
    promises = [
        Promise(_("First word"), mmss(protocol.first_word_seconds)),
        Promise(_("Answer"), mmss(protocol.limit_seconds)),
        Promise(_("Next update"), _minutes(protocol.next_update_seconds)),
    ]
    if protocol.regulator_seconds:
        hours = protocol.regulator_seconds // 3600
        time = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
        promises.append(Promise(_("Regulator"), time))
    return promises


def _minutes(seconds: int) -> str:
    minutes = seconds // 60
    return ngettext("every %(n)d minute", "every %(n)d minutes", minutes) % {"n": minutes}


def _sign_off(protocol: Protocol) -> str:
    names = listed([each.name for each in protocol.signers.all()])
    who = names or _("everyone on the chain who is asked to act")
    words = {
        Protocol.SignOff.ANY: _("Any one of: %(who)s"),
        Protocol.SignOff.ALL: _("All of: %(who)s"),
        Protocol.SignOff.N_OF: ngettext("%(n)d of: %(who)s", "%(n)d of: %(who)s", protocol.needed),
    }
    says = {"who": who, "n": protocol.needed}
    return words[Protocol.SignOff(protocol.sign_off)] % says


def _signatures(protocol: Protocol, zone: str) -> Sequence[Signature]:
    signed = _("Signed on %(day)s")
    rows = []
    for title, by, at in (
        (_("%(name)s, officer"), protocol.officer_signed_by, protocol.officer_signed_at),
        (_("%(name)s, manager"), protocol.manager_signed_by, protocol.manager_signed_at),
    ):
        if by and at:
            says = signed % {"day": day(at, zone)}
            rows.append(Signature(title % {"name": by.name}, says, is_done=True))
    if not protocol.is_officer_signed:
        says = _("It can be used all the same, and every report says so")
        rows.append(Signature(_("No officer has signed"), says, is_done=False))
    return rows
