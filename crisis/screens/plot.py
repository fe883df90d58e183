"""A code red minute by minute, as lanes of spans and points. Positions are in %, for SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.operations.checks import is_holding
from crisis.queries.figures import EVERYONE_SECONDS
from crisis.report import Report
from escalation.rules.clocktext import mmss

SHORTEST_SECONDS = 720
LONGEST_SECONDS = 1800
"""What came later than half an hour is named below the plot, and would press the rest together."""
MINUTE = 60
LABEL_ROOM = 70
"""A point further right than this, in %, has its label on its left."""
LABEL_WIDTH = 25
"""What a label takes of a telephone's width, in %."""


@dataclass(frozen=True, slots=True)
class Grid:
    x: str
    label: str
    anchor: str
    is_minor: bool
    is_due: bool


@dataclass(frozen=True, slots=True)
class Span:
    x: str
    width: str
    is_wait: bool


@dataclass(frozen=True, slots=True)
class Point:
    x: str
    r: str
    kind: str
    label: str
    is_left: bool


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    spans: tuple[Span, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """The drawing, and the same in words."""

    lines: tuple[Grid, ...]
    labels: tuple[Grid, ...]
    lanes: tuple[Lane, ...]
    due_says: str
    later_says: str
    says: str


class Scale:
    """Seconds after the alarm, as % of the width."""

    def __init__(self, report: Report) -> None:
        self.start = report.incident.raised_at
        ends = [self.after(each.at) for each in report.rows.releases]
        last = max([*ends, report.figures.on_it_seconds or 0, report.incident.limit_seconds])
        whole = math.ceil((last + MINUTE) / (2 * MINUTE)) * 2 * MINUTE
        self.width = min(max(whole, SHORTEST_SECONDS), LONGEST_SECONDS)

    def after(self, moment: datetime) -> float:
        return max(0.0, (moment - self.start).total_seconds())

    def x(self, seconds: float) -> str:
        return f"{min(seconds, self.width) * 100 / self.width:.3f}%"

    def is_drawn(self, seconds: float | None) -> bool:
        return seconds is not None and seconds <= self.width

    def span(self, start: float, end: float, *, is_wait: bool) -> Span:
        stop = min(end, self.width)
        return Span(self.x(start), f"{max(stop - start, 0) * 100 / self.width:.3f}%", is_wait)

    def point(
        self,
        seconds: float,
        label: str,
        kind: str = "",
        r: str = "6",
        beside: Sequence[float] = (),
    ) -> Point:
        """Draw a moment; `beside` are others on its lane, which no label should lie on."""
        is_left = seconds * 100 / self.width > LABEL_ROOM or self._is_freer_left(seconds, beside)
        return Point(self.x(seconds), r, kind, label, is_left)

    def _is_freer_left(self, seconds: float, beside: Sequence[float]) -> bool:
        room = LABEL_WIDTH * self.width / 100
        left = seconds - max((each for each in beside if each < seconds), default=0)
        right = min((each for each in beside if each > seconds), default=self.width) - seconds
        return seconds >= room and right < room and left > right


def plot(report: Report) -> Plot:
    """Draw what happened from the alarm on."""
    scale = Scale(report)
    later = sum(scale.after(each.at) > scale.width for each in report.rows.releases)
    lanes = (_paging(report, scale), _writing(report, scale), _signing(report, scale))
    limit = report.incident.limit_seconds
    return Plot(
        lines=tuple(_lines(scale, limit)),
        labels=tuple(_labels(scale, limit)),
        lanes=(*lanes, _out(report, scale)),
        due_says=_due_says(limit),
        later_says=ngettext("%(n)d more came later", "%(n)d more came later", later) % {"n": later}
        if later
        else "",
        says=_says(report),
    )


def _due_says(limit: int) -> str:
    if limit == EVERYONE_SECONDS:
        return _("Dashed line: %(limit)s, the deadline") % {"limit": mmss(limit)}
    marks = {"limit": mmss(limit), "all": mmss(EVERYONE_SECONDS)}
    return _("Dashed lines: %(limit)s and %(all)s, the deadlines") % marks


def _lines(scale: Scale, limit: int) -> Iterator[Grid]:
    for at in range(0, scale.width + 1, MINUTE):
        yield Grid(scale.x(at), "", "", is_minor=False, is_due=False)
    for at in sorted({limit, EVERYONE_SECONDS}):
        yield Grid(scale.x(at), "", "", is_minor=False, is_due=True)


def _labels(scale: Scale, limit: int) -> Iterator[Grid]:
    """Name every second minute, the ends and the deadline; a phone shows the main ones alone."""
    step = 2 * MINUTE if scale.width <= SHORTEST_SECONDS else 5 * MINUTE
    for at in range(0, scale.width + 1, step):
        if at == limit:
            continue
        anchor = "start" if at == 0 else "end" if at == scale.width else "middle"
        is_main = at in (0, EVERYONE_SECONDS)
        yield Grid(scale.x(at), mmss(at), anchor, is_minor=not is_main, is_due=False)
    yield Grid(scale.x(limit), mmss(limit), "middle", is_minor=False, is_due=True)


def _paging(report: Report, scale: Scale) -> Lane:
    """From step to step until somebody is on it: waiting before each, under way at the last."""
    fired = [scale.after(e.at) for e in report.events if e.kind == "step_paged"]
    end = report.figures.on_it_seconds
    until = end if end is not None else report.lasted_seconds
    stops = [at for at in fired if at < until] + [until]
    spans = [
        scale.span(start, stop, is_wait=number < len(stops) - 2 or end is None)
        for number, (start, stop) in enumerate(zip(stops, stops[1:], strict=False))
    ]
    points = []
    if end is not None and scale.is_drawn(end):
        points.append(scale.point(end, _("On it %(time)s") % {"time": mmss(end)}, "green"))
    return Lane(_("Paging"), tuple(spans), tuple(points))


def _writing(report: Report, scale: Scale) -> Lane:
    begun = next((e for e in report.events if e.kind == "answer_drafted"), None)
    sent = report.figures.submitted_seconds
    if begun is None:
        return Lane(_("Writing"), (), ())
    start = scale.after(begun.at)
    if sent is None or not scale.is_drawn(sent):
        return Lane(_("Writing"), (), (scale.point(start, _("Begun %(t)s") % {"t": mmss(start)}),))
    point = scale.point(sent, _("Sent %(time)s") % {"time": mmss(sent)})
    return Lane(_("Writing"), (scale.span(start, sent, is_wait=False),), (point,))


def _signing(report: Report, scale: Scale) -> Lane:
    sent, signed = report.figures.submitted_seconds, report.figures.signed_off_seconds
    if sent is None:
        return Lane(_("Sign-off"), (), ())
    end = signed if signed is not None else report.lasted_seconds
    points = []
    if signed is not None and scale.is_drawn(signed):
        points.append(scale.point(signed, _("Approved %(time)s") % {"time": mmss(signed)}, "green"))
    return Lane(_("Sign-off"), (scale.span(sent, end, is_wait=True),), tuple(points))


def _out(report: Report, scale: Scale) -> Lane:
    """Every answer that is out: the first named, the late ones red."""
    limit = report.incident.limit_seconds
    moments = [scale.after(each.at) for each in report.rows.releases]
    points, has_first = [], False
    for release, at in zip(report.rows.releases, moments, strict=True):
        if not scale.is_drawn(at):
            continue
        if is_holding(release.answer):
            points.append(scale.point(at, "", "", "4.5"))
        elif not has_first:
            has_first = True
            kind = "green" if at <= limit else "red"
            says = _("First %(time)s") % {"time": mmss(at)}
            points.append(scale.point(at, says, kind, "7", moments))
        else:
            points.append(scale.point(at, "", "red" if at > EVERYONE_SECONDS else "", "4.5"))
    return Lane(_("Answers out"), (), tuple(points))


def _says(report: Report) -> str:
    figures = report.figures
    moments = [
        (_("Somebody on it at %(time)s"), figures.on_it_seconds),
        (_("sent for sign-off at %(time)s"), figures.submitted_seconds),
        (_("approved at %(time)s"), figures.signed_off_seconds),
        (_("first answer out at %(time)s"), figures.answer_seconds),
    ]
    said = [says % {"time": mmss(at)} for says, at in moments if at is not None]
    return ", ".join([*said, _("the table below has every event")])
