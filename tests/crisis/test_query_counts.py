"""No page asks the database more than twenty questions, however much there is to show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalation.models import ClockBeat
from tests.bench.archive import fill
from tests.bench.screens import SCREENS, Place, opener, place_of
from tests.bench.stories import Street, leave_open
from tests.story import NOON, ask_more

MOST = 20
"""Source: what a page may ask, whatever it shows."""


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A past of thirty code reds, four that are open, and a dozen people more who ask."""
    monkeypatch.setattr("escalation.clock.now", lambda: NOON)
    street: Street = fill(30, NOON, say=lambda line: None)
    for incident in leave_open(street, 4, NOON):
        ask_more(incident, 12, street.house.x)
    return place_of(NOON)


def questions(name: str, place: Place) -> int:
    """Count what one page asks, having seen that it shows something."""
    show = opener(name, place)
    with CaptureQueriesContext(connection) as seen:
        answer = show()
    assert answer.status_code == 200, name
    return len(seen)


def test_no_page_asks_more_than_twenty_questions(place: Place) -> None:
    """One query per row is a page that fails in the storm in which everybody opens it."""
    ClockBeat.objects.create(driver="clock", at=NOON)

    asked = {name: questions(name, place) for name in SCREENS}

    assert {name: count for name, count in asked.items() if count > MOST} == {}


def test_no_page_asks_more_while_the_clock_is_stopped(place: Place) -> None:
    """Then every page shows whom to call as well, and must come up as surely."""
    asked = {name: questions(name, place) for name in SCREENS if name != "api: health"}

    assert {name: count for name, count in asked.items() if count > MOST} == {}
