"""Gather what makes a protocol fit to be published, as the house stands at this moment."""

from __future__ import annotations

from datetime import datetime

from escalation.models import Chain
from escalation.queries import Place, coverage
from playbooks.models import Channel, Organisation, Protocol
from playbooks.rules.counting import HOUSE_LIMIT
from playbooks.rules.fitness import Account, Blank, Draft, Fault, Rung, Words, faults


def faults_of(protocol: Protocol, now: datetime) -> tuple[Fault, ...]:
    """Give all that keeps this version from being published, at once."""
    return faults(_draft_of(protocol, now))


def _draft_of(protocol: Protocol, now: datetime) -> Draft:
    places = coverage(protocol.chain, now)
    named = list(protocol.signers.all())
    asked = _asked(places)
    paged = [each for each in named if each.pk in asked]
    return Draft(
        limit_seconds=protocol.limit_seconds,
        first_word_seconds=protocol.first_word_seconds,
        chain=_rungs(protocol.chain, places),
        signers=len(paged) if named else len(asked),
        needed=_needed(protocol, len(named)),
        never_paged=tuple(each.name for each in named if each not in paged),
        falls_to_officer=protocol.falls_to_officer,
        clause=protocol.clause,
        statements={
            each.code: Words(each.kind, each.text, each.is_pre_approved)
            for each in protocol.statements.all()
        },
        placeholders={
            each.name: Blank(each.kind, each.max_length, tuple(each.options), each.example)
            for each in protocol.placeholders.all()
        },
        channels=_accounts(),
        house_limit=_house_limit(),
    )


def _asked(places: list[Place]) -> set[int]:
    """Those whom the chain asks to act: whoever has left is still on it, and never paged."""
    return {
        each.person.pk for each in places if each.person.is_active and not each.is_for_information
    }


def _rungs(chain: Chain, places: list[Place]) -> tuple[Rung, ...]:
    reached = {
        each.after_seconds for each in places if each.is_reachable and not each.is_for_information
    }
    seconds = chain.steps.values_list("after_seconds", flat=True)
    return tuple(Rung(each, each in reached) for each in seconds)


def _needed(protocol: Protocol, named: int) -> int:
    if protocol.sign_off == Protocol.SignOff.ANY:
        return 1
    return max(named, 1) if protocol.sign_off == Protocol.SignOff.ALL else protocol.needed


def _accounts() -> tuple[Account, ...]:
    channels = Channel.objects.filter(is_active=True)
    return tuple(Account(str(each), each.network, each.limit) for each in channels)


def _house_limit() -> int:
    house = Organisation.objects.first()
    return house.house_limit if house else HOUSE_LIMIT
