"""Fixtures of the tests that go through the doors."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.programs import Program
from tests.story import House


@pytest.fixture(autouse=True)
def nobody_has_asked_before() -> Iterator[None]:
    """The throttles count in memory, which outlives a test's rows."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def olgas(house: House) -> Program:
    """The officer's program."""
    return Program(house.olga)


@pytest.fixture
def annas(house: House) -> Program:
    """A manager's program."""
    return Program(house.anna)
