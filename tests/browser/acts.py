"""What people do in a night, by the words that they read on the screen."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.devices import Device
from tests.story import TEXT

QUESTION = "Is he one of yours? What are you going to do about it?"
POST = "https://x.com/hearthside/status/2"


def sees(one: Device, *words: str) -> None:
    """Wait until all of these words are before somebody's eyes."""
    for each in words:
        expect(one.page.get_by_text(each).locator("visible=true").first).to_be_visible()


def control(one: Device, name: str | re.Pattern[str]) -> Locator:
    """Find a button, or a link that looks like one: the first of that name that can be seen."""
    button = one.page.get_by_role("button", name=name, exact=True)
    link = one.page.get_by_role("link", name=name, exact=True)
    return button.or_(link).locator("visible=true").first


def press(one: Device, name: str | re.Pattern[str]) -> None:
    control(one, name).click()


def fill_in_storm(desk: Device) -> None:
    """Say what broke, on the screen to raise."""
    desk.page.get_by_label("Link to the post").fill("https://x.com/priya_walks/status/1")
    desk.page.get_by_label("What are they asking?").fill(QUESTION)
    desk.page.get_by_text("More, if you have it").click()
    desk.page.get_by_label("Who asks?").fill("@priya_walks")


def raise_code_red(desk: Device) -> None:
    desk.open("/")
    press(desk, "Raise code red")
    fill_in_storm(desk)
    press(desk, "Raise code red")
    sees(desk, "Code red 1", "Answer due by 12:05:00")


def say_first_word(desk: Device) -> None:
    press(desk, "Release the holding statement")
    desk.page.get_by_label("Next update by").fill("12:30")
    press(desk, "Go on to release")
    sees(desk, "We're finding out now. Next update here by 12:30.")
    let_out(desk, "https://x.com/hearthside/status/1")


def write(desk: Device, text: str = TEXT) -> None:
    """Answer whoever asked first, and send it for sign-off."""
    press(desk, re.compile("^Draft the answer to @priya_walks"))
    desk.page.get_by_label("Answer on X").fill(text)
    desk.page.get_by_label("It answers what they ask").check()
    press(desk, "Send for sign-off")
    sees(desk, "Waiting for")


def let_out(desk: Device, url: str = POST) -> None:
    desk.page.get_by_label("Link to your answer").fill(url)
    press(desk, "It’s out")


def link_from_tray(desk: Device) -> str:
    """Read the link of the page that came last, as it stands in the tray."""
    desk.open("/tray/")
    return desk.page.locator("article a").first.get_attribute("href") or ""


def code_from_tray(desk: Device) -> str:
    desk.open("/tray/")
    found = re.search(r"\b\d{6}\b", desk.page.locator("article").first.inner_text())
    assert found, "no code has come to the tray"
    return found[0]


def figure(one: Device, name: str) -> str:
    """Read one figure of the report."""
    tile = one.page.locator(".kpi").filter(has=one.page.get_by_text(name, exact=True))
    return tile.locator(".kpi__n").inner_text()
