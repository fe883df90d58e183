"""Signing in by mail, as somebody does who has just been asked to raise."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from tests.browser.acts import press, sees
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.crisis.test_sign_robots import dump
from tests.mailbox import Mailbox, taking_mail
from tests.story import House

pytestmark = pytest.mark.browser

PATIENCE_SECONDS = 20


@pytest.fixture
def mailbox(site: str, settings: Settings) -> Iterator[Mailbox]:
    with taking_mail(settings) as mailbox:
        yield mailbox


def ask(one: Device, path: str, house: House) -> None:
    """Come to the sign-in, and have a link sent."""
    one.open(path)
    one.page.get_by_label("Work email").fill(house.olga.email)
    press(one, "Email me a sign-in link")


def way_in(mailbox: Mailbox) -> str:
    """Wait for the mail, and read the link in it."""
    letter = mailbox.arriving.get(timeout=PATIENCE_SECONDS)
    body = letter.get_body(("plain",))
    assert body
    found = re.search(r"http\S+/sign-in/link/\S+", body.get_content())
    assert found
    return found[0]


def test_officer_without_her_password_raises_all_the_same(
    house: House, device: Devices, mailbox: Mailbox
) -> None:
    """It is three in the morning, and the password is in the office."""
    phone = device("phone")
    ask(phone, "/raise/", house)
    sees(phone, "Look in your mail", "within 15 minutes")

    phone.open(way_in(mailbox))
    sees(phone, "Sign in as Olga Reyes")
    press(phone, "Sign in")

    expect(phone.page.get_by_label("What are they asking?")).to_be_visible()


def test_scanner_that_runs_scripts_and_waits_uses_no_link_up(
    house: House, device: Devices, mailbox: Mailbox
) -> None:
    """Her mail's scanner has been in before her, and the link has ended."""
    desk = device("desk")
    ask(desk, "/sign-in/", house)
    link = way_in(mailbox)
    before = dump()

    scanner = device("phone")
    scanner.page.clock.install()
    scanner.open(link)
    scanner.page.clock.run_for(30_000)
    for _ in range(49):
        assert scanner.context.request.get(link).ok

    assert dump() == before
    desk.open(link)
    press(desk, "Sign in")
    expect(desk.page.get_by_role("link", name="Raise code red").first).to_be_visible()
