"""What tests of whole processes have in common."""

import pytest

from tests.processes.patience import Patience


@pytest.fixture
def patience() -> Patience:
    """The time that a promise has on this machine, at this moment."""
    return Patience()
