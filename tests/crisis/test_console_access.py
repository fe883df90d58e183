"""Who may look at the console, what a drill looks like there, and what a look costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crisis.models import Incident
from crisis.operations.incident import acknowledge, stand_down
from escalation.models import Role
from playbooks.models import Protocol
from tests.agreements import agree
from tests.browsers import Browser
from tests.desk import over, pages_of, released
from tests.story import House, ask_more, at, fast_forward, make_person

# ------------------------------------------------------------ a drill, and who may look


@pytest.mark.parametrize("seconds", [30, 330])
def test_drill_says_so_on_every_page(house: House, desk: Browser, seconds: float) -> None:
    """A drill that looks real frightens people; a storm that looks drilled is slept through."""
    incident = house.alarm(is_drill=True)
    answer = house.draft(incident)
    fast_forward(seconds)
    desk.seconds = seconds

    for path in (
        "",
        "timeline/",
        "questions/",
        "facts/",
        "draft/",
        "stand-down/",
        "page-next/",
        "report/",
    ):
        html = desk.get(f"/code-reds/{incident.number}/{path}").content.decode()
        assert "<title>[Drill]" in html, path
        assert "This is a drill" in html, path
        assert "badge--codered" not in html, path
    assert "This is a drill" in desk.get(f"/answers/{answer.pk}/").content.decode()


def test_restricted_incident_is_not_there_for_others(house: House) -> None:
    """That there is one at all is what a restricted storm must keep to itself."""
    playbook = agree(house, "SAFE-01", is_restricted=True)
    incident = house.alarm(playbook=playbook)
    answer = house.draft(incident)
    eve = make_person("Eve Stone", Role.OFFICER)
    outsider = Browser()
    outsider.sign_in(eve)

    for path in pages_of(incident, answer):
        assert outsider.get(path).status_code == 404, path
        assert outsider.post(path, do="send", text="x", end="over").status_code == 404, path
    for path in ("/", "/code-reds/", "/reports/"):
        assert "Is he one of yours" not in outsider.get(path).content.decode()


def test_admin_as_such_reads_no_storm(house: House) -> None:
    """Whoever sets up the chains need not read what they are used for."""
    incident = house.alarm()
    answer = house.draft(incident)
    browser = Browser()
    browser.sign_in(make_person("Tom Asher", Role.ADMIN))

    for path in pages_of(incident, answer):
        assert browser.get(path).status_code in (403, 404), path


def test_address_that_is_no_code_red_is_not_found(desk: Browser) -> None:
    """A mistyped number is not a fault of ours, and must not look like one."""
    for number in ("0", "99", "9" * 30):
        assert desk.get(f"/code-reds/{number}/").status_code == 404
        assert desk.get(f"/answers/{number}/").status_code == 404


# ------------------------------------------------------------ what it costs


def states(house: House) -> dict[str, Callable[[], Incident]]:
    def full() -> Incident:
        playbook = agree(house, "FULL-01", falls_to_officer=Protocol.Falls.HOLDING, clause="c")
        incident = house.alarm(playbook=playbook)
        ask_more(incident, 12, house.facebook)
        acknowledge(incident=incident, by=house.anna, now=at(20))
        for number in range(4):
            house.draft(incident, f"Answer number {number} to them.")
        released(house, incident)
        return incident

    def late() -> Incident:
        return over(house, falls_to_officer=Protocol.Falls.HOLDING, clause="c")

    def closed() -> Incident:
        incident = full()
        return stand_down(incident=incident, by=house.olga, end="over", now=at(900))

    return {"open": house.alarm, "over": late, "answered": full, "closed": closed}


@pytest.mark.parametrize("state", ["open", "over", "answered", "closed"])
def test_no_page_of_a_storm_asks_more_than_twenty_questions(
    house: House, desk: Browser, django_assert_max_num_queries: Any, state: str
) -> None:
    """Forty people look at once, every five seconds, while the clock needs the database."""
    incident = states(house)[state]()
    fast_forward(10)
    desk.seconds = 338
    answer = incident.answers.order_by("pk").first() or house.draft(incident)

    for path in ["/", "/code-reds/", "/reports/", *pages_of(incident, answer)]:
        with django_assert_max_num_queries(20):
            desk.get(path)
