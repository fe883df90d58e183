"""Sets the stage on this installation: a quick chain, a protocol on it, keys for the players."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from crisis.rehearsal.story import Cast, Rung, Storm
from escalation.models import ApiKey, Chain, ChainStep, ChainTarget, Person
from escalation.operations.keys import create_key, revoke_key
from escalation.rules.clocktext import hhmm
from playbooks.files import PlaybookFile, export, load
from playbooks.files.schema import Content
from playbooks.models import Organisation, Playbook, Protocol
from playbooks.operations.protocol import publish, sign

PLAYBOOK = "REHEARSAL"
CHAIN = "Rehearsal"
GRACE_SECONDS, LEAST_GRACE_SECONDS = 90, 15
REPEAT_SECONDS, LEAST_REPEAT_SECONDS = 60, 30
"""As agreed, and the least that the database takes: below that, speed makes them no shorter."""
NEXT_WORD = timedelta(minutes=30)
KEY_LIFE = timedelta(hours=1)
"""A rehearsal takes eleven minutes; a key that nobody came to revoke ends by itself."""

SCOPES: dict[str, tuple[str, ...]] = {
    "officer": (ApiKey.Scope.READ, ApiKey.Scope.RAISE, ApiKey.Scope.ANSWER),
    "manager": (ApiKey.Scope.READ, ApiKey.Scope.DECIDE),
    "relief": (ApiKey.Scope.READ, ApiKey.Scope.DECIDE),
    "onlooker": (ApiKey.Scope.READ,),
}


class NotSetUp(Exception):
    """What the story needs is not in this house; says what to do."""


@dataclass(frozen=True)
class Stage:
    """A house that is ready: the people and their keys by part, and what the clock on it says."""

    people: dict[str, Person]
    everyone: Sequence[Person]
    keys: dict[str, str]
    zone: str
    statement_time: str


@contextmanager
def staged(storm: Storm, speed: float, clock: Callable[[], datetime]) -> Iterator[Stage]:
    """Set the stage, and clear it whatever happens: no key opens anything afterwards.

    Raises NotSetUp where the sample organisation is not.
    """
    people = _people(storm.cast)
    house = Organisation.objects.get()
    made: list[ApiKey] = []
    try:
        _prepare(storm, speed, people, clock())
        keys = {}
        for part, scopes in SCOPES.items():
            key, keys[part] = _key(people[part], scopes, clock())
            made.append(key)
        _offer(is_active=True)
        soon = _full_minutes(clock() + NEXT_WORD, house.time_zone)
        yield Stage(people, list(Person.objects.all()), keys, house.time_zone, soon)
    finally:
        _offer(is_active=False)
        for key in made:
            revoke_key(key=key, now=clock())


def _people(cast: Cast) -> dict[str, Person]:
    by_email = {each.email: each for each in Person.objects.filter(is_active=True)}
    found = {part: by_email.get(email) for part, email in cast.model_dump().items()}
    missing = [email for email in cast.model_dump().values() if email not in by_email]
    if missing or not Organisation.objects.exists():
        raise NotSetUp(
            "The story needs the sample organisation: make run loads it, or manage.py load_sample."
            f" Not here: {', '.join(missing)}"
        )
    return {part: person for part, person in found.items() if person}


def _key(person: Person, scopes: tuple[str, ...], now: datetime) -> tuple[ApiKey, str]:
    return create_key(
        person=person, name="Rehearsal", scopes=scopes, expires_at=now + KEY_LIFE, now=now
    )


def _full_minutes(moment: datetime, zone: str) -> str:
    """Write the next full five minutes, as one would say when more is known."""
    late = timedelta(minutes=-moment.minute % 5, seconds=-moment.second)
    return hhmm(moment.astimezone(ZoneInfo(zone)) + late, zone)


def _offer(*, is_active: bool) -> None:
    """Show the playbook to those who raise, or hide it: nobody is to choose it in a storm."""
    Playbook.objects.filter(code=PLAYBOOK).update(is_active=is_active)


def _prepare(storm: Storm, speed: float, people: dict[str, Person], now: datetime) -> None:
    """Let a version of the playbook be live that says what the story's playbook says now."""
    chain = _quick_chain(storm.chain, speed)
    live = Protocol.objects.filter(playbook__code=storm.playbook, status="published").first()
    if live is None:
        raise NotSetUp(f"No version of {storm.playbook} is published here, and the story needs it.")
    wanted = _rehearsed(export(live).content, chain)
    rehearsed = Protocol.objects.filter(playbook__code=PLAYBOOK)
    current = rehearsed.filter(status="published").first()
    if current and export(current).content.model_dump() == wanted.model_dump():
        return
    rehearsed.filter(status="draft").delete()
    draft = load(PlaybookFile(wanted), by=people["admin"], now=now)
    _offer(is_active=False)
    sign(protocol=draft, by=people["officer"], as_role="officer", now=now)
    sign(protocol=draft, by=people["sleeper"], as_role="manager", now=now)
    publish(protocol=draft, by=people["admin"], now=now)


def _rehearsed(content: Content, chain: Chain) -> Content:
    ours = {
        "code": PLAYBOOK,
        "title": "Rehearsal",
        "summary": "For manage.py rehearse alone. Raise nothing with it",
        "chain": chain.name,
    }
    return content.model_copy(update=ours)


@transaction.atomic(durable=True)
def _quick_chain(rungs: list[Rung], speed: float) -> Chain:
    """Write the chain with its times divided by the speed. A run that has begun keeps its own."""
    times = {
        "grace_seconds": max(LEAST_GRACE_SECONDS, round(GRACE_SECONDS / speed)),
        "repeat_seconds": max(LEAST_REPEAT_SECONDS, round(REPEAT_SECONDS / speed)),
    }
    chain, _ = Chain.objects.update_or_create(name=CHAIN, defaults=times)
    chain.steps.all().delete()
    after = divided([rung.after for rung in rungs], speed)
    for position, (rung, seconds) in enumerate(zip(rungs, after, strict=True)):
        step = ChainStep.objects.create(chain=chain, position=position, after_seconds=seconds)
        _seat(step, rung.people)
        _seat(step, rung.for_information, is_for_information=True)
    return chain


def _seat(step: ChainStep, emails: list[str], *, is_for_information: bool = False) -> None:
    for person in Person.objects.filter(email__in=emails).order_by("pk"):
        ChainTarget.objects.create(step=step, person=person, is_for_information=is_for_information)


def divided(seconds: list[int], speed: float) -> list[int]:
    """Divide times by the speed: whole seconds, each at least one later than the one before."""
    found: list[int] = []
    for each in seconds:
        least = found[-1] + 1 if found else 0
        found.append(max(least, round(each / speed)))
    return found
