"""The figures as people read them: rows with the ratio first, what was promised, and a plot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Picture

from tests.bench.stage import CODE
from tests.chaos.document import machine_line, put_between
from tests.chaos.tell import machine, markdown

DOCUMENT = CODE / "docs" / "performance.md"
KEPT = DOCUMENT.with_suffix(".json")
PICTURES = CODE / "docs" / "pictures"
MARKS = ("<!-- figures: make bench -->", "<!-- end of figures -->")
VIEW_MARKS = ("<!-- figures: make bench-views -->", "<!-- end of views -->")
NOTHING_PROMISED = float("inf")
INK = {"loop": "#5f6368", "ours": "#188038", "sweep": "#e8710a", "eta": "#c5221f"}
NAMES = {"loop": "bare loop", "ours": "CodeRed", "sweep": "one-second sweep", "eta": "Celery ETA"}

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One figure beside its promise; `found` and `most` are ratios or plain numbers."""

    figure: str
    found: float
    most: float
    told: str

    @property
    def is_kept(self) -> bool:
        return self.found <= self.most

    def cells(self) -> list[str]:
        if self.most == NOTHING_PROMISED:
            return [self.figure, _plain(self.found), "", "", self.told]
        kept = "yes" if self.is_kept else "**no**"
        return [self.figure, _plain(self.found), f"≤ {_plain(self.most)}", kept, self.told]


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def rows(found: Figures) -> list[Row]:
    """Put everything that was measured beside what was promised of it."""
    told: list[Row] = []
    for name, figure in found.items():
        told += _READERS[name.split()[0]](figure)
    return told


def _lateness(figure: Figures) -> Iterator[Row]:
    late = figure["ms"]
    ours = late["ours"]["p99"]
    for peer, most in (("loop", 2.0), ("sweep", 1 / 25)):
        if peer in late:
            told = f"p99 {ours} ms, {NAMES[peer]} {late[peer]['p99']} ms"
            yield Row(f"spread-out, p99 ÷ {NAMES[peer]}", ours / late[peer]["p99"], most, told)
    yield Row("spread-out, pages twice or never", _wrong(late["ours"]), 0, "counted at the sink")


def _burst(figure: Figures) -> Iterator[Row]:
    ends, count = figure["seconds"], figure["count"]
    ours = ends["ours"]
    if "loop" in ends:
        loop = ends["loop"]
        most = 3.0 if count <= 1_000 else 2.0
        told = f"{ours['recorded']} s, bare loop {loop['recorded']} s"
        yield Row(
            f"{count} at once, recorded ÷ bare loop",
            ours["recorded"] / loop["recorded"],
            most,
            told,
        )
    for peer, share in (("loop", 1.5), ("eta", 1 / 8)):
        if peer in ends:
            told = f"{ours['sent']} s, {NAMES[peer]} {ends[peer]['sent']} s"
            ratio = ours["sent"] / ends[peer]["sent"]
            yield Row(f"{count} at once, sent ÷ {NAMES[peer]}", ratio, share, told)
    yield Row(f"{count} at once, pages twice or never", _wrong(ours), 0, "counted at the sink")


def _wrong(ours: Figures) -> float:
    return float(ours["missing"] + ours["doubled"])


def _raising(figure: Figures) -> Iterator[Row]:
    up, down = figure["redis up"], figure["redis down"]
    told = f"p50 {up['request_p50_ms']} ms"
    yield Row("raise, whole request, p99 ms", up["request_p99_ms"], 100, told)
    told = f"p50 {up['first_page_p50_ms']} ms, from the commit to the sink"
    yield Row("raise to first page, p99 ms", up["first_page_p99_ms"], 1_100, told)
    ours, loop = up["first_page_p99_ms"], figure["loop"]["first_page_p99_ms"]
    told = f"p99 {ours} ms, bare loop {loop} ms"
    yield Row("raise to first page, p99 ÷ bare loop", ours / loop, 2.0, told)
    told = f"p50 {down['first_page_p50_ms']} ms"
    yield Row("the same without Redis, p99 ms", down["first_page_p99_ms"], 1_100, told)


def _idle(figure: Figures) -> Iterator[Row]:
    ours, eta = figure["ours"], figure["eta"]
    parts = ("clock", "postgres", "redis")
    cpu = sum(ours[each]["cpu_percent"] for each in parts)
    told = ", ".join(f"{each} {ours[each]['cpu_percent']} %" for each in parts)
    yield Row(f"{figure['count']} waiting, % of a core", cpu, 1.0, told)
    mine, theirs = ours["worker"]["memory_mb"], eta["eta"]["memory_mb"]
    told = f"{mine} MB, Celery ETA {theirs} MB"
    yield Row(f"{figure['count']} waiting, worker memory ÷ Celery ETA", mine / theirs, 1 / 8, told)


def _rates(figure: Figures) -> Iterator[Row]:
    for act, rate in figure["per_second"].items():
        told = f"{rate} a second, {figure['at_once']} at a time, one web process"
        yield Row(f"{act}, ms each", 1_000 / rate, NOTHING_PROMISED, told)


_READERS = {
    "lateness": _lateness,
    "burst": _burst,
    "raising": _raising,
    "idle": _idle,
    "rates": _rates,
}
HEAD = ("figure", "found", "promised", "kept", "in plain numbers")


def table(found: Figures) -> str:
    return markdown([HEAD, *(row.cells() for row in rows(found))])


def write(measured: Figures) -> None:
    """Put figures, how they were got, and their plot into docs/performance.md.

    Those that were not measured this time stay as they are.
    """
    found = {**before(), **measured}
    draw(found, PICTURES / "bench.svg")
    about = {"machine": machine(), "figures": found}
    commands = ", ".join(f"`{each}`" for each in dict.fromkeys(f["by"] for f in found.values()))
    KEPT.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    text = [
        f"Command: {commands}. {machine_line(machine())}",
        "",
        "![How late spread-out pages are, and how a burst comes out](pictures/bench.svg)",
        "",
        table(found),
        "",
    ]
    put_between(MARKS, "\n".join(["", *text]), DOCUMENT)


def before() -> dict[str, Any]:
    """Read the figures of the document as it stands, in the order in which they are told."""
    if not KEPT.exists():
        return {}
    figures: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))["figures"]
    return figures


def write_views(table: str, command: str) -> None:
    """Put what every screen takes on a short and on a long past into docs/performance.md."""
    text = ["", f"Command: `{command}`. {machine_line(machine())}", "", table, ""]
    put_between(VIEW_MARKS, "\n".join(text), DOCUMENT)


def draw(found: Figures, path: Path) -> None:
    """Draw who is how late, and who has a burst out when; readable on light and on dark."""
    picture = Picture(figsize=(11, 4), layout="constrained", facecolor="white")
    left, right = picture.subplots(1, 2)
    for name, late in found.get("lateness", {}).get("all_ms", {}).items():
        shares = [100 * (place + 1) / len(late) for place in range(len(late))]
        left.plot(sorted(late), shares, color=INK[name], label=NAMES[name])
    left.set(xscale="log", xlabel="ms late, spread-out deadlines", ylabel="% of pages")
    bursts = [each for name, each in found.items() if name.startswith("burst")]
    for place, figure in enumerate(bursts):
        _bars(right, place, figure["count"], figure["seconds"])
    right.set(yscale="log", ylabel="seconds until the last was sent")
    right.set_xticks(range(len(bursts)), [f"{each['count']:,} at once" for each in bursts])
    left.legend(frameon=False)
    with mpl.rc_context({"svg.hashsalt": "codered"}):
        picture.savefig(path, metadata={"Date": None})


def _bars(axes: Any, place: int, count: int, ends: Mapping[str, Any]) -> None:
    known: Sequence[str] = [name for name in INK if name in ends]
    for number, name in enumerate(known):
        axes.bar(place + (number - 1.5) * 0.2, ends[name]["sent"], 0.18, color=INK[name])
