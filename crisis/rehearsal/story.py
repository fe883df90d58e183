"""The storm as it was written, and the moments that a seed draws for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Annotated, Any

from pydantic import Field

from crisis.models import QUESTION_LENGTH
from playbooks.files.faults import understand
from playbooks.files.source import read_source
from playbooks.files.types import Code, Email, Strict, YesNo, choice, duration, form, number, words
from playbooks.rules.networks import NETWORKS

FORMAT = "codered storm 1"
STORM = Path(__file__).with_name("storm.yaml")
HOUR = 3600

Name = Annotated[str, words(80, least=1)]
Answer = Annotated[str, words(1000, least=1)]
Moment = Annotated[int, duration(0, HOUR)]
Network = Annotated[str, choice(**{key: key for key in NETWORKS})]
Emails: Any = Field(default=[])


class Cast(Strict):
    """Who plays which part. The sleeper is paged first and never answers."""

    officer: Email
    sleeper: Email
    manager: Email
    relief: Email
    onlooker: Email
    admin: Email


class Rung(Strict):
    """Who is paged how long after the alarm."""

    after: Annotated[int, duration(0, 600)]
    people: list[Email] = Emails
    for_information: list[Email] = Emails


class Holding(Strict):
    """The first word: which statement, where, and what stands in its blanks beside the time."""

    statement: Code
    channels: list[Network]
    blanks: dict[Code, Name]


class Beats(Strict):
    """The moments that the story hangs on, counted from the alarm."""

    on_it_after: Moment
    first_answer_sent: Moment
    last_question: Moment
    stand_down: Moment
    answered: Annotated[int, number(1, 200)]


class First(Strict):
    """The question that everybody repeats, and its answer on the way through sign-off."""

    who: Name
    channel: Network
    asks: Annotated[str, words(QUESTION_LENGTH, least=1)]
    post: Answer
    drafted: Answer
    sent_back: Answer
    revised: Answer
    amended: Answer

    @property
    def final(self) -> str:
        return self.amended


class Asker(Strict):
    """Somebody who asks, and the answer in words of their own.

    `edited` is what the officer makes of the answer while it is being read; `handed_over` is why
    the manager passes it on; `pasted`: the officer tries somebody else's answer first; `twice`: the
    same post is added a second time.
    """

    who: Name
    channel: Network
    asks: Annotated[str, words(1000, least=1)]
    answer: Answer
    edited: Annotated[str, words(1000)] = ""
    handed_over: Annotated[str, words(500)] = ""
    pasted: YesNo = False
    twice: YesNo = False

    @property
    def final(self) -> str:
        return self.edited or self.answer


class Storm(Strict):
    """Everything that happens, in the order in which people ask."""

    format: Annotated[str, form(FORMAT, FORMAT)]
    title: Name
    playbook: Code
    cast: Cast
    chain: list[Rung] = Field(min_length=1)
    holding: Holding
    beats: Beats
    first: First
    others: list[Asker]

    @cached_property
    def askers(self) -> dict[str, Asker]:
        return {each.who: each for each in self.others}

    @property
    def asking(self) -> int:
        return 1 + len(self.others)


def read_storm(path: Path = STORM) -> Storm:
    """Read a storm file. Raises BadFile with every fault."""
    return understand(Storm, read_source(path.read_bytes()))


def post_url(network: str, who: str) -> str:
    """Make up where somebody's post is. Addresses that end in .example lead nowhere."""
    return f"https://{network}.example/{re.sub('[^a-z0-9]+', '-', who.lower()).strip('-')}/1"


@dataclass(frozen=True)
class Hand:
    """How long somebody takes over each act, in seconds of the story, drawn one after the other."""

    dice: Random

    def write(self) -> float:
        return self.dice.uniform(4.5, 7.0)

    def rewrite(self) -> float:
        return self.dice.uniform(24.0, 32.0)

    def read(self) -> float:
        return self.dice.uniform(3.5, 7.5)

    def weigh(self) -> float:
        """Read the first answer, on which everything hangs."""
        return self.dice.uniform(22.0, 30.0)

    def post(self) -> float:
        """Copy, open the network, paste, come back with the link."""
        return self.dice.uniform(2.0, 3.5)

    def press(self) -> float:
        return self.dice.uniform(0.4, 1.2)

    def arrivals(self, count: int, last: float) -> list[float]:
        """When people ask: slowly at first, then all at once, then fewer."""
        return sorted(self.dice.triangular(3.0, last, last / 3) for _ in range(count))


def hand_of(seed: int, part: str) -> Hand:
    """Give a part its own dice, so that one who is late does not change what the others throw."""
    # No secret hangs on it: the same seed has to tell the same story again.
    return Hand(Random(f"{seed} {part}"))  # noqa: S311
