"""Passwords that are guessed at the door."""

from http import HTTPStatus

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from escalation.models import Person

EMAIL, PASSWORD = "olga@example.org", "a long enough password"


@pytest.fixture
def olga(db: None) -> Person:
    return Person.objects.create_user(EMAIL, PASSWORD, name="Olga")


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Guesses of other tests, from the same address, count for none of these."""
    cache.clear()


def sign_in(password: str, address: str, email: str = EMAIL) -> int:
    fields = {"username": email, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse(settings.LOGIN_URL), fields).status_code


def guess_until_locked(email: str = EMAIL) -> int:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        told = sign_in("a wrong password", "192.0.2.1", email)
    return told


def test_tenth_wrong_guess_locks_the_guesser_out(olga: Person) -> None:
    """Somebody who may guess for ever gets in."""
    guess_until_locked()

    assert sign_in(PASSWORD, "192.0.2.1") == HTTPStatus.TOO_MANY_REQUESTS


def test_guesses_count_together_however_the_address_is_written(olga: Person) -> None:
    """Else every way to write it is worth ten more guesses."""
    guess_until_locked(EMAIL.upper())

    assert sign_in(PASSWORD, "192.0.2.1") == HTTPStatus.TOO_MANY_REQUESTS


def test_guesses_from_elsewhere_do_not_lock_the_person_out(olga: Person) -> None:
    """Anybody who knows an e-mail address could keep the officer out during the storm."""
    guess_until_locked()

    assert sign_in(PASSWORD, "198.51.100.7") == HTTPStatus.FOUND
