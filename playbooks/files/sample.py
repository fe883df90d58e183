"""The sample organisation: founded once, with its playbooks signed and live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group
from django.db import transaction

from escalation.models import (
    Chain,
    ChainStep,
    ChainTarget,
    ContactMethod,
    Person,
    Role,
    Rota,
    Shift,
)
from playbooks.files.house import (
    BriefingEntry,
    ChainStepEntry,
    HouseContent,
    PersonEntry,
    PlaybookEntry,
    RotaEntry,
    read_house,
)
from playbooks.files.playbook import load, read
from playbooks.models import Briefing, Channel, Organisation, Protocol
from playbooks.operations.protocol import publish, sign
from playbooks.rules.jargon import DEFAULT_JARGON

SAMPLE = Path(__file__).resolve().parent.parent / "sample"

People = Mapping[str, Person]


class AnotherHouse(Exception):
    """There is an organisation here already, and it is not the sample."""


@dataclass(frozen=True)
class SignIn:
    """How one of the sample people signs in. The password is empty once they have changed it."""

    name: str
    roles: str
    email: str
    password: str


def load_sample(*, now: datetime) -> bool:
    """Found the sample organisation; False when it is there already, and nothing was changed.

    May be run again after it broke off: it goes on where it was. Raises AnotherHouse.
    """
    content = read_house((SAMPLE / "organisation.yaml").read_bytes())
    is_new = _found(content, now)
    live = [_make_live(entry, now) for entry in content.playbooks]
    return is_new or any(live)


def sign_ins() -> list[SignIn]:
    """List how the sample people sign in, as far as they are here."""
    content = read_house((SAMPLE / "organisation.yaml").read_bytes())
    people = Person.objects.filter(email__in=[each.email for each in content.people])
    return [
        SignIn(
            name=person.name,
            roles=", ".join(sorted(person.roles)),
            email=person.email,
            password=content.password if person.check_password(content.password) else "",
        )
        for person in people.order_by("pk")
    ]


@transaction.atomic(durable=True)
def _found(content: HouseContent, now: datetime) -> bool:
    house = Organisation.objects.first()
    if house is not None:
        if not Person.objects.filter(email=content.people[0].email).exists():
            raise AnotherHouse(house.name)
        return False
    people = {each.email: _person(each, content, now) for each in content.people}
    rotas = {each.name: _rota(each, content.time_zone, people, now) for each in content.rotas}
    chains = {each.name: _chain(each.name, each.steps, people, rotas) for each in content.chains}
    Organisation.objects.create(
        pk=1,
        name=content.name,
        time_zone=content.time_zone,
        house_limit=content.house_limit,
        jargon=list(DEFAULT_JARGON),
        default_chain=chains[content.default_chain],
    )
    for channel in content.channels:
        Channel.objects.create(**dict(channel))
    for briefing in content.briefings:
        _briefing(briefing, content.time_zone, people, now)
    return True


def _person(entry: PersonEntry, content: HouseContent, now: datetime) -> Person:
    person = Person.objects.create_user(
        entry.email,
        content.password,
        name=entry.name,
        title=entry.post,
        time_zone=content.time_zone,
        duty_phone=entry.duty_phone,
    )
    groups = [Group.objects.get_or_create(name=role)[0] for role in Role.values]
    person.groups.set([group for group in groups if group.name in entry.roles])
    for way in content.contact_methods:
        ContactMethod.objects.create(
            person=person,
            kind=way.kind,
            address=f"{way.label.lower()}:{person.email}",
            label=way.label,
            verified_at=now,
        )
    return person


def _rota(entry: RotaEntry, zone: str, people: People, now: datetime) -> Rota:
    weekday, at = entry.changes_over
    rota = Rota.objects.create(
        name=entry.name,
        time_zone=zone,
        starts_on=last_changeover(weekday, at, now.astimezone(ZoneInfo(zone))),
        handover_at=at,
        turn_days=entry.turn_days,
    )
    for position, email in enumerate(entry.people):
        Shift.objects.create(rota=rota, position=position, person=people[email])
    return rota


def last_changeover(weekday: int, at: time, local: datetime) -> date:
    """Give the day of the last changeover: the first in a rota has the turn that runs now."""
    days = (local.weekday() - weekday) % 7
    if days == 0 and local.time() < at:
        days = 7
    return local.date() - timedelta(days=days)


def _chain(
    name: str, steps: Sequence[ChainStepEntry], people: People, rotas: Mapping[str, Rota]
) -> Chain:
    chain = Chain.objects.create(name=name)
    for position, entry in enumerate(steps):
        step = ChainStep.objects.create(chain=chain, position=position, after_seconds=entry.after)
        for rota in entry.rotas:
            ChainTarget.objects.create(step=step, rota=rotas[rota])
        for email in entry.people:
            ChainTarget.objects.create(step=step, person=people[email])
        for email in entry.for_information:
            ChainTarget.objects.create(step=step, person=people[email], is_for_information=True)
    return chain


def _briefing(entry: BriefingEntry, zone: str, people: People, now: datetime) -> None:
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=entry.in_days)
    Briefing.objects.create(
        title=entry.title,
        happens_at=datetime.combine(day, entry.at, ZoneInfo(zone)),
        background=entry.background,
        ask=people[entry.ask] if entry.ask else None,
    )


def _make_live(entry: PlaybookEntry, now: datetime) -> bool:
    """Load, sign and publish one playbook; False when it has been live before."""
    file = read((SAMPLE / entry.file).read_bytes())
    versions = Protocol.objects.filter(playbook__code=file.content.code)
    if versions.exclude(status=Protocol.Status.DRAFT).exists():
        return False
    author = Person.objects.get(email=entry.published_by)
    draft = versions.first() or load(file, by=author, now=now)
    if draft.officer_signed_by is None:
        officer = Person.objects.get(email=entry.officer)
        sign(protocol=draft, by=officer, as_role="officer", now=now)
    if draft.manager_signed_by is None:
        manager = Person.objects.get(email=entry.manager)
        sign(protocol=draft, by=manager, as_role="manager", now=now)
    publish(protocol=draft, by=author, now=now)
    return True
