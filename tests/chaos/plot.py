"""A picture of a run: how late each page was, with the faults marked."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.chaos.account import ON_TIME_SECONDS
from tests.chaos.figures import Account
from tests.chaos.run import Played

EARLIEST_SHOWN = 0.001
INK = {"kill": "#9aa0a6", "crash": "#7b4fa3", "workers_killed": "#5f6368"}
INK |= {"database": "#c5221f", "flush": "#e8710a", "frozen": "#1a73e8"}
SHADE = {"redis": "#fde293", "provider": "#d2e3fc"}
SHADE_NAMES = {"redis": "Redis away or hung", "provider": "one provider ill"}
DOTS = 120
"""Thousands of pages are drawn as dots of a picture; as shapes they would weigh a megabyte."""


def draw(account: Account, played: Played, path: Path) -> None:
    """Draw it as SVG, the same for the same run."""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    axes = figure.add_subplot()
    _faults(axes, played)
    _pages(axes, account, played.began_at)
    axes.axhline(ON_TIME_SECONDS, color="#188038", linewidth=0.8, linestyle="--")
    axes.set(yscale="log", xlabel="seconds", ylabel="seconds from due to arrival")
    axes.set_xlim(0, max(1.0, played.ended_at - played.began_at))
    figure.legend(loc="outside upper center", ncols=5, fontsize="small", frameon=False)
    with mpl.rc_context({"svg.hashsalt": "codered"}):
        figure.savefig(path, metadata={"Date": None}, dpi=DOTS)


def _faults(axes: Axes, played: Played) -> None:
    named: set[str] = set()
    for each in played.struck:
        begins, ends = each.at - played.began_at, each.lifted_at - played.began_at
        family = each.kind.partition("_")[0]
        label = "" if {each.kind, family} & named else family if family in SHADE else each.kind
        named |= {each.kind, family} if family in SHADE else {each.kind}
        if family in SHADE:
            axes.axvspan(
                begins, ends, color=SHADE[family], label=SHADE_NAMES[family] if label else ""
            )
        else:
            axes.axvline(begins, color=INK[each.kind], linewidth=0.6, alpha=0.7, label=label)


def _pages(axes: Axes, account: Account, began_at: float) -> None:
    for is_to_ill, ink, label in (
        (False, "#202124", "a page"),
        (True, "#d93025", "to the ill provider"),
    ):
        points = [
            (each.row.due - began_at, max(each.late, EARLIEST_SHOWN))
            for each in account.told
            if each.late is not None and each.is_to_ill == is_to_ill
        ]
        if points:
            dues, lates = zip(*points, strict=True)
            axes.scatter(dues, lates, s=3, color=ink, label=label, zorder=3, rasterized=True)
