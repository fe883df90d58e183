"""Compare ledger, database and sink: what was lost, early, late, sent twice. Plain values only."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.journal import Struck
from tests.chaos.rows import Arrival, Attempt, Kept, PageRow, StepRow
from tests.chaos.schedule import TROUBLED_PROVIDER
from tests.chaos.sink import NEVER_ANSWERS

ON_TIME_SECONDS = 2.0
"""Source: pages leave within two seconds."""
RECOVERY_SECONDS = 15.0
AFTERMATH_SECONDS = 13.0
"""A page that an ill provider refused is tried again after 1, 3 and 9 s."""
ACT_SECONDS = 1.0
"""An act counts from its press: a clock that had the incident in hand may have written since."""
UNSENT = ("queued", "sending")


@dataclass(frozen=True)
class Told:
    """A page, and what of it came to the sink."""

    row: PageRow
    taken_at: tuple[float, ...]
    refused: int
    withheld: int
    """How many times the sink had read it and kept that to itself."""
    is_to_ill: bool
    """Its provider was ill while it was under way."""

    @property
    def late(self) -> float | None:
        """Seconds from due to arrival; None when it never came."""
        return self.taken_at[0] - self.row.due if self.taken_at else None

    @property
    def copies(self) -> int:
        return len(self.taken_at)

    @property
    def is_early(self) -> bool:
        return bool(self.taken_at) and self.taken_at[0] < max(self.row.due, self.row.not_before)


@dataclass
class Illness:
    """When the troubled provider was ill, with the time that its pages need afterwards."""

    stretches: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def of(cls, struck: Iterable[Struck]) -> Illness:
        ill = (each for each in struck if each.kind.startswith("provider_"))
        return cls([(each.at, each.lifted_at + AFTERMATH_SECONDS) for each in ill])

    def overlaps(self, begins: float, ends: float) -> bool:
        return any(begins < upto and ends > since for since, upto in self.stretches)


def tell(
    pages: Sequence[PageRow], arrivals: Sequence[Arrival], illness: Illness, ended_at: float
) -> list[Told]:
    """Put what the sink read beside the rows."""
    by_key: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in sorted(arrivals, key=lambda each: each.at):
        by_key[arrival.key].append(arrival)
    found = []
    for row in pages:
        mine = by_key[row.key]
        taken = tuple(each.at for each in mine if each.is_taken)
        until = taken[0] if taken else row.failed_at or ended_at
        is_to_ill = row.provider == TROUBLED_PROVIDER and illness.overlaps(row.due, until)
        withheld = sum(each.mode in NEVER_ANSWERS for each in mine)
        found.append(Told(row, taken, len(mine) - len(taken), withheld, is_to_ill))
    return found


def strangers(pages: Sequence[PageRow], arrivals: Sequence[Arrival]) -> list[str]:
    """Give the keys that came to the sink and that no row knows."""
    return sorted({each.key for each in arrivals} - {each.key for each in pages})


def why_never_sent(told: Told, patience: float = RECOVERY_SECONDS) -> str:
    """Tell why a page that reached nobody should have; empty when there is an honest reason."""
    row = told.row
    if told.taken_at:
        return ""
    if row.status in UNSENT:
        return f"is still {row.status}"
    if row.status == "failed":
        excuse = told.is_to_ill and (told.refused or "does not answer" in row.error)
        return "" if excuse else f"was given up: {row.error}"
    if row.status == "dropped":
        return _overtaken(told, patience)
    if row.status == "acted" and row.sent_at is None:
        return _overtaken(told, patience)
    return f"counts as {row.status} and never came"


def over_at(row: PageRow) -> float | None:
    """When a page that did not come was not needed any more."""
    acted_at = row.acted_at or (row.acknowledged_at if row.status == "dropped" else None)
    since = row.due - ACT_SECONDS
    found = [at for at in (acted_at, row.failed_at, row.stopped_at) if at and at >= since]
    return min(found, default=None)


def _overtaken(told: Told, patience: float) -> str:
    """A page may be dropped because it is all over, but not because it was late by an age."""
    at = over_at(told.row)
    if at is None:
        return "was dropped although nobody had decided"
    late = at - told.row.due
    is_excused = told.is_to_ill or late <= patience
    return "" if is_excused else f"was dropped when it was {late:.1f} s late"


def why_never_written(step: StepRow, ended_at: float, patience: float = RECOVERY_SECONDS) -> str:
    """Tell why a step without any page should have had one; empty when it was all over by then."""
    late = (step.stopped_at or ended_at) - step.due
    if late <= (patience if step.stopped_at else ON_TIME_SECONDS):
        return ""
    return f"was not written for {late:.1f} s after its time"


def twice_though_answered(told: Iterable[Told]) -> list[str]:
    """Name the pages that came twice although no provider had kept its answer to itself."""
    return [each.row.key for each in told if each.copies == 2 and not each.withheld]


# ------------------------------------------------------------ time to recover


def late_stretches(
    told: Iterable[Told], silent: Iterable[StepRow], ended_at: float
) -> list[tuple[float, float]]:
    """Merge the stretches in which at least one page was overdue by more than is on time."""
    late = [(each.row.due, _waited_until(each, ended_at)) for each in told]
    late += [(each.due, each.stopped_at or ended_at) for each in silent]
    merged: list[tuple[float, float]] = []
    for begins, ends in sorted((due + ON_TIME_SECONDS, until) for due, until in late):
        if ends <= begins:
            continue
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(ends, merged[-1][1])
        else:
            merged.append((begins, ends))
    return merged


def _waited_until(told: Told, ended_at: float) -> float:
    """When a page came, or when nobody needed it any more."""
    if told.taken_at:
        return told.taken_at[0]
    return ended_at if why_never_sent(told) else over_at(told.row) or ended_at


def answers_until(struck: Struck, all_struck: Iterable[Struck], ended_at: float) -> float:
    """Tell until when what falls due is this fault's affair: until the next one strikes.

    Lateness shows only once something is due, so it is never less than a few seconds.
    """
    next_at = min((each.at for each in all_struck if each.at > struck.lifted_at), default=ended_at)
    return max(struck.lifted_at + 2 * ON_TIME_SECONDS, next_at)


def recovery_seconds(struck: Struck, stretches: Sequence[tuple[float, float]]) -> float:
    """Tell how long after a fault, or after its end, the pages it answers for were still late.

    A stretch counts that begins shortly after it. When faults follow each other closely, two or
    more of them answer for the same pages: never too little.
    """
    shows_until = struck.lifted_at + 2 * ON_TIME_SECONDS
    ends = [e for b, e in stretches if b <= shows_until and e > struck.at]
    return max(0.0, max(ends, default=0.0) - struck.lifted_at)


def provider_recovery_seconds(
    struck: Struck, others: Iterable[Struck], told: Iterable[Told], ended_at: float
) -> float:
    """Tell how long after a provider was well again its pages were still late.

    What fell due just before was on its way when the illness began. What it still owed when the
    next one began is that one's affair.
    """
    next_at = min((each.at for each in others if each.at > struck.at), default=ended_at)
    until = struck.lifted_at + RECOVERY_SECONDS
    since = struck.at - ON_TIME_SECONDS
    owed = [each for each in told if each.is_to_ill and since <= each.row.due <= until]
    stretches = late_stretches(owed, [], ended_at)
    return recovery_seconds(struck, [(b, e) for b, e in stretches if e < next_at])


# ------------------------------------------------------------ the ledger


class Aftermath:
    """The moments shortly after nobody was there to answer: what had piled up is being served."""

    def __init__(self, attempts: Iterable[Attempt], seconds: float) -> None:
        self._seconds = seconds
        self._failed: dict[str, list[float]] = defaultdict(list)
        for each in sorted(attempts, key=lambda attempt: attempt.at):
            self._failed[each.web] += [each.at] if _met_nobody(each) else []

    def holds(self, moment: float) -> bool:
        """Say whether each of the web processes has failed somebody a moment ago."""
        return all(
            bisect_right(failed, moment) > bisect_right(failed, moment - self._seconds)
            for web, failed in self._failed.items()
            if web
        )


def _met_nobody(attempt: Attempt) -> bool:
    lost = ("Client", "Server", "Timeout", "Connection")
    return attempt.status in (0, 503) and attempt.error.startswith((*lost, "unavailable"))


def broken_words(attempts: Iterable[Attempt], kept: Kept) -> list[str]:
    """Name every yes that was said to somebody and that the database knows nothing of."""
    known = {
        "draft": kept.answered,
        "revise": kept.answered,
        "submit": kept.answered,
        "approve": kept.decided,
        "acknowledge": kept.acknowledged,
        "stand_down": kept.stood_down,
    }
    found = []
    for each in attempts:
        if not each.is_yes:
            continue
        if each.what == "raise" and kept.raised.get(each.storm) != each.number:
            found.append(f"incident {each.number} was accepted and is lost")
        elif each.what != "raise" and each.of not in known[each.what]:
            found.append(f"{each.what} of incident {each.of} was accepted and is lost")
    return found


def doubled(attempts: Iterable[Attempt]) -> list[str]:
    """Name every storm that was raised twice, although it had one key."""
    numbers: dict[str, set[int | None]] = defaultdict(set)
    for each in attempts:
        if each.what == "raise" and each.is_yes:
            numbers[each.storm].add(each.number)
    return [storm for storm, found in numbers.items() if len(found) > 1]


def decided_twice(attempts: Iterable[Attempt]) -> list[str]:
    """Name every incident of which two people were told that their decision is the one."""
    told = Counter(each.of for each in attempts if each.what == "approve" and each.is_yes)
    return [f"incident {number}: {count} times" for number, count in told.items() if count > 1]


def broken_answers(attempts: Iterable[Attempt]) -> list[str]:
    """Name every answer that was a crash of ours. 503 says what is wrong, and when to come back."""
    return [f"{each.what}: {each.status}" for each in attempts if each.status in (500, 502)]


def not_carried_out(broke: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name every fault that counts as struck, though the harness broke before it hit anybody."""
    return [f"{each['whom']}: {each['error']}" for each in broke]


# ------------------------------------------------------------ figures


@dataclass(frozen=True)
class Lateness:
    """Seconds from due to arrival."""

    count: int
    p50: float
    p95: float
    p99: float
    worst: float


def lateness(late: Iterable[float]) -> Lateness:
    values = sorted(late)
    if not values:
        return Lateness(0, 0.0, 0.0, 0.0, 0.0)
    p50, p95, p99 = (percentile(values, percent) for percent in (50, 95, 99))
    return Lateness(len(values), p50, p95, p99, values[-1])


def percentile(values: Sequence[float], percent: float) -> float:
    """Give the value under which so many of the sorted values lie."""
    return values[min(len(values) - 1, int(len(values) * percent / 100))]


class Share:
    """Gives each moment to the fault that was struck last before it."""

    def __init__(self, struck: Sequence[Struck]) -> None:
        self._struck = sorted(struck, key=lambda each: each.at)
        self._begins = [each.at for each in self._struck]

    def of(self, moment: float) -> Struck | None:
        place = bisect_right(self._begins, moment)
        lasting = [each for each in self._struck[:place] if each.at < each.lifted_at > moment]
        if lasting:
            return lasting[-1]
        return self._struck[place - 1] if place else None
