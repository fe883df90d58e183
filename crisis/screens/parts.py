"""The clock's parts of a screen, ready-made: templates only place these words and positions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from escalation.rules.clocktext import hhmmss, mmss

LAST_PART = 5
"""The last fifth of the time is "nearly due": late enough to mean it, early enough to act."""

CELLS = 5
"""The line under the track names five moments, or two once it is late and twice as long."""


def seconds_between(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


# ---------------------------------------------------------------- countdown


@dataclass(frozen=True, slots=True)
class Reading:
    """What the countdown says, beside its digits, while it is in one state."""

    state: str
    word: str
    by: str
    label: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Countdown:
    """Digits and words for one promise. Without `due_iso` it stands still.

    `readings` holds what is said now, then what will be said as the time runs out, so that the
    page can go on by itself without knowing a word.
    """

    time: str
    readings: tuple[Reading, ...]
    due_iso: str = ""
    soon_iso: str = ""
    now_iso: str = ""

    @property
    def state(self) -> str:
        return self.readings[0].state

    @property
    def word(self) -> str:
        return self.readings[0].word

    @property
    def by(self) -> str:
        return self.readings[0].by

    @property
    def label(self) -> str:
        return self.readings[0].label

    @property
    def icon(self) -> str:
        return self.readings[0].icon

    @property
    def title(self) -> str:
        """The start of the page's title: "2:49 left"."""
        return f"{self.time} {self.word}"


def state_of(now: datetime, started_at: datetime, due_at: datetime) -> str:
    """Return ok, soon (the last fifth) or over."""
    if now >= due_at:
        return "over"
    return "soon" if now >= soon_at(started_at, due_at) else "ok"


def soon_at(started_at: datetime, due_at: datetime) -> datetime:
    return due_at - (due_at - started_at) / LAST_PART


def countdown(
    now: datetime,
    due_at: datetime,
    zone: str,
    started_at: datetime,
    met_at: datetime | None = None,
    what: str = "",
) -> Countdown:
    """Count down to a deadline, up once it is over, or tell how it was met."""
    what = what or _("Answer")
    if met_at is not None:
        return _met(met_at, due_at, zone, started_at, what)
    state = state_of(now, started_at, due_at)
    readings = _readings(hhmmss(due_at, zone), what)
    left = seconds_between(now, due_at)
    return Countdown(
        # Up while time is left, so that 0:00 is shown when it is due and not a second before.
        time=mmss(math.ceil(left) if left > 0 else math.floor(-left)),
        readings=readings[[reading.state for reading in readings].index(state) :],
        due_iso=due_at.isoformat(),
        soon_iso=soon_at(started_at, due_at).isoformat(),
        now_iso=now.isoformat(),
    )


def _readings(due: str, what: str) -> tuple[Reading, ...]:
    by = _("%(what)s due by %(time)s") % {"what": what, "time": due}
    was_by = _("%(what)s was due by %(time)s") % {"what": what, "time": due}
    left_label = _("%(what)s: time left") % {"what": what}
    over_label = _("%(what)s: time over the deadline") % {"what": what}
    return (
        Reading("ok", pgettext("after a time", "left"), by, left_label),
        Reading("soon", pgettext("after a time", "nearly due"), by, left_label, "hourglass"),
        Reading("over", pgettext("after a time", "over"), was_by, over_label, "alarm-clock"),
    )


def _met(
    met_at: datetime, due_at: datetime, zone: str, started_at: datetime, what: str
) -> Countdown:
    """Say how long it took. Too late stays red: it was kept, but not in time."""
    spare = seconds_between(met_at, due_at)
    in_time = spare >= 0
    says = _("At %(time)s, %(spare)s to spare") if in_time else _("At %(time)s, %(spare)s late")
    reading = Reading(
        state="done" if in_time else "over",
        word=_("%(what)s out") % {"what": what},
        by=says % {"time": hhmmss(met_at, zone), "spare": mmss(abs(spare))},
        label=_("%(what)s: time taken") % {"what": what},
        icon="circle-check" if in_time else "alarm-clock",
    )
    return Countdown(time=mmss(seconds_between(started_at, met_at)), readings=(reading,))


def approved(decided_at: datetime, due_at: datetime, zone: str) -> Countdown:
    """Tell the manager how much time their decision left for going out."""
    spare = seconds_between(decided_at, due_at)
    in_time = spare >= 0
    reading = Reading(
        state="done" if in_time else "over",
        word=pgettext("after a time", "to spare") if in_time else pgettext("after a time", "late"),
        by=_("Approved at %(time)s") % {"time": hhmmss(decided_at, zone)},
        label=_("Time left when it was approved"),
    )
    return Countdown(time=mmss(abs(spare)), readings=(reading,))


# -------------------------------------------------------------------- track


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, as a dot on the line."""

    at: datetime
    icon: str
    say: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment named under the line."""

    after_seconds: int
    text: str
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    icon: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One stretch under the line; the last one also names its end."""

    time: str
    text: str
    is_next: bool = False
    end_time: str = ""
    end_text: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """The five-minute line. Positions are strings in %, ready for SVG attributes."""

    state: str
    say: str
    fill: str
    over: str
    due: str
    now: str
    ticks: tuple[str, ...]
    dots: tuple[Dot, ...] = ()
    cells: tuple[Cell, ...] = ()
    started_iso: str = ""
    due_iso: str = ""
    ends_iso: str = ""

    @property
    def is_over(self) -> bool:
        return self.state == "over"


def track(
    now: datetime,
    due_at: datetime,
    started_at: datetime,
    met_at: datetime | None = None,
    *,
    happenings: Iterable[Happening] = (),
    marks: Sequence[Mark] = (),
) -> Track:
    """Draw the time from the alarm to the deadline; twice as long a line once it is late."""
    until = met_at or now
    due = max(seconds_between(started_at, due_at), 1.0)
    gone = max(seconds_between(started_at, until), 0.0)
    state = state_of(until, started_at, due_at)
    drawn = due * 2 if state == "over" else due
    seen = [one for one in happenings if 0 <= seconds_between(started_at, one.at) <= drawn]
    running = met_at is None and gone < drawn
    return Track(
        state="done" if met_at is not None and state != "over" else state,
        say=_say(gone, due, started_at, seen),
        fill=_percent(min(gone, due), drawn),
        over=_percent(max(min(gone, drawn) - due, 0), drawn),
        due=_percent(due, drawn),
        now=_percent(min(gone, drawn), drawn),
        ticks=tuple(_percent(at, drawn) for at in range(60, math.ceil(drawn), 60)),
        dots=tuple(
            Dot(_percent(seconds_between(started_at, one.at), drawn), one.icon) for one in seen
        ),
        cells=_cells(marks, drawn, 2 if state == "over" else CELLS) if marks else (),
        started_iso=started_at.isoformat() if running else "",
        due_iso=due_at.isoformat() if running else "",
        ends_iso=(started_at + timedelta(seconds=drawn)).isoformat() if running else "",
    )


def _percent(part: float, whole: float) -> str:
    return f"{part * 100 / whole:.2f}%"


def _say(gone: float, due: float, started_at: datetime, seen: Iterable[Happening]) -> str:
    first = _("%(gone)s gone of %(due)s") % {"gone": spoken(gone), "due": spoken(due)}
    rest = [f"{one.say} {mmss(seconds_between(started_at, one.at))}" for one in seen]
    return ". ".join([first, *rest])


def spoken(seconds: float) -> str:
    """Return a length of time as one says it: "2 minutes 11 seconds"."""
    minutes, rest = divmod(int(seconds), 60)
    words = []
    if minutes:
        words.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    if rest or not minutes:
        words.append(ngettext("%(n)d second", "%(n)d seconds", rest) % {"n": rest})
    return " ".join(words)


def _cells(marks: Sequence[Mark], drawn: float, count: int) -> tuple[Cell, ...]:
    """Give each stretch the first mark that falls into it; cells are equally wide in the CSS."""
    width = drawn / count
    cells = []
    for number in range(count):
        start, last = number * width, number == count - 1
        mark = next(
            (m for m in marks if start <= m.after_seconds < start + width), Mark(int(start), "")
        )
        end = next((m.text for m in marks if m.after_seconds >= drawn), "") if last else ""
        end_time = mmss(drawn) if last else ""
        cells.append(Cell(mmss(mark.after_seconds), mark.text, mark.is_next, end_time, end))
    return tuple(cells)
