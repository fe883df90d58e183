"""From a statement and what stands in its blanks to words, and how those words read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crisis.rules.text import clean
from playbooks.rules.counting import fit
from playbooks.rules.jargon import flags
from playbooks.rules.placeholders import blanks, fill

Look = Literal["", "slot", "empty", "flag", "over"]


@dataclass(frozen=True)
class Stretch:
    """A piece of a text and what it is: filled in, still blank, jargon, or past the limit."""

    look: Look
    text: str


@dataclass(frozen=True)
class Limits:
    """How long a text may be where it is to stand; numbers in the network's own units."""

    network: str
    house: int
    channel: int | None
    is_reply: bool


def meant(posted: str, as_shown: str, template: str, values: Mapping[str, str]) -> str:
    """Give the words that a writer means who was shown a statement and sent a text.

    Untouched words are the statement, filled in anew. Touched ones are the writer's own: only the
    blanks that are left in them are filled in. `as_shown` is empty once they are.
    """
    if template and as_shown and clean(posted) == clean(as_shown):
        return clean(fill(template, values))
    return clean(fill(clean(posted), values))


def stretches(
    text: str, template: str, values: Mapping[str, str], jargon: tuple[str, ...], limits: Limits
) -> tuple[Stretch, ...]:
    """Cut a text into the pieces of its preview, in reading order; joined they are the text.

    Where two looks meet, the blank counts before the limit, the limit before what was filled in,
    and all of them before jargon.
    """
    marks: list[tuple[int, int, Look]] = []
    marks += [(blank.start, blank.end, "empty") for blank in blanks(text)]
    marks += [(_fitting(text, limits), len(text), "over")]
    marks += [(start, end, "slot") for start, end in _filled(text, template, values)]
    marks += [(span.start, span.end, "flag") for span in flags(text, jargon)]
    looks: list[Look] = [""] * len(text)
    for start, end, look in reversed(marks):
        looks[start:end] = [look] * (end - start)
    return tuple(_runs(text, looks))


def _runs(text: str, looks: Sequence[Look]) -> Iterator[Stretch]:
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or looks[at] != looks[start]:
            yield Stretch(looks[start], text[start:at])
            start = at


def _filled(text: str, template: str, values: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Find what was filled into a statement, as long as its own words are untouched."""
    if not template or clean(fill(template, values)) != text:
        return
    at = 0
    for blank in blanks(template):
        value = values.get(blank.name, "").strip()
        if not value or blank.start < at:
            continue
        start = text.find(value, len(clean(fill(template[: blank.start], values))))
        if start >= 0:
            yield start, start + len(value)
        at = blank.end


def _fitting(text: str, limits: Limits) -> int:
    """Tell how many code points fit, by halving: a longer text never counts less."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _is_over(text[:middle], limits):
            high = middle - 1
        else:
            low = middle
    return low


def _is_over(text: str, limits: Limits) -> bool:
    return fit(text, limits.network, limits.house, limits.channel, limits.is_reply).is_over
