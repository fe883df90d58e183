"""A real browser before the real screens, with their real headers."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright
from pytest_django import Settings

from tests.browser.devices import KINDS, Device, driving, launched
from tests.browser.night import Night, held_clock
from tests.browser.server import serving
from tests.receiver import Receiver
from tests.receiver import serving as receiving
from tests.servers import Redis

Devices = Callable[..., Device]
LONGEST_SECONDS = 600


@pytest.fixture(autouse=True)
def patience() -> None:
    """A scene has twenty screens, each on two devices: on a busy machine that takes minutes."""
    faulthandler.dump_traceback_later(LONGEST_SECONDS, exit=True)


@pytest.fixture
def night(transactional_db: None) -> Iterator[Night]:
    """The clock, held at noon."""
    with held_clock() as night:
        yield night


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with Redis() as redis:
        yield redis


@pytest.fixture
def collector(settings: Settings) -> Iterator[Receiver]:
    """Whoever is told by a browser of what the content policy would not allow."""
    receiver = Receiver()
    with receiving(receiver):
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        told = policy | {"report-uri": [f"http://127.0.0.1:{receiver.port}/"]}
        settings.CONTENT_SECURITY_POLICY_REPORT_ONLY = {"DIRECTIVES": told}
        yield receiver


@pytest.fixture
def site(night: Night, settings: Settings, redis: Redis, collector: Receiver) -> Iterator[str]:
    """The address of CodeRed, which the links in pages lead to."""
    settings.CODERED_NEWS_URL = redis.url
    with serving() as url:
        settings.CODERED_BASE_URL = url
        yield url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with driving() as playwright:
        yield playwright


@pytest.fixture
def browser(playwright: Playwright, site: str) -> Iterator[Browser]:
    """A browser of the test's own, which is gone before the site is.

    One browser for all of them would have to put away what each test has opened in it, and now
    and then Chromium never answers to that. A whole browser that does not close is ended.
    """
    with launched(playwright) as browser:
        yield browser


@pytest.fixture
def device(browser: Browser, site: str, collector: Receiver) -> Iterator[Devices]:
    """Give somebody a device. Whatever its browser complains of, or reports, fails the test."""
    made: list[Device] = []

    def give(kind: str, **options: Any) -> Device:
        made.append(Device(browser.new_context(**KINDS[kind], **options), site))
        return made[-1]

    yield give
    complaints = [each for one in made for each in one.watch.complaints]
    assert not complaints, "\n".join(complaints)
    assert not collector.heard
