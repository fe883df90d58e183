"""Make the icons of the app out of the mark, and the pictures in the documents out of the screens.

python -m tests.with_postgres python -m tests.pictures
"""

from __future__ import annotations

import logging
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.devices import driving, launched

STATIC = Path(__file__).resolve().parents[2] / "crisis" / "static" / "crisis"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PAPER = "#ffffff"
ICONS = (("any", 192, 1.0), ("any", 512, 1.0), ("maskable", 192, 0.66), ("maskable", 512, 0.66))
"""Purpose, size in pixels, and how much of it the mark fills: the rest may be cut off.

Source: https://w3c.github.io/manifest/#icon-masks (a circle of 80 % stays).
"""


def draw(browser: Browser, purpose: str, size: int, part: float) -> None:
    """Draw one icon."""
    page = browser.new_page(viewport={"width": size, "height": size})
    mark = (STATIC / "mark.svg").read_text(encoding="utf-8")
    ground = PAPER if purpose == "maskable" else "transparent"
    page.set_content(
        f"<style>html,body{{margin:0;height:100%;display:grid;place-items:center;"
        f"background:{ground}}}svg{{width:{part * size:.0f}px;height:{part * size:.0f}px}}</style>"
        f"<body>{mark}"
    )
    path = STATIC / "icons" / f"{purpose}-{size}.png"
    page.screenshot(path=path, omit_background=purpose == "any")
    page.close()


def picture_screens() -> None:
    """Look at the sample organisation's night, two minutes in."""
    from tests.browser.devices import KINDS, Device
    from tests.browser.standing import standing
    from tests.browsers import address_of
    from tests.sample_night import PASSWORD, SampleNight

    with standing() as here:
        story = SampleNight(here.night)
        story.go_to_waiting()
        desk = Device(here.browser.new_context(**KINDS["desk"]), here.url)
        desk.is_of(story.amara, PASSWORD).open("/code-reds/1/")
        desk.page.wait_for_selector("html[data-news=live]")
        desk.page.screenshot(path=DOCS / "console.desktop.png")
        sharp = KINDS["phone"] | {"device_scale_factor": 2}
        phone = Device(here.browser.new_context(**sharp), here.url)
        phone.was_of(story.idris, PASSWORD).open(address_of(story.incident, story.idris))
        phone.page.wait_for_selector("html[data-news=live]")
        phone.page.screenshot(path=DOCS / "approve.phone.png")


def main() -> None:
    logging.disable(logging.INFO)
    with driving() as playwright, launched(playwright) as browser:
        for icon in ICONS:
            draw(browser, *icon)
    picture_screens()


if __name__ == "__main__":
    main()
