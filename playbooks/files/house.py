"""A whole organisation as a file: its people, chains and channels, to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import Field

from escalation.models import ContactMethod, Role
from playbooks.files.faults import understand
from playbooks.files.source import BadFile, FileFault, Path, Source, read_source
from playbooks.files.types import Email, Meaning, Strict, choice, duration, form, number, words
from playbooks.rules.networks import NETWORKS

FORMAT = "codered organisation 1"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_ENTRIES = 200
LONGEST_STEP_SECONDS = 600


def _wall_clock(value: str) -> time | None:
    try:
        return time.fromisoformat(value) if len(value) == len("09:00") else None
    except ValueError:
        return None


def _day_and_time(value: str) -> tuple[int, time] | None:
    day, _, clock = value.partition(" ")
    at = _wall_clock(clock)
    return (DAYS.index(day), at) if day in DAYS and at else None


def _zone(value: str) -> str | None:
    return value if value in available_timezones() else None


def _one_of(values: Iterable[str]) -> Meaning:
    return choice(**{value: value for value in values})


Name = Annotated[str, words(80, least=1)]
Line = Annotated[str, words(200)]
WallClock = Annotated[time, Meaning("a time of day as 09:00", _wall_clock)]
Zone = Annotated[str, Meaning("a time zone as Europe/London", _zone)]
Entries: Any = Field(default=[], max_length=MOST_ENTRIES)


class PersonEntry(Strict):
    """Somebody who works here."""

    name: Name
    email: Email
    post: Annotated[str, words(80)] = ""
    roles: list[Annotated[str, _one_of(Role.values)]] = Entries
    duty_phone: Annotated[str, words(32)] = ""


class ContactMethodEntry(Strict):
    """A way to reach each of the people."""

    kind: Annotated[str, _one_of(ContactMethod.Kind.values)]
    label: Annotated[str, words(40, least=1)]


class RotaEntry(Strict):
    """People who take turns, in this order; the first of them has the turn that runs now."""

    name: Name
    changes_over: Annotated[
        tuple[int, time], Meaning("a day and a time as Monday 09:00", _day_and_time)
    ]
    turn_days: Annotated[int, number(1, 28)] = 7
    people: list[Email] = Field(min_length=1, max_length=MOST_ENTRIES)


class ChainStepEntry(Strict):
    """Who is paged after how long."""

    after: Annotated[int, duration(0, LONGEST_STEP_SECONDS)]
    people: list[Email] = Entries
    rotas: list[Name] = Entries
    for_information: list[Email] = Entries


class ChainEntry(Strict):
    """Who is paged in which order."""

    name: Name
    steps: list[ChainStepEntry] = Field(min_length=1, max_length=MOST_ENTRIES)


class ChannelEntry(Strict):
    """One social network account."""

    network: Annotated[str, _one_of(NETWORKS)]
    handle: Name
    limit: Annotated[int, number(1, 100_000)] | None = None
    audience: Line = ""
    purpose: Line = ""
    tone: Line = ""
    kpi: Line = ""


class BriefingEntry(Strict):
    """Something coming up, in days from today."""

    title: Annotated[str, words(120, least=1)]
    in_days: Annotated[int, number(0, 365)]
    at: WallClock
    background: Annotated[str, words(2000)] = ""
    ask: Email | None = None


class PlaybookEntry(Strict):
    """A playbook file beside this one, and who signs and publishes it."""

    file: Annotated[str, form("the name of a file beside this one", r"[a-z0-9-]{1,60}\.yaml")]
    officer: Email
    manager: Email
    published_by: Email


class HouseContent(Strict):
    """The organisation and everything it needs before its first code red."""

    format: Annotated[str, form(FORMAT, FORMAT)]
    name: Name
    time_zone: Zone = "Europe/London"
    house_limit: Annotated[int, number(1, 5000)] = 280
    default_chain: Name
    password: Annotated[str, words(128, least=12)]
    people: list[PersonEntry] = Field(min_length=1, max_length=MOST_ENTRIES)
    contact_methods: list[ContactMethodEntry] = Entries
    rotas: list[RotaEntry] = Entries
    chains: list[ChainEntry] = Field(min_length=1, max_length=MOST_ENTRIES)
    channels: list[ChannelEntry] = Entries
    briefings: list[BriefingEntry] = Entries
    playbooks: list[PlaybookEntry] = Entries


def read_house(raw: bytes | str) -> HouseContent:
    """Read an organisation file. Raises BadFile with every fault of its form, or of its names."""
    source = read_source(raw)
    content = understand(HouseContent, source)
    faults = [*_unknown_people(content, source), *_unknown_names(content, source)]
    if faults:
        raise BadFile(faults)
    return content


def _unknown_people(content: HouseContent, source: Source) -> Iterator[FileFault]:
    known = {person.email for person in content.people}
    for path, email in _mentioned(content):
        if email not in known:
            yield source.fault(path, "the e-mail address of one of the people above")


def _mentioned(content: HouseContent) -> Iterator[tuple[Path, str]]:
    """Give every e-mail address that stands for one of the people, and where."""
    for i, rota in enumerate(content.rotas):
        yield from ((("rotas", i, "people", j), each) for j, each in enumerate(rota.people))
    for path, step in _chain_steps(content):
        yield from (((*path, "people", i), each) for i, each in enumerate(step.people))
        told = enumerate(step.for_information)
        yield from (((*path, "for_information", i), each) for i, each in told)
    for i, briefing in enumerate(content.briefings):
        if briefing.ask:
            yield ("briefings", i, "ask"), briefing.ask
    for i, playbook in enumerate(content.playbooks):
        for key in ("officer", "manager", "published_by"):
            yield ("playbooks", i, key), getattr(playbook, key)


def _chain_steps(content: HouseContent) -> Iterator[tuple[Path, ChainStepEntry]]:
    for i, chain in enumerate(content.chains):
        for j, step in enumerate(chain.steps):
            yield ("chains", i, "steps", j), step


def _unknown_names(content: HouseContent, source: Source) -> Iterator[FileFault]:
    rotas = {rota.name for rota in content.rotas}
    for path, step in _chain_steps(content):
        for i, name in enumerate(step.rotas):
            if name not in rotas:
                yield source.fault((*path, "rotas", i), "the name of one of the rotas above")
    if content.default_chain not in {chain.name for chain in content.chains}:
        yield source.fault(("default_chain",), "the name of one of the chains below")
