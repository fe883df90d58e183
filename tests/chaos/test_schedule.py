"""The plan of a storm: the same for the same seed, and as hard as it says."""

from collections import Counter
from inspect import signature

import pytest

from escalation.operations.due import lock_next
from tests.chaos.plants.messages.apps import _lock_next
from tests.chaos.schedule import CALM_SECONDS, PROCESSES, PROVIDER_MODES, schedule
from tests.story import NOON

pytestmark = pytest.mark.sqlite


def test_same_seed_gives_same_storm() -> None:
    """A broken promise that cannot be played again is never understood."""
    assert schedule(1, 3) == schedule(1, 3)
    assert schedule(1, 3) != schedule(1, 4)


def test_ten_minutes_hold_all_that_was_promised_to_happen() -> None:
    """A storm that forgot to kill proves nothing."""
    kinds = Counter(fault.kind for fault in schedule(10, 7))
    kills = kinds["kill"] + 2 * kinds["workers_killed"] + 2 * kinds["crash"]

    assert kills >= 205, "some will find nobody alive, and 200 have to hit"
    assert kinds["database"] >= 10
    assert kinds["flush"] >= 10
    assert {f"provider_{mode}" for mode in PROVIDER_MODES} <= set(kinds)
    lasting = {fault.kind: fault.lasts for fault in schedule(10, 7)}
    assert lasting["redis_killed"] == lasting["redis_hung"] == 60


def test_every_process_is_killed() -> None:
    """The one that is never killed is the one that cannot bear it."""
    targets = {fault.target for fault in schedule(10, 7) if fault.kind == "kill"}

    assert targets == set(PROCESSES)


def test_redis_goes_alone_in_a_long_run() -> None:
    """How late pages are without Redis cannot be told while other things break."""
    faults = schedule(10, 7)
    for away in (each for each in faults if each.kind.startswith("redis")):
        others = [each for each in faults if away.at - 3 <= each.at <= away.at + away.lasts + 1]
        assert others == [away]


def test_storm_begins_and_ends_in_calm() -> None:
    """What strikes in the last second would be forgiven for what it did."""
    for minutes in (0.5, 1, 10):
        faults = schedule(minutes, 1)
        assert min(each.at for each in faults) >= CALM_SECONDS
        assert max(each.at + each.lasts for each in faults) <= minutes * 60 - CALM_SECONDS + 0.1


def test_plant_takes_what_the_clock_tells_it() -> None:
    """A plant that raises is not planted, and its control tells nothing of the harness."""
    told = signature(lock_next).bind(NOON, 500, [], deadlines=False)
    taken = signature(_lock_next).bind(*told.args, **told.kwargs)

    assert list(taken.arguments)[:3] == ["now", "limit", "but"]
