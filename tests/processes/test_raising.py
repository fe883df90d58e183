"""The button answers at once, whatever has become of Redis."""

import pytest

from tests.processes.patience import Patience
from tests.processes.raising import measure

pytestmark = [pytest.mark.processes, pytest.mark.enable_socket]

PROMISED_SECONDS = 1.0


def test_raising_answers_within_a_second_with_redis_up_hung_and_down(patience: Patience) -> None:
    """An officer who sees nothing happen presses again, or thinks that it was heard."""
    patience(PROMISED_SECONDS)
    told = measure(seconds=3, rate=5)

    longest = patience(PROMISED_SECONDS)
    assert {trouble: waits[-1] < longest for trouble, waits in told.items()} == {
        "up": True,
        "hung": True,
        "down": True,
    }
