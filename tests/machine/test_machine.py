"""Any order of anything: what was promised holds after every single step."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import Night
from tests.machine.world import furnish
from tests.story import House

QUIET = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "database": None,
    "print_blob": False,
    "phases": [Phase.explicit, Phase.generate, Phase.shrink],
}
ONCE = [Phase.explicit, Phase.generate]
PARTS = 10
"""The nights are played in as many parts: side by side where there are cores, and none so long that
a slow machine takes it for one that hangs."""
PROFILES = {
    "ci": settings(max_examples=100 // PARTS, stateful_step_count=50, **QUIET),
    "long": settings(max_examples=2000 // PARTS, stateful_step_count=100, **QUIET),
    "look": settings(
        max_examples=60 // PARTS, stateful_step_count=40, **(QUIET | {"phases": ONCE})
    ),
}
PROFILE = os.environ.get("CODERED_MACHINE", "ci")

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_in_whatever_order_every_promise_holds(house: House, part: int) -> None:
    """Faults hide between features: nobody writes down "edit, die, hand over, take back"."""
    furnish(house)

    run_state_machine_as_test(lambda: Night(house), settings=PROFILES[PROFILE])
