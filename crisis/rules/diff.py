"""What changed between two versions of a text, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import attrgetter
from typing import Literal

Op = Literal["same", "added", "removed"]

_TOKEN = re.compile(r"\w+(?:['’]\w+)*|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text, its white space included."""

    op: Op
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Give the pieces in reading order, what went before what came.

    Same and removed pieces joined are exactly `old`; same and added ones exactly `new`.
    """
    return tuple(_merged(_pieces(_TOKEN.findall(old), _TOKEN.findall(new))))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Set aside what both share at the ends, then compare the middle."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    yield from (Piece("same", token) for token in old[:head])
    yield from _compared(old[head : len(old) - tail], new[head : len(new) - tail])
    yield from (Piece("same", token) for token in old[len(old) - tail :])


def _shared(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _compared(old: list[str], new: list[str]) -> Iterator[Piece]:
    # White space is on both sides of every word: as a match to build on it costs minutes.
    for op, start, end, into, until in SequenceMatcher(str.isspace, old, new).get_opcodes():
        if op == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        yield Piece("removed", "".join(old[start:end]))
        yield Piece("added", "".join(new[into:until]))


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    written = (piece for piece in pieces if piece.text)
    for op, run in groupby(written, key=attrgetter("op")):
        yield Piece(op, "".join(piece.text for piece in run))
