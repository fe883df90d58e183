"""Links are opened by more than those whom they were sent to."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crisis.models import Answer, Incident
from tests.browser.acts import sees
from tests.browser.conftest import Devices
from tests.browser.night import Night
from tests.browsers import address_of
from tests.crisis.test_sign_robots import dump
from tests.story import TEXT, House

pytestmark = pytest.mark.browser


@pytest.fixture
def incident(house: House, night: Night) -> Incident:
    incident = house.alarm()
    night.pass_until(90)
    return incident


@pytest.fixture
def answer(house: House, incident: Incident) -> Answer:
    return house.submitted(incident, seconds=90)


def test_scanner_that_runs_scripts_and_waits_changes_nothing(
    house: House, incident: Incident, answer: Answer, device: Devices
) -> None:
    """Her mail's scanner has "seen" it, and the chain waits for a machine."""
    link = address_of(incident, house.anna)
    before = dump()

    scanner = device("desk")
    scanner.page.clock.install()
    scanner.open(link)
    sees(scanner, "Code red 1")
    scanner.page.clock.run_for(30_000)
    for _ in range(49):
        assert scanner.context.request.get(f"{scanner.site}{link}").ok

    expect(scanner.page.get_by_text(TEXT)).to_have_count(0)
    assert dump() == before


def test_forwarded_link_shows_the_clock_and_nothing_else(
    house: House, incident: Incident, answer: Answer, device: Devices
) -> None:
    """A link that went round in a chat must not be a decision in everybody's hands."""
    friend = device("phone").was_of(house.ben)

    friend.open(address_of(incident, house.anna))

    sees(friend, "Code red 1")
    expect(friend.page.get_by_text(TEXT)).to_have_count(0)
    expect(friend.page.get_by_role("button", name="Approve answer")).to_have_count(0)
