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
PROFILES = {
    "ci": settings(max_examples=40, stateful_step_count=30, **QUIET),
    "long": settings(max_examples=2000, stateful_step_count=100, **QUIET),
    "look": settings(max_examples=60, stateful_step_count=40, **(QUIET | {"phases": ONCE})),
}
PROFILE = os.environ.get("CODERED_MACHINE", "ci")

pytestmark = pytest.mark.sqlite


def test_whatever_happens_in_whatever_order_every_promise_holds(house: House) -> None:
    """Faults hide between features: nobody writes down "edit, die, hand over, take back"."""
    furnish(house)

    run_state_machine_as_test(lambda: Night(house), settings=PROFILES[PROFILE])
