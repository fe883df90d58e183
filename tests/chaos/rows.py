"""What a run leaves: rows of the database, the sink's log and the ledger, as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.sink import REFUSALS


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """A page as its row tells of it. Moments are seconds since 1970."""

    key: str
    run: int
    occasion: str
    step: int
    provider: str
    due: float
    queued_at: float
    status: str
    error: str = ""
    unknowns: int = 0
    sent_at: float | None = None
    failed_at: float | None = None
    acted_at: float | None = None
    acknowledged_at: float | None = None
    """When somebody said that they were on it, in its run."""
    stopped_at: float | None = None
    """When its run stopped."""
    not_before: float = 0.0
    """The moment in the frozen plan, where nothing allows it to be earlier."""


@dataclass(frozen=True)
class StepRow:
    """A step of which nothing was ever written, although its time came while its run went on."""

    run: int
    step: int
    due: float
    stopped_at: float | None


@dataclass(frozen=True)
class Arrival:
    """One request that the sink read."""

    key: str
    at: float
    provider: str
    mode: str

    @property
    def is_taken(self) -> bool:
        """It reached the provider; what was refused has not reached anybody."""
        return self.mode not in REFUSALS


@dataclass(frozen=True)
class Attempt:
    """One request of an officer or a manager, and what came of it; status 0 for no answer."""

    at: float
    took: float
    what: str
    web: str
    status: int
    error: str
    number: int | None
    storm: str
    of: int | None

    @property
    def is_yes(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Kept:
    """What the database has to say about what was promised to people."""

    raised: Mapping[str, int]
    """The number of the incident that each Idempotency-Key raised."""
    stood_down: frozenset[int]
    acknowledged: frozenset[int]
    answered: frozenset[int]
    decided: frozenset[int]


def read_arrivals(path: Path) -> list[Arrival]:
    return [
        Arrival(row["key"], row["at"], row["provider"], row["mode"])
        for row in _lines(path)
        if "key" in row
    ]


def read_attempts(path: Path) -> list[Attempt]:
    """Read the ledger; whoever gave up has left an attempt that took for ever."""
    return [
        Attempt(
            at=row["at"],
            took=row.get("took", 0.0),
            what=row["what"],
            web=row.get("web", ""),
            status=row.get("status", 0),
            error="gave_up" if row.get("gave_up") else row["error"],
            number=row.get("number"),
            storm=row.get("storm", ""),
            of=row.get("of"),
        )
        for row in _lines(path)
    ]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
