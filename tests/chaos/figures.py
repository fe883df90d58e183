"""The figures of a run, per fault and in all, as they are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.chaos.account import (
    ON_TIME_SECONDS,
    RECOVERY_SECONDS,
    Aftermath,
    Illness,
    Share,
    Told,
    answers_until,
    broken_answers,
    broken_words,
    decided_twice,
    doubled,
    late_stretches,
    lateness,
    provider_recovery_seconds,
    recovery_seconds,
    strangers,
    tell,
    why_never_sent,
    why_never_written,
)
from tests.chaos.journal import Struck
from tests.chaos.rows import Arrival, Attempt, Kept, PageRow, StepRow

CALM = "no fault yet"
PILED_UP_SECONDS = 8.0
"""For how long people may still be waiting because nobody was there to answer them."""
ENOUGH_SECONDS = 10.0
"""A shorter time without another fault says nothing about how late pages are."""
REDIS_STATES = {"redis_killed": "redis away", "redis_hung": "redis hung"}


@dataclass(frozen=True)
class Evidence:
    """All that a run has left."""

    pages: Sequence[PageRow]
    silent: Sequence[StepRow]
    arrivals: Sequence[Arrival]
    attempts: Sequence[Attempt]
    kept: Kept
    struck: Sequence[Struck]
    database_away: Sequence[tuple[float, float]]
    stormed_until: float
    """From here on everybody ends at once what they have begun: how late that is says nothing."""
    ended_at: float
    pace: float = 1.0
    """How many times as slow as usual the machine was."""

    @property
    def patience(self) -> float:
        return RECOVERY_SECONDS * self.pace


@dataclass
class Row:
    """What happened while a kind of fault was the last one to have struck."""

    hits: int = 0
    accepted: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    never_sent: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    late_to_ill: list[float] = field(default_factory=list)
    copies: dict[int, int] = field(default_factory=dict)
    not_needed: int = 0
    given_up: int = 0
    withheld: int = 0
    recovered: list[float] = field(default_factory=list)

    def add_page(self, told: Told, *, patience: float, counts_time: bool) -> None:
        name = f"{told.row.occasion} page {told.row.key} of run {told.row.run}"
        why = why_never_sent(told, patience)
        if why:
            self.never_sent.append(f"{name} {why}")
        elif told.late is None:
            self.given_up += told.row.status == "failed"
            self.not_needed += told.row.status != "failed"
        elif counts_time:
            (self.late_to_ill if told.is_to_ill else self.late).append(told.late)
        if told.is_early:
            self.early.append(name)
        self.copies[told.copies] = self.copies.get(told.copies, 0) + 1
        self.withheld += bool(told.withheld)

    @property
    def twice(self) -> int:
        return self.copies.get(2, 0)

    @property
    def thrice(self) -> int:
        return sum(count for copies, count in self.copies.items() if copies > 2)

    def written(self) -> dict[str, Any]:
        plain = asdict(self)
        plain |= {"late": asdict(lateness(self.late)), "once": self.copies.get(1, 0)}
        plain |= {"late_to_ill": asdict(lateness(self.late_to_ill))}
        plain |= {"twice": self.twice, "thrice": self.thrice}
        plain["slowest_recovery"] = max(self.recovered, default=0.0)
        return plain


@dataclass
class Account:
    """The outcome of a run."""

    total: Row
    by_fault: dict[str, Row]
    told: list[Told]
    recoveries: list[tuple[Struck, float]]
    doubled: list[str]
    decided_twice: list[str]
    broken_answers: list[str]
    strangers: list[str]
    raising: dict[str, list[float]]
    pace: float
    """How many times as slow as usual the machine was."""
    redis: dict[str, list[float]]
    """Lateness of what fell due while Redis was away or hung, and nothing else was wrong."""


def account_of(left: Evidence) -> Account:
    """Work out the figures."""
    told = tell(left.pages, left.arrivals, Illness.of(left.struck), left.ended_at)
    share = Share(left.struck)
    total = Row()
    by_fault: dict[str, Row] = {}
    for struck in left.struck:
        by_fault.setdefault(struck.kind, Row()).hits += 1

    def rows(moment: float) -> tuple[Row, Row]:
        struck = share.of(moment)
        return total, by_fault.setdefault(struck.kind if struck else CALM, Row())

    _count_pages(told, left, rows)
    _count_attempts(left, rows)
    recoveries = list(_recoveries(told, left))
    for struck, seconds in recoveries:
        for row in (total, by_fault[struck.kind]):
            row.recovered.append(round(seconds, 3))
    total.hits = len(left.struck)
    return Account(
        total,
        by_fault,
        told,
        recoveries,
        doubled(left.attempts),
        decided_twice(left.attempts),
        broken_answers(left.attempts),
        strangers(left.pages, left.arrivals),
        raising_seconds(left),
        left.pace,
        {REDIS_STATES[s.kind]: _late_within(told, s, left) for s in left.struck if _is_redis(s)},
    )


Rows = Callable[[float], tuple[Row, Row]]


def _count_pages(told: Iterable[Told], left: Evidence, rows: Rows) -> None:
    for each in told:
        for row in rows(each.row.due):
            counts_time = each.row.due < left.stormed_until
            row.add_page(each, patience=left.patience, counts_time=counts_time)
    for step in left.silent:
        why = why_never_written(step, left.ended_at, left.patience)
        for row in rows(step.due) if why else ():
            row.never_sent.append(f"step {step.step} of run {step.run} {why}")


def _count_attempts(left: Evidence, rows: Rows) -> None:
    for attempt in left.attempts:
        if attempt.what != "raise":
            continue
        for row in rows(attempt.at):
            row.accepted += attempt.is_yes
            row.refused += attempt.error == "gave_up"
    for attempt in left.attempts:
        for row in rows(attempt.at):
            row.lost += broken_words([attempt], left.kept)


def _recoveries(told: Sequence[Told], left: Evidence) -> Iterable[tuple[Struck, float]]:
    """Provider faults answer for what the ill provider owed, all others for the rest."""
    ill = [each for each in left.struck if each.kind.startswith("provider")]
    owed = [provider_recovery_seconds(each, ill, told, left.ended_at) for each in ill]
    well_at = [(e.at, e.lifted_at + seconds) for e, seconds in zip(ill, owed, strict=True)]
    others = [
        each
        for each in told
        if each.row.due < left.stormed_until
        and not (each.is_to_ill and _is_owed(each.row.due, well_at))
    ]
    for struck in left.struck:
        if struck in ill:
            yield struck, owed[ill.index(struck)]
        else:
            yield struck, _recovery(struck, others, left)


def _recovery(struck: Struck, told: Iterable[Told], left: Evidence) -> float:
    until = answers_until(struck, left.struck, left.ended_at)
    due = [each for each in told if each.row.due <= until]
    silent = [each for each in left.silent if each.due <= until]
    return recovery_seconds(struck, late_stretches(due, silent, left.ended_at))


def _is_owed(due: float, well_at: Iterable[tuple[float, float]]) -> bool:
    """Say whether a page fell due before its provider was on time again after its last illness."""
    before = [until for at, until in well_at if at - ON_TIME_SECONDS <= due]
    return not before or due <= before[-1]


def _is_redis(struck: Struck) -> bool:
    return struck.kind in REDIS_STATES


def _late_within(told: Iterable[Told], struck: Struck, left: Evidence) -> list[float]:
    """Give how late pages were while Redis was away, as long as nobody else was hit."""
    others = (each.at for each in left.struck if each is not struck and each.at >= struck.at)
    until = min([struck.lifted_at, *others])
    if until - struck.at < ENOUGH_SECONDS:
        return []
    return [
        each.late
        for each in told
        if each.late is not None and not each.is_to_ill and struck.at <= each.row.due <= until
    ]


def raising_seconds(left: Evidence) -> dict[str, list[float]]:
    """How long raising took, by the state of Redis, where web and database were alive."""
    found: dict[str, list[float]] = {"redis up": []}
    aftermath = Aftermath(left.attempts, PILED_UP_SECONDS)
    for each in left.attempts:
        ends_at = each.at + each.took
        meets_nobody = any(each.at < upto and ends_at > at for at, upto in left.database_away)
        if (
            each.what == "raise"
            and each.is_yes
            and not meets_nobody
            and not aftermath.holds(ends_at)
        ):
            found.setdefault(_redis_state(each.at, left.struck), []).append(each.took)
    return found


def _redis_state(moment: float, struck: Iterable[Struck]) -> str:
    for each in struck:
        if _is_redis(each) and each.at <= moment <= each.lifted_at:
            return REDIS_STATES[each.kind]
    return "redis up"
