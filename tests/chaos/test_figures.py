"""Which fault answers for what: a promise that nobody answers for is kept by nobody."""

from collections.abc import Sequence

import pytest

from tests.chaos.account import Told
from tests.chaos.figures import Account, Evidence, account_of
from tests.chaos.journal import Struck
from tests.chaos.rows import Arrival, Kept, PageRow
from tests.chaos.schedule import Fault

pytestmark = pytest.mark.sqlite
DUE = 1000.0
NOTHING = Kept({}, frozenset(), frozenset(), frozenset(), frozenset())


def struck(kind: str, at: float, lasts: float = 0.0) -> Struck:
    return Struck(Fault(at, kind, "a", lasts), DUE + at, DUE + at + lasts)


def account(pages: Sequence[tuple[float, float]], *faults: Struck) -> Account:
    """Account for pages to the troubled provider: when each was due, and when it came."""
    rows = [
        PageRow(
            key=f"k{due}",
            run=1,
            occasion="step",
            step=0,
            provider="a",
            due=DUE + due,
            queued_at=DUE + due,
            status="sent",
        )
        for due, _ in pages
    ]
    came = [Arrival(f"k{due}", DUE + at, "a", "ok") for due, at in pages]
    return account_of(Evidence(rows, [], came, [], NOTHING, faults, [], DUE + 500, DUE + 600))


def recovered(found: Account) -> dict[str, float]:
    return {each.kind: round(seconds, 3) for each, seconds in found.recoveries}


def test_page_that_dies_with_its_clock_counts_for_the_clock() -> None:
    """Between an ill provider and the fault that did it, lateness would belong to nobody."""
    ill, kill = struck("provider_429", 0, 20), struck("kill", 30)

    found = account([(18, 26), (30, 35.5)], ill, kill)

    assert all(isinstance(each, Told) and each.is_to_ill for each in found.told)
    assert recovered(found) == {"provider_429": 6.0, "kill": 5.5}


def test_pages_count_while_redis_is_away_until_something_else_strikes() -> None:
    """One crash in the last second must not take the promise off the list."""
    away, crash = struck("redis_killed", 0, 60), struck("crash", 40)

    found = account([(10, 10.5), (39, 39.2), (41, 45)], away, crash)

    assert found.redis["redis away"] == pytest.approx([0.5, 0.2])


def test_few_seconds_without_redis_tell_nothing() -> None:
    """A promise judged on a single page is luck."""
    found = account([(5, 5.5)], struck("redis_killed", 0, 60), struck("kill", 9))

    assert found.redis["redis away"] == []
