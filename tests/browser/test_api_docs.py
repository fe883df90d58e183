"""The page about the API, under the same policy as every other page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Devices

pytestmark = pytest.mark.browser


def test_contract_can_be_read_without_a_weaker_policy(device: Devices) -> None:
    """A page of documentation must not be the hole in the content security policy."""
    page = device("desk").open("/api/v1/docs")

    page.locator("#operations-incidents-raise_incident .opblock-summary-control").click()

    expect(page.get_by_text("Idempotency-Key").first).to_be_visible()
