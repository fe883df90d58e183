"""Every act as both sides see it: at the desk and on the telephone, at the same time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from crisis.models import Answer, Incident, Release
from tests.browser.acts import (
    fill_in_storm,
    let_out,
    link_from_tray,
    press,
    raise_code_red,
    sees,
    write,
)
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.browsers import address_of
from tests.servers import Redis
from tests.story import TEXT, House

pytestmark = pytest.mark.browser

REASON = "Say that it was wrong first."
BETTER = f"It was wrong. {TEXT}"
SLOWLY = "This page looks for news every few seconds."


@pytest.fixture
def incident(house: House, night: Night) -> Incident:
    incident = house.alarm()
    night.pass_until(90)
    return incident


@pytest.fixture
def answer(house: House, incident: Incident) -> Answer:
    return house.submitted(incident, seconds=90)


@pytest.fixture
def desk(house: House, device: Devices) -> Device:
    return device("desk").is_of(house.olga)


@pytest.fixture
def phone(house: House, device: Devices) -> Device:
    return device("phone").was_of(house.anna)


def test_answer_goes_back_and_comes_again(
    house: House, incident: Incident, answer: Answer, desk: Device, phone: Device
) -> None:
    """She asked for a word, and neither side knows that it is the other's turn."""
    desk.open("/code-reds/1/")
    phone.open(address_of(incident, house.anna))
    press(phone, "Ask for change")
    phone.page.get_by_label("Tell Olga").fill(REASON)
    press(phone, "Send back to Olga")
    sees(phone, "You asked for a change at 12:01:30")

    sees(desk, "Anna asked for a change")
    press(desk, re.compile("^Change"))
    sees(desk, REASON)
    desk.page.get_by_label("Answer on X").fill(BETTER)
    press(desk, "Send for sign-off")

    sees(phone, BETTER)
    press(phone, "Approve answer")
    sees(phone, "Approved. Thank you, Anna")
    sees(desk, "Anna approved the answer to @priya_walks")


def test_decision_is_handed_over_and_made(
    house: House, incident: Incident, answer: Answer, desk: Device, phone: Device, device: Devices
) -> None:
    """Who has it now is asked by telephone, while the minutes run."""
    bens = device("phone").was_of(house.ben)
    desk.open("/code-reds/1/")
    phone.open(address_of(incident, house.anna))
    press(phone, "Hand over")
    phone.page.get_by_label("Ben Okafor").check()
    press(phone, "Page them now")

    sees(phone, "You handed over to Ben Okafor at 12:01:30. You may still decide.")
    sees(desk, "Anna handed over to Ben")
    bens.open(address_of(incident, house.ben))
    press(bens, "Approve answer")

    sees(bens, "Approved. Thank you, Ben")
    sees(phone, "Ben Okafor approved it")
    sees(desk, "Ben approved the answer to @priya_walks")


def test_breach_makes_the_holding_statement_the_officers(
    house: House, night: Night, incident: Incident, answer: Answer, desk: Device
) -> None:
    """Five minutes are over, nobody came, and the officer does not know that she may."""
    desk.open("/code-reds/1/")
    sees(desk, "Answer due by 12:05:00")

    night.pass_until(310)

    sees(desk, "over", "Still waiting")
    press(desk, "Release the holding statement")
    desk.page.get_by_label("Next update by").fill("12:35")
    press(desk, "Go on to release")
    let_out(desk, "https://x.com/hearthside/status/1")
    sees(desk, "We've seen the video. We're finding out now. Next update here by 12:35.")
    out = Release.objects.get()
    assert out.answer.statement == house.holding


def test_drill_says_so_on_every_screen(
    house: House, night: Night, desk: Device, phone: Device, device: Devices
) -> None:
    """A drill that looks real frightens; a code red that looks like a drill is ignored."""
    tray = device("desk").is_of(house.anna)
    desk.open("/raise/")
    fill_in_storm(desk)
    press(desk, "Run it as a drill")
    sees(desk, "Olga started a drill")
    night.pass_until(5)
    is_drill(desk)

    phone.open(link_from_tray(tray))
    sees(tray, "[Drill]")
    sees(phone, "You’re needed, Anna", "Nothing gets posted")
    press(phone, "I’m on it")
    write(desk)
    is_drill(desk)
    sees(phone, TEXT)
    is_drill(phone)
    press(phone, "Approve answer")
    sees(phone, "Approved. Thank you, Anna")
    is_drill(phone)
    expect(desk.page.locator(".badge--codered")).to_have_count(0)


def is_drill(one: Device) -> None:
    sees(one, "This is a drill")
    assert one.page.title().startswith("[Drill]")


def test_every_act_works_without_redis(
    house: House, night: Night, desk: Device, phone: Device, redis: Redis, device: Devices
) -> None:
    """What only hurries the news must never stop the answer."""
    tray = device("desk").is_of(house.anna)
    redis.kill()
    try:
        raise_code_red(desk)
        sees(desk, SLOWLY)
        night.pass_until(5)
        phone.open(link_from_tray(tray))
        press(phone, "I’m on it")
        sees(phone, "You’re on it, Anna")
        sees(desk, "On it")
        write(desk)
        sees(phone, TEXT)
        press(phone, "Approve answer")
        sees(phone, "Approved. Thank you, Anna")
        sees(desk, "Anna approved the answer to @priya_walks")
        press(desk, re.compile("^Post it"))
        let_out(desk)
        sees(desk, "Everyone has an answer")
    finally:
        redis.start()
