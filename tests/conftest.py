"""Fixtures that every test may use."""

import pytest

from tests.story import House, make_house


@pytest.fixture
def house(db: None) -> House:
    """An organisation that is ready for a storm."""
    return make_house()
