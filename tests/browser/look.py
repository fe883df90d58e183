"""What a screen must be for everybody, whoever looks at it and on what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NARROWEST = 320
TOUCH = 48
AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
BOTH = ("light", "dark")
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PRESSED = (
    "button:not(.vh), .btn, summary, select, textarea, .choice, nav a, "
    "input:not([type=hidden], [type=checkbox], [type=radio])"
)
AXE = Axe().axe_script
RUN_AXE = "(options) => axe.run(document, options).then((found) => found.violations)"
TOO_SMALL = """([css, least]) => [...document.querySelectorAll(css)]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1)
  .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
  .map(([one, { width, height }]) => `${one.outerHTML.slice(0, 80)} ${width} x ${height}`)
"""
TOO_WIDE = """(width) => {
  const over = document.documentElement.scrollWidth - width;
  if (over <= 0) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    (one) => one.checkVisibility() && one.getBoundingClientRect().right > width + 0.5);
  return [`${over} px: ${wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 90)).join(" | ")}`];
}"""
TEXT, LARGE_TEXT = 16, 32
"""Pixels, as somebody sets them for all that their browser shows. Source: WCAG 2.2, 1.4.4."""


def faults(page: Page, kind: str, schemes: Sequence[str]) -> Iterator[str]:
    """Tell all that is wrong with the screen as it stands, in light, in dark or in both."""
    # The words of a page can be read a moment before its style sheet has come.
    page.wait_for_load_state("load")
    yield from _names(page)
    page.evaluate(AXE)
    rules = AA
    for scheme in schemes:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        yield from _axe(page, scheme, rules)
        rules = COLOURS
    if kind == "phone":
        for small in page.evaluate(TOO_SMALL, [PRESSED, TOUCH]):
            yield f"smaller than a finger: {small}"
    yield from _width(page, kind)


def _names(page: Page) -> Iterator[str]:
    title = page.title().removesuffix("- CodeRed").strip()
    if not title:
        yield "no title"
    heads = page.locator("h1").count()
    if heads != 1:
        yield f"{heads} h1"


def _axe(page: Page, scheme: str, rules: dict[str, Any]) -> Iterator[str]:
    for each in page.evaluate(RUN_AXE, {"runOnly": rules, "resultTypes": ["violations"]}):
        first = each["nodes"][0]
        yield f"axe, {scheme}: {each['id']} x{len(each['nodes'])} {first['html'][:200]}"


def _width(page: Page, kind: str) -> Iterator[str]:
    size = page.viewport_size
    assert size
    widths = (NARROWEST, size["width"]) if kind == "phone" else (size["width"],)
    for width in widths:
        page.set_viewport_size({"width": width, "height": size["height"]})
        for wide in page.evaluate(TOO_WIDE, width):
            yield f"scrolls sideways at {width}: {wide}"
    _set_text(page, LARGE_TEXT)
    for wide in page.evaluate(TOO_WIDE, size["width"]):
        yield f"scrolls sideways with text twice as large: {wide}"
    _set_text(page, TEXT)


def _set_text(page: Page, size: int) -> None:
    """Let all text be of another size, as the settings of a browser do."""
    wires = page.context.new_cdp_session(page)
    wires.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{size}px"
    wires.detach()
