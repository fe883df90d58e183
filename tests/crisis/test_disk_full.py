"""SQLite's disk is full: what is new is refused whole, what has begun goes on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from crisis.models import Incident
from crisis.queries.invariants import faults
from escalation.models import Acknowledgement, Event, Timeline
from tests.browsers import Browser, words
from tests.crisis.test_raise_view import typed
from tests.programs import Program, problem
from tests.story import House, at, fast_forward

pytestmark = pytest.mark.sqlite

MANY = 500
LONG = "They say that he is one of yours. " * 100


@pytest.fixture
def incident(house: House) -> Incident:
    """A code red from before the disk was full."""
    incident = house.alarm()
    fast_forward(0)
    return incident


def fill(house: House) -> None:
    for number in range(MANY):
        house.alarm(post_text=f"{number} {LONG}")


@pytest.fixture
def full_disk(house: House, incident: Incident) -> Iterator[None]:
    """Let the file grow no further, and write until nothing fits any more."""
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OperationalError, match="full"):
            fill(house)
        yield
        cursor.execute("PRAGMA max_page_count = 1073741823")


def rows() -> tuple[int, int, int]:
    return Incident.objects.count(), Timeline.objects.count(), Event.objects.count()


def refused(press: Callable[[], Any]) -> Any:
    """Raise until nothing fits any more, and give the answer to the press that wrote nothing."""
    for _ in range(MANY):
        before = rows()
        answer = press()
        if rows() == before:
            return answer
    raise AssertionError("the disk is never full")


@pytest.mark.usefixtures("full_disk")
def test_program_is_told_and_nothing_is_half_written(house: House) -> None:
    """Half a code red is one that nobody is paged for."""
    program = Program(house.olga)

    response = refused(
        lambda: program.post("/incidents", {"question": "Is he?", "post_text": LONG})
    )

    assert problem(response) == (503, "unavailable")
    assert response.headers["Retry-After"] == "5"
    assert faults(at(0)) == []


@pytest.mark.usefixtures("full_disk")
def test_officer_keeps_what_she_typed(house: House) -> None:
    """The words are not in the database, and must not be gone from the screen as well."""
    desk = Browser()
    desk.client = Client(raise_request_exception=False)
    desk.sign_in(house.olga)
    page = refused(lambda: desk.post("/raise/", **typed(desk.get("/raise/"), post_text=LONG)))

    assert page.status_code == 503
    assert LONG.strip() in words(page)


def test_code_red_from_before_is_acknowledged_still(
    house: House, incident: Incident, full_disk: None
) -> None:
    """A manager who is on it must not be paged all night because a disk is full."""
    anna = Program(house.anna)

    response = anna.post(f"/incidents/{incident.number}/acknowledge", {})

    assert response.status_code == 200, response.content
    assert Acknowledgement.objects.filter(person=house.anna).exists()
    # No clock runs here, and nobody sends.
    assert [fault for fault in faults(at(60)) if fault.code not in ("Q3", "Q4")] == []
