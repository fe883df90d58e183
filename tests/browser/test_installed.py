"""CodeRed on the home screen of a telephone, and what other apps share to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from crisis.models import Incident
from tests.browser.acts import press, sees
from tests.browser.conftest import Devices
from tests.browser.devices import PHONE, Device, chromium
from tests.story import House

pytestmark = pytest.mark.browser


def manifest_of(one: Device) -> dict[str, Any]:
    told: dict[str, Any] = one.page.evaluate(
        "() => fetch(document.querySelector('link[rel=manifest]').href).then((it) => it.json())"
    )
    return told


def test_telephone_may_keep_it_on_its_home_screen(
    house: House, site: str, browser: Browser, tmp_path: Path
) -> None:
    """Looked for in a browser's history at three in the morning, it is found too late."""
    # A browser that keeps nothing, as the others here, may install nothing.
    keeping = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=["--no-sandbox"], **PHONE
    )
    with keeping:
        phone = Device(keeping, site).is_of(house.olga)
        phone.open("/")
        wires = keeping.new_cdp_session(phone.page)

        assert wires.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        assert wires.send("Page.getAppManifest")["errors"] == []
        assert not phone.watch.complaints


def test_post_that_is_shared_fills_in_the_form(house: House, device: Devices) -> None:
    """A link copied by hand on a telephone takes half a minute, and goes wrong."""
    phone = device("phone").is_of(house.olga)
    phone.open("/")
    target = manifest_of(phone)["share_target"]
    phone.post("/sign-out/")
    post = "https://x.com/priya_walks/status/1"
    shared = {"title": "Priya on X", "text": f"Is he one of yours? {post}", "url": ""}
    query = {target["params"][name]: words for name, words in shared.items()}

    phone.open(f"{target['action']}?{urlencode(query)}")
    phone.sign_in(house.olga)

    expect(phone.page.get_by_label("Link to the post")).to_have_value(post)
    phone.page.get_by_label("What are they asking?").fill("Is he one of yours?")
    press(phone, "Raise code red")
    sees(phone, "Answer due by 12:05:00")
    incident = Incident.objects.get()
    assert (incident.post_url, incident.post_text) == (post, "Is he one of yours?")
