"""What an officer may choose from when raising."""

from __future__ import annotations

from dataclasses import dataclass

from crisis.models import RaiseKey
from crisis.queries.home import playbooks_to_raise
from escalation.models import Chain, Person
from playbooks.models import Channel, Organisation, Playbook, Protocol


@dataclass(frozen=True)
class Offer:
    """Playbooks with their live versions, and the channels in use."""

    playbooks: list[Playbook]
    live: dict[int, Protocol]
    channels: list[Channel]
    default_chain: Chain | None

    def playbook(self, code: str) -> Playbook | None:
        return next((each for each in self.playbooks if each.code == code), None)

    def protocol(self, playbook: Playbook | None) -> Protocol | None:
        return self.live.get(playbook.pk) if playbook else None

    def chain(self, protocol: Protocol | None) -> Chain | None:
        """The chain that a press would start."""
        return protocol.chain if protocol else self.default_chain


def offer_of(house: Organisation) -> Offer:
    """Read all that can be chosen."""
    playbooks = playbooks_to_raise()
    published = Protocol.objects.filter(
        status=Protocol.Status.PUBLISHED, playbook__in=[each.pk for each in playbooks]
    ).select_related("chain")
    return Offer(
        playbooks=playbooks,
        live={each.playbook_id: each for each in published},
        channels=list(Channel.objects.filter(is_active=True)),
        default_chain=house.default_chain,
    )


def raised_with(person: Person, key: str) -> int | None:
    """Tell which code red a key of this person has raised."""
    keys = RaiseKey.objects.filter(person=person, key=key)
    return keys.values_list("incident__number", flat=True).first()
