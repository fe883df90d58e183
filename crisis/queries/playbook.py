"""Playbooks as they were agreed, to be read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import Http404

from playbooks.models import (
    Channel,
    Organisation,
    Placeholder,
    Playbook,
    Protocol,
    Statement,
    Step,
)


@dataclass(frozen=True)
class Shelf:
    """One playbook with the version that is live, else the latest draft."""

    playbook: Playbook
    protocol: Protocol | None
    steps: list[Step]
    statements: list[Statement]
    placeholders: list[Placeholder]
    channels: list[Channel]
    house: Organisation


def playbooks_listed() -> list[Playbook]:
    """List the playbooks, each with its live version under `live`."""
    published = Protocol.objects.filter(status=Protocol.Status.PUBLISHED).select_related("chain")
    rows = Playbook.objects.prefetch_related(Prefetch("protocols", published, to_attr="live"))
    return list(rows.order_by("-is_active", "position", "title"))


def playbook_at(code: str, house: Organisation) -> Shelf:
    """Read one playbook, or raise Http404."""
    playbook = Playbook.objects.filter(code=code).first()
    if playbook is None:
        raise Http404
    related = ("chain", "officer_signed_by", "manager_signed_by")
    versions = playbook.protocols.select_related(*related).prefetch_related("signers")
    live = versions.filter(status=Protocol.Status.PUBLISHED).first()
    protocol = live or versions.order_by("-version").first()
    return Shelf(
        playbook=playbook,
        protocol=protocol,
        steps=list(protocol.steps.all()) if protocol else [],
        statements=list(protocol.statements.all()) if protocol else [],
        placeholders=list(protocol.placeholders.all()) if protocol else [],
        channels=list(Channel.objects.filter(is_active=True)),
        house=house,
    )
