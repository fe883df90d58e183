"""Fixtures that every test may use."""

import pytest
from pytest_django.fixtures import Settings

from tests.story import House, make_house


@pytest.fixture
def house(db: None) -> House:
    """An organisation that is ready for a storm."""
    return make_house()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Argon2 is slow on purpose; no test here is about how slow."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
