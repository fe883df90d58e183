"""Other playbooks than the house's own, agreed on before the storm."""

from __future__ import annotations

from collections.abc import Sequence

from escalation.models import Person
from playbooks.models import Placeholder, Playbook, Protocol, Statement, Step
from tests.story import NOON, House

HOLD = "We've seen the {media}. {org} is finding out now. Next update here by {time}."
PERSONAL = "{name}, you're right to ask. {specific}"


def agree(house: House, code: str, *, signers: Sequence[Person] = (), **facts: object) -> Playbook:
    """A published playbook with steps, blanks and three statements."""
    playbook = Playbook.objects.create(code=code, title=f"Playbook {code}", summary="In one line")
    protocol = Protocol.objects.create(playbook=playbook, version=1, chain=house.chain, **facts)
    for position, (seconds, what) in enumerate([(0, "Save the post"), (120, "Send an answer")]):
        Step.objects.create(
            protocol=protocol, position=position, at_seconds=seconds, who="Officer", what=what
        )
    _blanks(protocol)
    _statements(protocol)
    protocol.signers.set(signers)
    Protocol.objects.filter(pk=protocol.pk).update(
        status=Protocol.Status.PUBLISHED,
        published_at=NOON,
        manager_signed_by=house.anna,
        manager_signed_at=NOON,
    )
    return playbook


def _blanks(protocol: Protocol) -> None:
    for name, label, kind, options, example in [
        ("media", "What they saw", "choice", ["video", "post"], ""),
        ("org", "Us", "fixed", [], "Hearthside"),
        ("time", "Next update by", "time", [], ""),
        ("name", "Their name", "text", [], ""),
        ("specific", "Your answer to it", "text", [], ""),
    ]:
        Placeholder.objects.create(
            protocol=protocol, name=name, label=label, kind=kind, options=options, example=example
        )


def _statements(protocol: Protocol) -> None:
    kinds = Statement.Kind
    for position, (code, title, kind, text, is_pre_approved) in enumerate(
        [
            ("HOLD", "Holding statement", kinds.HOLDING, HOLD, True),
            ("PERSONAL", "A personal answer", kinds.ACKNOWLEDGEMENT, PERSONAL, False),
            ("SORRY", "An apology", kinds.APOLOGY, "It was wrong, and we're sorry.", False),
        ]
    ):
        Statement.objects.create(
            protocol=protocol,
            code=code,
            title=title,
            kind=kind,
            text=text,
            is_pre_approved=is_pre_approved,
            guard="it is true" if kind == kinds.APOLOGY else "",
            position=position,
        )
