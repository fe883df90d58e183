"""The organisation that the harness plays with: one way to reach each person, steps of seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.auth.models import Group

from escalation.models import ApiKey, Chain, ChainStep, ChainTarget, ContactMethod, Person, Role
from escalation.operations.keys import create_key
from playbooks.models import Channel, Organisation, Playbook, Protocol

PLAYBOOK = "STORM"
GRACE_SECONDS = 15
RUNGS: tuple[tuple[int, str], ...] = ((0, "a"), (4, "b"), (8, "ab"))
"""After how many seconds whom: one manager for each letter, which is the provider they have."""
OFFICERS = 6


@dataclass(frozen=True)
class House:
    """Keys of the people who act, and what they raise about."""

    officers: list[str]
    managers: list[str]
    channel: int
    playbook: str

    def asdict(self) -> dict[str, object]:
        return asdict(self)


def build(providers: Mapping[str, str], now: datetime) -> House:
    """Write the organisation down, with a page provider's URL for each letter."""
    chain = Chain.objects.create(name="Chain", grace_seconds=GRACE_SECONDS, repeat_seconds=30)
    managers: list[Person] = []
    for position, (after_seconds, letters) in enumerate(RUNGS):
        step = ChainStep.objects.create(chain=chain, position=position, after_seconds=after_seconds)
        for letter in letters:
            manager = _person(f"Manager {len(managers)}", Role.MANAGER, providers[letter], now)
            ChainTarget.objects.create(step=step, person=manager)
            managers.append(manager)
    officers = [
        _person(f"Officer {number}", Role.OFFICER, providers["b"], now)
        for number in range(OFFICERS)
    ]
    Organisation.objects.create(pk=1, name="House", default_chain=chain)
    playbook = Playbook.objects.create(code=PLAYBOOK, title="Storm")
    Protocol.objects.create(
        playbook=playbook,
        version=1,
        chain=chain,
        status=Protocol.Status.PUBLISHED,
        published_at=now,
        manager_signed_by=managers[0],
        manager_signed_at=now,
    )
    return House(
        officers=[_key(each, now) for each in officers],
        managers=[_key(each, now) for each in managers],
        channel=Channel.objects.create(network="x", handle="@house").pk,
        playbook=PLAYBOOK,
    )


def _person(name: str, role: str, url: str, now: datetime) -> Person:
    email = f"{name.replace(' ', '.').lower()}@example.org"
    person = Person.objects.create_user(email, name=name)
    person.groups.add(Group.objects.get_or_create(name=role)[0])
    ContactMethod.objects.create(person=person, kind="webhook", address=url, verified_at=now)
    return person


def _key(person: Person, now: datetime) -> str:
    return create_key(person=person, name="chaos", scopes=ApiKey.Scope.values, now=now)[1]
