"""The database is away in the middle of a storm: said plainly, and nothing typed is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from crisis.models import Incident
from tests.browsers import Browser, words
from tests.crisis.test_raise_view import QUESTION, typed
from tests.programs import Program, problem
from tests.story import House


@contextmanager
def database_away() -> Iterator[None]:
    """Refuse every statement, as a server does that has just gone."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("the connection is closed")

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def desk(house: House) -> Browser:
    browser = Browser(checks_csrf=False)
    browser.client.raise_request_exception = False
    browser.sign_in(house.olga)
    return browser


def hidden(page: Any) -> dict[str, str]:
    """What pressing "Try again" posts."""
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in pairs}


def test_words_are_kept_and_go_out_with_the_next_press(desk: Browser) -> None:
    """Typed once more, from memory, while the storm goes on: that is what a blank page costs."""
    fields = typed(desk.get("/raise/"), question="Is <he> one of yours?")

    with database_away():
        page = desk.post("/raise/", **fields)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert page.headers["Cache-Control"] == "no-store"
    assert "call the people on your printed telephone list" in words(page)
    assert "Is <he> one of yours?" in words(page)
    assert hidden(page) == fields
    again = desk.post("/raise/", **hidden(page))
    assert again.status_code == 302
    assert Incident.objects.get().question == "Is <he> one of yours?"


def test_page_asks_nothing_of_the_database(desk: Browser, settings: Settings) -> None:
    """A page about a database that is away, and that needs it, is a blank page."""
    settings.CODERED_DUTY_PHONE = "+44 113 496 0000"

    with database_away():
        page = desk.get("/")

    assert page.status_code == 503
    assert 'href="tel:+441134960000"' in page.content.decode()
    assert 'http-equiv="refresh" content="5"' in page.content.decode()


def test_password_goes_back_to_nobody(house: House) -> None:
    """A shared desk keeps its pages: what is hidden in one can be read."""
    browser = Browser()
    browser.client.raise_request_exception = False

    with database_away():
        page = browser.post("/sign-in/", username=house.olga.email, password="open sesame")

    assert page.status_code == 503
    assert "open sesame" not in page.content.decode()


@pytest.mark.parametrize("name", ["password1", "New_Password", "contact_methods-0-secret"])
def test_no_secret_of_the_authoring_desk_goes_back(desk: Browser, name: str) -> None:
    """A key that signs webhooks must not lie in the page of a browser that was left open."""
    with database_away():
        page = desk.post("/admin/escalation/person/add/", name="Eve", **{name: "open sesame"})

    assert page.status_code == 503
    assert "open sesame" not in page.content.decode()
    assert hidden(page) == {}


def test_fault_of_ours_stays_a_fault(desk: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "The database is away" for every slip sends people looking in the wrong place."""
    monkeypatch.setattr("escalation.clock.now", lambda: 1 / 0)

    page = desk.client.get("/")

    assert page.status_code == 500


def test_programs_get_a_problem(house: House) -> None:
    """A page of HTML instead is an error that no program understands."""
    program = Program(house.olga)

    with database_away():
        response = program.post("/incidents", {"question": QUESTION})

    assert problem(response) == (503, "unavailable")
    assert response.headers["Retry-After"] == "5"
    assert not Incident.objects.exists()
