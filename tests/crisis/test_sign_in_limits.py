"""Who floods the sign-in form: what that costs the clock, and what it costs an officer."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from crisis.views import strangers
from tests.browsers import PASSWORD, Browser, known_browser, words
from tests.story import House

SOMEWHERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    """Wrong passwords of other tests count for other tests."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are enough to see what sixty do."""
    monkeypatch.setattr(strangers, "MOST_FAILURES", 3)


def sign_in(email: str, password: str = PASSWORD, *, address: str = SOMEWHERE) -> Any:
    fields = {"username": email, "password": password}
    return Client(REMOTE_ADDR=address).post("/sign-in/", fields)


def guess(times: int, *, address: str = SOMEWHERE) -> None:
    """Try as many addresses of people, each with one wrong password."""
    for number in range(times):
        sign_in(f"nobody-{number}@example.org", "a wrong password", address=address)


# ------------------------------------------------------------ at once


class SlowHasher(MD5PasswordHasher):
    """Takes its time, and counts how many passwords are hashed together."""

    lock = Lock()
    together = most = 0

    def encode(self, password: str, salt: str) -> str:
        with self.lock:
            SlowHasher.together += 1
            SlowHasher.most = max(self.most, self.together)
        time.sleep(0.05)
        with self.lock:
            SlowHasher.together -= 1
        return super().encode(password, salt)


def sign_in_and_hang_up(email: str) -> int:
    try:
        status: int = sign_in(email).status_code
        return status
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_flood_hashes_two_passwords_at_once_and_no_more(settings: Settings) -> None:
    """A hundred at once take ten gigabytes, and every place at the database: no page leaves."""
    settings.PASSWORD_HASHERS = [f"{__name__}.SlowHasher"]
    emails = [f"nobody-{number}@example.org" for number in range(12)]

    with ThreadPoolExecutor(12) as threads:
        statuses = list(threads.map(sign_in_and_hang_up, emails))

    assert SlowHasher.most == strangers.AT_ONCE
    assert set(statuses) <= {200, 429}


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    """Strangers who have every place, until this is closed."""
    monkeypatch.setattr(strangers, "PATIENCE_SECONDS", 0.01)
    with ExitStack() as stack:
        for _ in range(strangers.AT_ONCE):
            assert stack.enter_context(strangers.place(RequestFactory().post("/sign-in/")))
        yield stack


def test_who_finds_no_place_loses_the_password_only(
    house: House, crowd: ExitStack, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Whoever has to type everything again, or lands elsewhere, loses the seconds that count."""
    browser = Browser()

    with django_assert_num_queries(0):
        busy = browser.sign_in(house.olga, next="/raise/")

    page = busy.content.decode()
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "3")
    assert "Type your password once more" in words(busy)
    assert f'value="{house.olga.email}"' in page
    assert 'name="next" value="/raise/"' in page
    assert PASSWORD not in page


def test_a_place_is_free_again_once_a_password_was_looked_at(
    house: House, crowd: ExitStack
) -> None:
    """A place that is lost for good locks everybody out in the end."""
    crowd.close()

    guess(2 * strangers.AT_ONCE)

    assert sign_in(house.olga.email).status_code == 302


def test_a_flood_of_strangers_takes_no_place_from_a_browser_that_is_known(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer whose session ended could not raise the code red while it lasts."""
    browser = known_browser(house.olga)
    monkeypatch.setattr(strangers, "PATIENCE_SECONDS", 0.01)

    with ExitStack() as stack:
        for _ in range(strangers.AT_ONCE):
            stack.enter_context(strangers.place(RequestFactory().post("/sign-in/")))
        signed_in = browser.sign_in(house.olga)

    assert signed_in.status_code == 302


# ------------------------------------------------------------ from one address


def test_an_address_with_sixty_wrong_passwords_waits(
    house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """With another person's name each time, nobody was ever locked out."""
    guess(strangers.MOST_FAILURES)

    with django_assert_num_queries(0):
        locked = sign_in(house.olga.email)

    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert "open the link in the page" in words(locked)
    assert sign_in(house.olga.email, address=ELSEWHERE).status_code == 302


@pytest.mark.usefixtures("few")
def test_an_office_that_mistypes_is_let_in(house: House) -> None:
    """Forty people at one address, half of whom mistype, must not lock out the officer."""
    guess(strangers.MOST_FAILURES - 1)

    assert sign_in(house.olga.email).status_code == 302


@pytest.mark.usefixtures("few")
def test_browser_that_is_known_comes_in_from_an_address_that_waits(house: House) -> None:
    """A stranger in the café, or behind the same proxy, must not keep the officer out."""
    browser = known_browser(house.olga)
    guess(strangers.MOST_FAILURES, address="127.0.0.1")

    assert sign_in(house.olga.email, address="127.0.0.1").status_code == 429
    assert browser.sign_in(house.olga).status_code == 302


@pytest.mark.usefixtures("few")
def test_an_address_that_waited_may_try_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that is locked for ever is an office that is."""
    guess(strangers.MOST_FAILURES)
    later = time.monotonic() + strangers.FAILED_SECONDS

    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert sign_in(house.olga.email).status_code == 302


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.10", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
    ],
)
@pytest.mark.usefixtures("few")
def test_all_that_one_subscriber_has_counts_as_one_address(
    house: House, one: str, other: str, are_one: bool
) -> None:
    """In IPv6 a stranger has a new address for every guess; the neighbours are others."""
    guess(strangers.MOST_FAILURES, address=one)

    told = sign_in(house.olga.email, address=other)

    assert told.status_code == (429 if are_one else 302)


@pytest.mark.usefixtures("few")
def test_where_no_address_is_known_nobody_is_locked_out(house: House) -> None:
    """Behind a socket everybody has the same, which is none."""
    guess(strangers.MOST_FAILURES, address="")

    assert sign_in(house.olga.email, address="").status_code == 302
