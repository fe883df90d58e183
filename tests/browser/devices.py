"""The telephones and desks of the story, each with a real browser in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from escalation.models import Person
from tests.browser.watch import Watch
from tests.browsers import PASSWORD

PHONE = {
    "viewport": {"width": 360, "height": 640},
    "is_mobile": True,
    "has_touch": True,
    "reduced_motion": "reduce",
}
DESK = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
KINDS: dict[str, dict[str, Any]] = {"phone": PHONE, "desk": DESK}
WAIT_MS = 15_000
"""A busy machine takes its time; a page that asks by itself does so every half minute."""


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


def chromium() -> str:
    """Find the browser: the one that is named, or the first that is installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = [os.environ.get("CHROMIUM"), *map(shutil.which, names)]
    for each in filter(None, found):
        return each
    raise NoBrowser("On Debian and Ubuntu: apt-get install chromium")


@contextmanager
def driving() -> Iterator[Playwright]:
    """Keep what drives browsers: once per process, as the database is found by its loop."""
    # Playwright keeps a loop in this thread, which Django would keep from the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """Run one browser, for as many devices as there are."""
    browser = playwright.chromium.launch(
        executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    yield browser
    browser.close()


class Device:
    """Somebody's telephone or desk: what its browser keeps, shows and complains of."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        context.set_default_timeout(WAIT_MS)
        self.context = context
        self.site = site
        self.watch = Watch(context)
        self.page = context.new_page()

    @property
    def path(self) -> str:
        """Where this device is."""
        return self.page.url.removeprefix(self.site)

    def open(self, path: str) -> Page:
        """Go to an address, whatever the page before it was about to do by itself."""
        url = path if path.startswith("http") else f"{self.site}{path}"
        try:
            self.page.goto(url)
        except Error as error:
            # A page without scripts reads itself anew every few seconds: that may be under way.
            if "interrupted by another navigation" not in error.message:
                raise
            self.page.goto(url)
        return self.page

    def sign_in(self, person: Person, password: str = PASSWORD) -> Page:
        """Sign in as people do, by the screen for it."""
        page = self.page if "/sign-in/" in self.path else self.open("/sign-in/")
        page.get_by_label("Work email").fill(person.email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    def is_of(self, person: Person, password: str = PASSWORD) -> Device:
        """Sign somebody in beforehand, without the screen for it."""
        self.post("/sign-in/", username=person.email, password=password)
        return self

    def was_of(self, person: Person, password: str = PASSWORD) -> Device:
        """Let somebody have signed in here before, and out again: it is known as theirs."""
        self.is_of(person, password).post("/sign-out/")
        return self

    def post(self, path: str, **fields: str) -> int:
        """Post without a page, with the cookies of this device."""
        wires = self.context.request
        wires.get(f"{self.site}/sign-in/")
        kept = {each["name"]: each["value"] for each in self.context.cookies()}
        form = {"csrfmiddlewaretoken": kept["csrftoken"], **fields}
        return wires.post(f"{self.site}{path}", form=form, max_redirects=0).status
