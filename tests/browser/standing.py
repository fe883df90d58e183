"""A site that stands outside of a test run, with a browser before it: to measure, or to picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser

from tests.browser.devices import driving, launched
from tests.browser.night import Night, held_clock
from tests.browser.server import serving
from tests.servers import Redis


@dataclass(frozen=True)
class Site:
    """Where it stands, at which moment of the story, and what looks at it."""

    url: str
    night: Night
    browser: Browser


@contextmanager
def standing() -> Iterator[Site]:
    """Make the tables, and serve. Django is set up, on a database that nobody else needs."""
    call_command("migrate", verbosity=0)
    with ExitStack() as stack:
        night, redis = stack.enter_context(held_clock()), stack.enter_context(Redis())
        settings.CODERED_NEWS_URL = redis.url
        settings.CODERED_BASE_URL = stack.enter_context(serving())
        browser = stack.enter_context(launched(stack.enter_context(driving())))
        yield Site(settings.CODERED_BASE_URL, night, browser)
