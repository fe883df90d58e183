"""What a run has to keep, and whether it did. The first that is broken ends the talk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.account import (
    RECOVERY_SECONDS,
    lateness,
    not_carried_out,
    twice_though_answered,
)
from tests.chaos.figures import Account
from tests.chaos.journal import OF_TIME, Journal, Seen
from tests.chaos.run import Played
from tests.chaos.schedule import LONG_RUN_MINUTES

MOST_TWICE = 0.05
"""In a storm of ten minutes or more. A short one packs as many silent answers into less time."""
MOST_TWICE_THOUGH_ANSWERED = 0.03
"""In any storm: for a page whose answer was withheld, twice is what was promised."""
RAISED_WITHIN_SECONDS = 1.0
REDIS_AWAY_SECONDS = 1.1
ENOUGH_FOR_P99 = 100
HURRIED = ("raising answered", "pages within")
"""Percentiles of a second: a machine that does other things meanwhile would break them."""
NAMED = 5
"""How many culprits are named; the rest is in the JSON."""


@dataclass(frozen=True)
class Promise:
    """One line of the verdict."""

    name: str
    is_kept: bool
    found: str
    culprits: tuple[str, ...] = ()


def judge(
    account: Account, seen: Iterable[Seen], played: Played, journal: Journal
) -> list[Promise]:
    """Hold a run to every promise, the worst ones first."""
    total = account.total
    pages = len(account.told)
    return [
        none("accepted and lost", total.lost),
        none("raised twice with one key", account.doubled),
        none("pages never sent", total.never_sent),
        none("pages early", total.early),
        none("pages three times or more", _thrice(account)),
        *_twice(account, played),
        none("pages without a row", account.strangers),
        none("decided by two people", account.decided_twice),
        none("answered with a crash", account.broken_answers),
        *_recovered(account),
        *_raising(account),
        *_redis(account),
        *_invariants(seen, account.pace),
        Promise("all done in time at the end", played.is_drained, str(played.is_drained)),
        none("faults that were not carried out", not_carried_out(journal.of("broke"))),
        Promise("the load itself was well", played.is_load_well, str(played.is_load_well)),
        Promise("anything happened at all", pages > 0 and total.accepted > 0, f"{pages} pages"),
    ]


def broken_at_any_pace(promises: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the written promises that are broken, and that no busy machine excuses."""
    broken = (each["name"] for each in promises if not each["is_kept"])
    return [name for name in broken if not name.startswith(HURRIED)]


def none(name: str, culprits: Sequence[str]) -> Promise:
    return Promise(name, not culprits, str(len(culprits)), tuple(culprits[:NAMED]))


def _thrice(account: Account) -> list[str]:
    return [f"page {each.row.key}: {each.copies}" for each in account.told if each.copies > 2]


def _twice(account: Account, played: Played) -> Iterator[Promise]:
    twice, pages = account.total.twice, len(account.told) or 1
    if not played.struck:
        yield Promise("pages twice without a fault", twice == 0, str(twice))
        return
    answered = len(twice_though_answered(account.told))
    yield share_under("pages twice though answered", answered, pages, MOST_TWICE_THOUGH_ANSWERED)
    if played.stormed_until - played.began_at >= LONG_RUN_MINUTES * 60:
        yield share_under("pages twice", twice, pages, MOST_TWICE)


def share_under(name: str, count: int, pages: int, most: float) -> Promise:
    share = count / pages
    return Promise(f"{name} under {most:.0%}", share < most, f"{count} of {pages}, {share:.1%}")


def _recovered(account: Account) -> Iterator[Promise]:
    recoveries, most = account.recoveries, RECOVERY_SECONDS * account.pace
    if not recoveries:
        return
    slow = [f"{each.fault}: {took:.1f} s" for each, took in recoveries if took > most]
    slowest = max(took for _, took in recoveries)
    found = f"slowest {slowest:.1f} s"
    name = f"everything on time again within {most:.0f} s"
    yield Promise(name, not slow, found, tuple(slow[:NAMED]))


def _raising(account: Account) -> Iterator[Promise]:
    for state, seconds in account.raising.items():
        took = lateness(seconds)
        # With fewer than a hundred the highest one is no percentile but a single mishap.
        worst = took.p99 if took.count >= ENOUGH_FOR_P99 else took.p95
        name = f"raising answered within {RAISED_WITHIN_SECONDS:.0f} s, {state}"
        found = f"p50 {took.p50:.3f} s, p99 {took.p99:.3f} s of {took.count}"
        yield Promise(name, worst < RAISED_WITHIN_SECONDS, found)


def _redis(account: Account) -> Iterator[Promise]:
    for state, late in account.redis.items():
        if not late:
            continue
        figures = lateness(late)
        name = f"pages within {REDIS_AWAY_SECONDS} s (p99), {state}"
        found = f"p99 {figures.p99:.3f} s of {figures.count}"
        yield Promise(name, figures.p99 <= REDIS_AWAY_SECONDS, found)


def _invariants(seen: Iterable[Seen], pace: float) -> Iterator[Promise]:
    broken = [
        f"{each.code} {each.row} {each.why}, for {each.seconds:.0f} s"
        for each in seen
        if each.code not in OF_TIME or each.seconds > RECOVERY_SECONDS * pace
    ]
    yield none("invariants that did not hold", broken)
