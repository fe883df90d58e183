"""Make the icons of the app out of the mark.

python -m tests.pictures
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.devices import launched

STATIC = Path(__file__).resolve().parents[2] / "crisis" / "static" / "crisis"
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


def main() -> None:
    with launched() as browser:
        for icon in ICONS:
            draw(browser, *icon)


if __name__ == "__main__":
    main()
