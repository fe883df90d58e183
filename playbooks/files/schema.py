"""What a playbook file holds, key by key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from playbooks.files.types import (
    Code,
    Email,
    Meaning,
    Strict,
    YesNo,
    choice,
    duration,
    form,
    number,
    words,
)
from playbooks.models import Placeholder, Protocol, Statement

FORMAT = "codered playbook 1"
"""What a file is, at its top; the number goes up when an old file would be misread."""
MOST_ENTRIES = 100
"""Steps, statements, placeholders: more than anybody could use in ten minutes."""
HOUR, LONG = 3600, 999 * 3600


def _one_of(values: Iterable[str]) -> Meaning:
    return choice(**{value: value for value in values})


AnswerClock = Annotated[int, choice(**{"5:00": 300, "10:00": 600})]
Entries: Any = Field(default=[], max_length=MOST_ENTRIES)


class Clocks(Strict):
    """When what is due: counted from the alarm, the next update from the last release."""

    answer: AnswerClock
    first_word: Annotated[int, duration(30, 300)] = 120
    next_update: Annotated[int, duration(300, LONG)] = 1800
    regulator: Annotated[int, duration(HOUR, LONG)] | None = None


class SignOff(Strict):
    """Who signs an answer. Without names, everyone on the chain who is asked to act."""

    by: Annotated[str, _one_of(Protocol.SignOff.values)] = Protocol.SignOff.ANY
    needed: Annotated[int, number(1, 20)] = 1
    signers: list[Email] = Field(default=[], max_length=20)


class OnBreach(Strict):
    """What falls to the officer when nobody has decided in time, and the clause that says so."""

    falls_to_officer: Annotated[str, _one_of(Protocol.Falls.values)]
    clause: Annotated[str, words(300)] = ""


class StepEntry(Strict):
    """One thing to do, with its minute mark."""

    at: Annotated[int, duration(0, LONG)]
    who: Annotated[str, words(60, least=1)]
    do: Annotated[str, words(300, least=1)]


class PlaceholderEntry(Strict):
    """A blank: what may stand there, and how long it may be."""

    label: Annotated[str, words(80, least=1)]
    kind: Annotated[str, _one_of(Placeholder.Kind.values)] = Placeholder.Kind.TEXT
    longest: Annotated[int, number(1, 280)]
    options: list[Annotated[str, words(120, least=1)]] = Entries
    example: Annotated[str, words(120)] = ""
    rule: Annotated[str, words(200)] = ""


class StatementEntry(Strict):
    """Words agreed ahead of time. Pre-approved ones go on the officer's word."""

    title: Annotated[str, words(80, least=1)]
    kind: Annotated[str, _one_of(Statement.Kind.values)]
    pre_approved: YesNo = False
    only_when: Annotated[str, words(200)] = ""
    text: Annotated[str, words(2000, least=1)]


class Content(Strict):
    """A playbook and one version of it."""

    format: Annotated[str, form(FORMAT, FORMAT)]
    code: Code
    title: Annotated[str, words(80, least=1)]
    summary: Annotated[str, words(140)] = ""
    raise_when: Annotated[str, words(2000)] = ""
    not_for: Annotated[str, words(2000)] = ""
    severity: Annotated[int, number(1, 5)] = 2
    clocks: Clocks
    chain: Annotated[str, words(80, least=1)]
    sign_off: SignOff = SignOff()
    on_breach: OnBreach
    restricted: YesNo = False
    never: list[Annotated[str, words(200, least=1)]] = Entries
    steps: list[StepEntry] = Entries
    placeholders: dict[Code, PlaceholderEntry] = Field(default={}, max_length=MOST_ENTRIES)
    statements: dict[Code, StatementEntry] = Field(max_length=MOST_ENTRIES)
