"""The desk by keyboard: one letter for what comes next, and letters in words stay letters."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.agreements import agree
from tests.browser.acts import press, sees
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.story import House

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(house: House, night: Night, device: Devices) -> Device:
    house.alarm(playbook=agree(house, "KEYS-01"))
    desk = device("desk").is_of(house.olga)
    desk.open("/code-reds/1/")
    return desk


def test_officer_goes_on_by_one_key(desk: Device) -> None:
    """A hand that looks for the mouse is a second for each answer, forty times."""
    desk.page.keyboard.press("n")
    desk.page.wait_for_url("**/draft/**")
    desk.page.go_back()
    desk.page.keyboard.press("r")
    desk.page.wait_for_url("**/draft/?statement=**")
    desk.page.go_back()
    desk.page.keyboard.press("p")
    desk.page.wait_for_url("**/page-next/")


def test_statements_are_found_by_their_words_and_letters_stay_letters(
    house: House, desk: Device
) -> None:
    """An officer who types "no" must not be sent to another page."""
    desk.open("/code-reds/1/draft/")
    words = desk.page.get_by_label("Answer on X")
    words.click()
    desk.page.keyboard.type("no / repeat?")
    expect(words).to_have_value("no / repeat?")

    desk.page.get_by_role("heading", level=1).click()
    desk.page.keyboard.press("/")
    find = desk.page.get_by_label("Find a statement")
    expect(find).to_be_focused()
    shown = desk.page.locator("[data-finds]").locator("visible=true")
    everything = shown.count()
    find.fill("SEEN the")
    expect(shown).not_to_have_count(everything)
    expect(shown.first).to_contain_text("seen the")
    find.fill("nobody wrote this")
    sees(desk, "No statement has these words.")
    find.fill("")
    expect(shown).to_have_count(everything)


def test_keys_are_listed_and_can_be_turned_off(desk: Device) -> None:
    """Somebody who dictates, or whose hand trembles, would release by a single letter."""
    desk.page.keyboard.press("?")
    listed = desk.page.get_by_role("dialog", name="Keys")
    expect(listed).to_contain_text("Release what may go out")
    listed.get_by_label("Use these keys").uncheck()
    press(desk, "Close")
    expect(listed).to_be_hidden()

    desk.page.keyboard.press("n")
    desk.page.keyboard.press("?")
    expect(listed).to_be_hidden()
    assert desk.path == "/code-reds/1/"

    desk.page.locator(".menu summary").click()
    press(desk, re.compile("^Keys"))
    expect(listed.get_by_label("Use these keys")).not_to_be_checked()
