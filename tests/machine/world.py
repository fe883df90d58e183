"""The house in which the machine plays, its one clock, and what the machine itself remembers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crisis.models import Answer, Incident
from crisis.operations import answer as answers
from crisis.operations import incident as incidents
from crisis.operations import release as releases
from crisis.operations import sign_off as sign_offs
from escalation.models import ContactMethod, Page, Person
from escalation.operations import act as acts
from escalation.operations.advance import advance_due
from playbooks.models import Playbook, Protocol
from tests.machine.courier import Courier
from tests.machine.reference import Reference
from tests.story import House, at, make_person, next_moment

REFUSALS = (
    incidents.NotOpen,
    incidents.NotYours,
    incidents.KeyReused,
    acts.NotPaging,
    acts.NotOnTheChain,
    acts.CannotBeReached,
    answers.StaleVersion,
    answers.NotEditable,
    answers.NotSubmittable,
    answers.NobodyToSign,
    answers.Blocked,
    sign_offs.NotAwaitingSignOff,
    sign_offs.NotASigner,
    sign_offs.FourEyes,
    sign_offs.AlreadySigned,
    sign_offs.NoReason,
    sign_offs.NotApproved,
    releases.NotReleasable,
    releases.AlreadyOut,
    releases.ProofMissing,
)
"""What the product may say instead of doing it. Anything else is a fault."""
NAMES = ("Anna Hale", "Ben Okafor", "Cleo Marsh", "Dev Patel")


@dataclass
class Alarm:
    """One code red, with all that was done to it which the rows do not tell."""

    incident: Incident
    raised: int
    reference: Reference
    is_modelled: bool = True
    """Whether only such things happened to its chain as the reference knows of."""
    contacts: list[int] = field(default_factory=list)
    """When somebody was paged, or acted by themselves."""
    on_it: dict[str, int] = field(default_factory=dict)
    handed_over: list[int] = field(default_factory=list)
    was_decided: bool = False


@dataclass
class Reach:
    """What can be known of how to reach a person."""

    is_active: bool = True
    ways: int = 1
    is_away: bool = False

    def can_be_paged(self, *, is_late: bool) -> bool:
        return self.is_active and self.ways > 0 and (is_late or not self.is_away)


class World:
    """Rows that are taken back at the end, and a clock that stands still until it is told."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.second = 0
        self.courier = Courier()
        self.alarms: list[Alarm] = []
        self.answers: list[Answer] = []
        self.reach = {name: Reach() for name in NAMES}
        self.reach["Anna Hale"].ways = 2

    @property
    def now(self) -> datetime:
        return at(self.second)

    def person(self, name: str) -> Person:
        return Person.objects.get(name=name)

    def is_reachable(self, name: str, is_late: bool) -> bool:
        return self.reach[name].can_be_paged(is_late=is_late)

    def write_reach(self, name: str) -> None:
        """Write down how a person can be reached from now on."""
        reach = self.reach[name]
        since = at(self.second - 1) if reach.is_away else None
        Person.objects.filter(name=name).update(is_active=reach.is_active, out_of_office_from=since)
        methods = ContactMethod.objects.filter(person__name=name).order_by("pk")
        keys = list(methods.values_list("pk", flat=True))[: reach.ways]
        methods.update(is_enabled=False)
        ContactMethod.objects.filter(pk__in=keys).update(is_enabled=True)

    def attempt(self, operation: Callable[..., Any], **facts: Any) -> Any:
        """Do it, or be refused for a reason that the product names."""
        try:
            outcome = operation(**facts)
        except REFUSALS:
            return None
        return True if outcome is None else outcome

    def pass_time(self, seconds: int, advance: Callable[..., object] = advance_due) -> None:
        """Let the clock pass at every moment at which something is due, and the pages leave."""
        moment, end = self.now, at(self.second + seconds)
        while True:
            advance(now=moment)
            self.courier.carry(moment)
            if moment >= end:
                break
            moment = max(next_moment(moment, end), moment + timedelta(milliseconds=1))
        for second in range(self.second, self.second + seconds + 1):
            for alarm in self.alarms:
                alarm.reference.pass_clock(second - alarm.raised, self.is_reachable)
        self.second += seconds

    def look_again(self) -> None:
        """Read the answers as they are now."""
        rows = Answer.objects.filter(pk__in=[each.pk for each in self.answers])
        self.answers = list(rows.order_by("pk"))

    def acted(self, alarm: Alarm) -> None:
        """Note that a human is evidently there."""
        alarm.contacts.append(self.second)


def furnish(house: House) -> House:
    """Four managers, two ways to reach Anna, and a second playbook that wants all to sign."""
    for name in NAMES[2:]:
        make_person(name)
    ContactMethod.objects.create(
        person=house.anna, kind="email", address="anna@example.org", verified_at=at(0)
    )
    playbook = Playbook.objects.create(code="ALL-01", title="All of them sign")
    protocol = Protocol.objects.create(
        playbook=playbook, version=1, chain=house.chain, sign_off=Protocol.SignOff.ALL
    )
    Protocol.objects.filter(pk=protocol.pk).update(
        status=Protocol.Status.PUBLISHED,
        published_at=at(0),
        manager_signed_by=house.anna,
        manager_signed_at=at(0),
        officer_signed_by=house.olga,
        officer_signed_at=at(0),
    )
    return house


@contextmanager
def take_back() -> Any:
    """Take back all rows at the end, and allow durable transactions, as a TestCase does."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        yield
        transaction.set_rollback(True)


def pages_of_chain(alarm: Alarm) -> set[tuple[int, str]]:
    """When the chain of an alarm was due to page, and whom, as the rows tell it."""
    rows = Page.objects.filter(
        escalation=alarm.incident.escalation_id,
        occasion__in=[Page.Occasion.STEP, Page.Occasion.ROUND, Page.Occasion.NOBODY],
    ).values_list("queued_at", "person__name")
    return {(int((moment - at(alarm.raised)).total_seconds()), name) for moment, name in rows}
