"""The same night with JavaScript turned off: every act is a plain form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from crisis.models import Answer, Decision, Incident, Release
from tests.browser.acts import (
    QUESTION,
    control,
    figure,
    let_out,
    link_from_tray,
    press,
    raise_code_red,
    say_first_word,
    sees,
    write,
)
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.browsers import address_of
from tests.story import TEXT, House

pytestmark = pytest.mark.browser

REASON = "Say that it was wrong first."
BETTER = f"It was wrong. {TEXT}"
AMENDED = BETTER.replace("all shifts from tonight", "all shifts")


@pytest.fixture
def desk(house: House, device: Devices) -> Device:
    """Olga's desk."""
    return device("desk", java_script_enabled=False)


@pytest.fixture
def phone(house: House, device: Devices) -> Device:
    """Anna's telephone, on which she has signed in before."""
    return device("phone", java_script_enabled=False).was_of(house.anna)


def test_raise_send_back_amend_and_release(
    house: House, night: Night, desk: Device, phone: Device, device: Devices
) -> None:
    """A script that does not load must not stand between a manager and an answer."""
    tray = device("desk", java_script_enabled=False).is_of(house.anna)
    desk.sign_in(house.olga)
    raise_code_red(desk)
    say_first_word(desk)
    write(desk)
    night.pass_until(70)

    phone.open(link_from_tray(tray))
    sees(phone, QUESTION, TEXT)
    press(phone, "Ask for change")
    phone.page.get_by_label("Tell Olga").fill(REASON)
    press(phone, "Send back to Olga")
    sees(phone, "You asked for a change at 12:01:10", REASON)

    desk.open("/")
    press(desk, re.compile("^Change"))
    sees(desk, REASON)
    desk.page.get_by_label("Answer on X").fill(BETTER)
    press(desk, "Send for sign-off")
    sees(desk, "Waiting for Anna")
    night.pass_until(90)

    phone.open("/sign/1/")
    sees(phone, BETTER)
    press(phone, "Amend")
    phone.page.get_by_label("Our answer, in your words").fill(AMENDED)
    press(phone, "See what I changed")
    sees(phone, "What you changed")
    assert phone.page.locator(".diff del").all_inner_texts() == [" from tonight"]
    press(phone, "Approve with changes")
    sees(phone, "Approved. Thank you, Anna", AMENDED)

    desk.open("/")
    press(desk, re.compile("^Post it"))
    sees(desk, AMENDED)
    expect(desk.page.locator("noscript p")).to_be_visible()
    let_out(desk)
    sees(desk, "Everyone has an answer")
    press(desk, "Close code red")
    press(desk, "Close code red")
    press(desk, "Read the report")

    assert figure(desk, "First public answer") == "1:30"
    assert Release.objects.get(answer__question__isnull=False).version.text == AMENDED


def test_hand_over_and_be_first_all_the_same(
    house: House, night: Night, phone: Device, device: Devices
) -> None:
    """Whoever cannot decide must be able to say who can, with the one press that is left."""
    incident = house.alarm()
    night.pass_until(5)
    phone.open(address_of(incident, house.anna))
    press(phone, "I’m on it")
    sees(phone, "You’re on it, Anna")
    answer = house.submitted(incident)
    phone.page.reload()

    press(phone, "Hand over")
    phone.page.get_by_label("Ben Okafor").check()
    press(phone, "Page them now")
    sees(phone, "You handed over to Ben Okafor at 12:00:05. You may still decide.")
    night.pass_until(10)
    bens = device("desk", java_script_enabled=False).is_of(house.ben)
    bens.open(link_from_tray(bens))
    press(bens, "Approve answer")
    sees(bens, "Approved. Thank you, Ben")
    press(phone, "Approve answer")

    sees(phone, "Ben Okafor approved it first")
    answer.refresh_from_db()
    assert answer.status == Answer.Status.APPROVED
    assert Decision.objects.get(is_effective=True).by == house.ben


def test_typed_words_outlast_a_fault(house: House, desk: Device) -> None:
    """What was typed under pressure is never typed twice."""
    desk.is_of(house.olga).open("/raise/")
    desk.page.get_by_label("What are they asking?").fill("Is he one of yours?")
    desk.page.get_by_label("Link to the post").fill("not a link")

    press(desk, "Raise code red")

    sees(desk, "One thing stops this")
    asked = desk.page.get_by_label("What are they asking?")
    assert asked.input_value() == "Is he one of yours?"
    assert desk.page.locator(":focus").get_attribute("role") == "alert"
    assert not Incident.objects.exists()
    desk.page.get_by_label("Link to the post").fill("x.com/priya_walks/status/1")
    press(desk, "Raise code red")
    sees(desk, "Code red 1")


def test_answer_with_an_empty_blank_comes_back_with_what_to_fill_in(
    house: House, night: Night, desk: Device
) -> None:
    """ "Next update by {time}" must never be what the public reads."""
    house.alarm()
    desk.is_of(house.olga).open("/code-reds/1/")
    press(desk, "Release the holding statement")
    desk.page.get_by_label("Next update by").fill("")

    press(desk, re.compile("Go on to release|Send for sign-off"))

    sees(desk, "Fill this in, or take it out")
    assert not Release.objects.exists()
    desk.page.get_by_label("Next update by").fill("12:45")
    press(desk, "Check it")
    sees(desk, "Next update here by 12:45.")
    assert control(desk, "Go on to release").count() == 1
