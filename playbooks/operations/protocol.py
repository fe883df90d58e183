"""Versions of a playbook: begin one, sign it, publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from django.db import transaction
from django.db.models import Max

from escalation.models import Person
from escalation.rules.words import gettext as _
from playbooks.models import Placeholder, Playbook, Protocol, Statement, Step
from playbooks.operations.fitness import faults_of
from playbooks.rules.fitness import Fault

Part = TypeVar("Part", Step, Statement, Placeholder)
SignsAs = Literal["officer", "manager"]
_NOT_COPIED = (
    "id",
    "playbook",
    "version",
    "status",
    "officer_signed_by",
    "officer_signed_at",
    "manager_signed_by",
    "manager_signed_at",
    "published_at",
)


class NotAnAdmin(Exception):
    """Only an admin authors playbooks."""


class NothingToCopy(Exception):
    """The playbook has no version yet, so there is none to begin the next one from."""


class DraftWaiting(Exception):
    """The playbook has a draft already: that one is finished or deleted first."""

    def __init__(self, draft: Protocol) -> None:
        super().__init__(str(draft))
        self.draft = draft


class NotADraft(Exception):
    """This version was published: it never changes again."""


class NotTheirRole(Exception):
    """Whoever signs as the officer is one, and so with the manager."""


class AlreadySigned(Exception):
    """The version has this signature."""


class SameHand(Exception):
    """The officer's and the manager's signature are those of two people."""


class NotFit(Exception):
    """The version cannot be published as it stands. `faults` is everything that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"{each.where}: {each.what}" for each in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Parts:
    """What a version is made of. The models are not saved, and belong to no version yet."""

    fields: dict[str, Any]
    signers: Sequence[Person] = ()
    steps: Sequence[Step] = ()
    statements: Sequence[Statement] = ()
    placeholders: Sequence[Placeholder] = ()


@dataclass(frozen=True)
class Published:
    """A version that went live, the one it took the place of, and whether the officer had a say."""

    protocol: Protocol
    retired: Protocol | None
    is_officer_signed: bool = field(kw_only=True)


@transaction.atomic(durable=True)
def new_version(*, playbook: Playbook, by: Person) -> Protocol:
    """Begin the next version as a copy of the last. Nobody has signed it yet.

    Raises NotAnAdmin, NothingToCopy or DraftWaiting.
    """
    hold_for_draft(playbook, by)
    last = playbook.protocols.order_by("version").last()
    if last is None:
        raise NothingToCopy
    return write_draft(playbook=playbook, parts=_copied(last))


def hold_for_draft(playbook: Playbook, by: Person) -> None:
    """Lock a playbook so that two people do not begin a version at once.

    Raises NotAnAdmin or DraftWaiting.
    """
    if not by.is_admin:
        raise NotAnAdmin
    Playbook.objects.select_for_update().get(pk=playbook.pk)
    draft = playbook.protocols.filter(status=Protocol.Status.DRAFT).first()
    if draft:
        raise DraftWaiting(draft)


def _copied(last: Protocol) -> Parts:
    agreed = (each for each in Protocol._meta.concrete_fields if each.name not in _NOT_COPIED)
    return Parts(
        fields={each.attname: getattr(last, each.attname) for each in agreed},
        signers=list(last.signers.all()),
        steps=list(last.steps.all()),
        statements=list(last.statements.all()),
        placeholders=list(last.placeholders.all()),
    )


@transaction.atomic
def write_draft(*, playbook: Playbook, parts: Parts) -> Protocol:
    """Write a version's parts as a draft, within an operation that holds the playbook."""
    protocol = Protocol.objects.create(
        playbook=playbook, version=next_version(playbook), **parts.fields
    )
    protocol.signers.set(parts.signers)
    Step.objects.bulk_create(_belonging(parts.steps, protocol))
    Statement.objects.bulk_create(_belonging(parts.statements, protocol))
    Placeholder.objects.bulk_create(_belonging(parts.placeholders, protocol))
    return protocol


def next_version(playbook: Playbook) -> int:
    """Tell the number that the next version has."""
    return (playbook.protocols.aggregate(last=Max("version"))["last"] or 0) + 1


def _belonging(parts: Sequence[Part], protocol: Protocol) -> list[Part]:
    """Give new rows like these, under another version."""
    for part in parts:
        part.pk = None
        part._state.adding = True
        part.protocol = protocol
    return list(parts)


@transaction.atomic
def hold_draft(protocol: Protocol) -> None:
    """Lock a draft for an edit within a transaction. Raises NotADraft once it is published."""
    status = Protocol.objects.select_for_update().values_list("status", flat=True)
    if status.get(pk=protocol.pk) != Protocol.Status.DRAFT:
        raise NotADraft


@transaction.atomic
def drop_signatures(protocol: Protocol) -> bool:
    """Take the signatures off a draft that has changed; tells whether there were any.

    Nobody's name stands under words that they have not read.
    """
    signed = Protocol.objects.filter(pk=protocol.pk, status=Protocol.Status.DRAFT).exclude(
        officer_signed_by=None, manager_signed_by=None
    )
    return bool(
        signed.update(
            officer_signed_by=None,
            officer_signed_at=None,
            manager_signed_by=None,
            manager_signed_at=None,
        )
    )


@transaction.atomic(durable=True)
def sign(*, protocol: Protocol, by: Person, as_role: SignsAs, now: datetime) -> Protocol:
    """Put the officer's or a manager's name under a draft.

    Raises NotTheirRole, SameHand, AlreadySigned, or NotADraft once it is published.
    """
    if not (by.is_officer if as_role == "officer" else by.is_manager):
        raise NotTheirRole
    other = "manager" if as_role == "officer" else "officer"
    open_for_it = Protocol.objects.filter(
        pk=protocol.pk, status=Protocol.Status.DRAFT, **{f"{as_role}_signed_by": None}
    ).exclude(**{f"{other}_signed_by": by})
    signature = {f"{as_role}_signed_by": by, f"{as_role}_signed_at": now}
    if not open_for_it.update(**signature):
        raise _why_not_signed(protocol, by, other)
    protocol.refresh_from_db()
    return protocol


def _why_not_signed(protocol: Protocol, by: Person, other: str) -> Exception:
    protocol.refresh_from_db()
    if protocol.status != Protocol.Status.DRAFT:
        return NotADraft()
    return SameHand() if getattr(protocol, f"{other}_signed_by") == by else AlreadySigned()


@transaction.atomic(durable=True)
def publish(*, protocol: Protocol, by: Person, now: datetime) -> Published:
    """Let a signed draft go live, and retire the version it takes the place of.

    Without the officer's signature it goes live all the same, and says so. Raises NotAnAdmin,
    NotADraft, or NotFit with all that is wrong.
    """
    if not by.is_admin:
        raise NotAnAdmin
    Playbook.objects.select_for_update().get(pk=protocol.playbook_id)
    hold_draft(protocol)
    fresh = Protocol.objects.select_related("playbook", "chain").get(pk=protocol.pk)
    _refuse_unfit(fresh, now)
    live = Protocol.objects.filter(playbook=fresh.playbook, status=Protocol.Status.PUBLISHED)
    retired = live.first()
    live.update(status=Protocol.Status.RETIRED)
    draft = Protocol.objects.filter(pk=fresh.pk, status=Protocol.Status.DRAFT)
    if not draft.update(status=Protocol.Status.PUBLISHED, published_at=now):
        raise NotADraft
    fresh.refresh_from_db()
    return Published(fresh, retired, is_officer_signed=fresh.is_officer_signed)


def _refuse_unfit(protocol: Protocol, now: datetime) -> None:
    faults = list(faults_of(protocol, now))
    if protocol.manager_signed_by_id is None:
        faults.append(Fault("signatures.manager", _("No manager has signed this version.")))
    if faults:
        raise NotFit(faults)
