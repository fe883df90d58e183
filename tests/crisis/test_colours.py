"""The colours of the stylesheet can be read, by day and by night."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "crisis/static/crisis/css/codered.css"
PAPER = ("bg", "surface", "sunken")
TEXT = [
    (ink, paper) for ink in ("ink", "ink-2", "ink-3", "red-ink", "green-ink") for paper in PAPER
]
TEXT += [(f"{hue}-ink", f"{hue}-soft") for hue in ("accent", "red", "amber", "green")]
TEXT += [("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-red", "red")]
TEXT += [("accent-ink", "surface"), ("accent-ink", "bg"), ("amber-ink", "surface")]
EDGES = [("edge", "surface"), ("edge", "bg"), ("red", "surface"), ("green", "sunken")]
EDGES += [("ink-3", "sunken"), ("plot-1", "surface")]


def tokens() -> dict[str, dict[str, str]]:
    """Read the colours of the first two :root blocks: light, then what dark changes."""
    blocks = re.findall(r":root\s*{(.*?)\n\s*}", CSS.read_text(), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in blocks[:2])
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Weigh a colour as WCAG 2.2 does."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in EDGES],
)
def test_colour_pair_can_be_told_apart(theme: str, front: str, back: str, least: float) -> None:
    """A manager woken at night, without glasses, still has to read the answer."""
    colours = tokens()[theme]

    assert contrast(colours[front], colours[back]) >= least
