"""What one person does stands on the others' screens, by a stream, or a few seconds later."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from crisis.models import Incident
from crisis.operations.incident import acknowledge
from crisis.operations.question import claim_question
from crisis.operations.sign_off import approve
from escalation.models import Role
from tests.agreements import agree
from tests.browser.acts import press, sees
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.browsers import address_of
from tests.servers import Redis
from tests.story import TEXT, House, act, at, make_person

pytestmark = pytest.mark.browser

SLOWLY = "This page looks for news every few seconds."


def hears(one: Device) -> None:
    """Wait until the page is told of news: from then on it asks by itself every half minute."""
    expect(one.page.locator("html")).to_have_attribute("data-news", "live")


def open_console(device: Devices, house: House) -> Device:
    desk = device("desk").is_of(house.olga)
    desk.open("/code-reds/1/")
    hears(desk)
    return desk


@pytest.fixture
def incident(house: House, night: Night) -> Incident:
    incident = house.alarm()
    night.pass_until(10)
    return incident


def test_whoever_is_on_it_stands_on_the_console_at_once(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """The officer telephones somebody who is at it already."""
    desk = open_console(device, house)

    acknowledge(incident=incident, by=house.anna, now=night.now())

    sees(desk, "On it")
    expect(desk.page.get_by_role("status")).to_contain_text("Anna is on it")


def test_manager_page_turns_at_once_when_somebody_else_decides(
    house: House, incident: Incident, device: Devices
) -> None:
    """Two managers at 3 am: the second reads on for nothing, and decides about what is decided."""
    answer = house.submitted(incident, seconds=90)
    phone = device("phone").was_of(house.anna)
    phone.open(address_of(incident, house.anna))
    sees(phone, TEXT)
    hears(phone)

    approve(answer=answer, act=act(house.ben, 95))

    sees(phone, "Ben Okafor approved it")


def test_officer_sees_that_the_answer_is_being_read(
    house: House, incident: Incident, device: Devices
) -> None:
    """She telephones somebody who has it before their eyes."""
    house.submitted(incident, seconds=10)
    desk = open_console(device, house)
    phone = device("phone").was_of(house.anna)

    phone.open(address_of(incident, house.anna))
    sees(desk, "Anna is reading it")
    phone.open("/sign-in/")

    expect(desk.page.get_by_text("Anna is reading it")).to_have_count(0)


def test_officers_see_who_is_replying_and_what_is_ticked_off(
    house: House, night: Night, device: Devices
) -> None:
    """Two of them write to the same person, and save the same post."""
    incident = house.alarm(playbook=agree(house, "STEPS-01"))
    sam = make_person("Sam Field", Role.OFFICER)
    desk = open_console(device, house)
    other = device("desk").is_of(sam)

    other.open("/code-reds/1/")
    press(other, re.compile("^Tick off: Save the post"))
    sees(desk, "Sam, 12:00:00")
    question = incident.questions.get()
    other.open(f"/code-reds/1/draft/?question={question.pk}")
    sees(desk, "Sam is replying, until 12:03:00")

    desk.open(f"/code-reds/1/draft/?question={question.pk}")
    sees(desk, "Two answers to one person look odd.")


def test_what_is_being_typed_stays_while_others_act(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """A page that reads itself anew under somebody's fingers costs the minute it was to save."""
    desk = device("desk").is_of(house.olga)
    desk.open(f"/code-reds/1/draft/?question={incident.questions.get().pk}")
    hears(desk)
    words = desk.page.get_by_label("Answer on X")
    words.fill("Yes, he volunteers with us, and")

    claim_question(
        question=incident.questions.get(),
        by=make_person("Sam Field", Role.OFFICER),
        now=at(400),
    )
    night.go_to(401)

    sees(desk, "Sam is replying, until 12:09:40")
    expect(words).to_have_value("Yes, he volunteers with us, and")
    expect(words).to_be_focused()


def test_home_tells_of_a_code_red_that_somebody_else_raised(
    house: House, night: Night, device: Devices
) -> None:
    """Whoever has the first screen open all night is the last to learn of it."""
    desk = device("desk").is_of(house.anna)
    desk.open("/")
    sees(desk, "All quiet")
    hears(desk)

    house.alarm()

    sees(desk, "Is he one of yours?")


def test_page_says_that_it_looks_by_itself_while_redis_is_away(
    house: House, night: Night, incident: Incident, device: Devices, redis: Redis
) -> None:
    """A screen that stands still, and looks alive, is trusted."""
    desk = open_console(device, house)

    redis.kill()
    sees(desk, SLOWLY)
    acknowledge(incident=incident, by=house.anna, now=night.now())
    sees(desk, "On it")
    redis.start()
    hears(desk)

    expect(desk.page.get_by_text(SLOWLY).locator("visible=true")).to_have_count(0)


def test_stream_is_not_for_those_who_may_not_see(
    house: House, incident: Incident, device: Devices
) -> None:
    """When something moves is news as well."""
    stranger = device("phone")

    for path in ("/live/", "/code-reds/1/live/", "/sign/1/live/", "/code-reds/99/live/"):
        answer = stranger.context.request.get(f"{stranger.site}{path}", max_redirects=0)
        assert (answer.status, answer.body()) == (204, b"")
