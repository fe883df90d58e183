"""When which fault hits whom: a plain list from a seed, so that a run can be played again."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

PROCESSES = ("web1", "web2", "worker1", "worker2", "beat1", "beat2", "clock")
WORKERS = ("worker1", "worker2")
CLOCKS = (*WORKERS, "clock")
CRASHES = (
    ("web1", "after_commit:2"),
    ("worker1", "after_claim:2"),
    ("clock", "after_dial:2"),
    ("worker2", "before_record:2"),
    ("web2", "after_decision:1"),
    ("clock", "after_record:2"),
    ("worker2", "after_dial:1"),
    ("clock", "after_claim:1"),
)
"""Who is restarted so that it dies at which point. Points: escalation/crash.py."""
PROVIDER_MODES = ("500", "429", "slow", "black_hole", "reset")
TROUBLED_PROVIDER = "a"
"""Only one of the two is ever ill: the other one's pages must not notice."""

CALM_SECONDS = 5.0
"""Without any fault, at the beginning and at the end."""
KILLS_PER_MINUTE = 21
PER_MINUTE = {"workers_killed": 1.0, "database": 1.1, "flush": 1.1, "frozen": 0.6, "crash": 2.0}
QUIET_BEFORE_SECONDS = 15.0
QUIET_AFTER_SECONDS = 3.0
"""Nothing strikes so shortly before Redis goes, nor before everybody knows that it is back."""
LONG_RUN_MINUTES = 10.0


@dataclass(frozen=True, order=True)
class Fault:
    """What is done, to whom, when, and for how long. Seconds from the start of the load."""

    at: float
    kind: str
    target: str = ""
    lasts: float = 0.0

    def __str__(self) -> str:
        lasting = f" for {self.lasts:.0f} s" if self.lasts else ""
        return f"{self.at:7.1f} s  {self.kind} {self.target}{lasting}"


@dataclass(frozen=True)
class Lengths:
    """How long the faults that last do so, in seconds."""

    redis: float
    provider: float
    frozen: float


def lengths(minutes: float) -> Lengths:
    """A long run has Redis away for a minute; a short one scales everything down."""
    if minutes >= LONG_RUN_MINUTES:
        return Lengths(redis=60, provider=8, frozen=8)
    return Lengths(redis=6 * minutes, provider=min(4.0, 4 * minutes), frozen=min(7.0, 2 + minutes))


CONTROLS = {
    "no_lease": tuple(Fault(4.0, "crash", f"{name} after_claim:2") for name in CLOCKS),
    "countdown": (Fault(6.0, "workers_killed"), Fault(6.2, "flush")),
}
"""What brings each planted fault to light for certain. Names: tests/chaos/plants."""


PROFILES = {
    "none": (),
    "flushes": tuple(Fault(at, "flush") for at in range(5, 28, 4)),
    "killed_in_hand": tuple(
        Fault(at, "crash", f"{name} after_claim:1") for at in range(5, 41, 5) for name in CLOCKS
    ),
    "worker_deaths": tuple(Fault(at, "workers_killed") for at in (8, 20, 32)),
}
"""One thing at a time. Those with figures of their own: tests/chaos/narrow.py."""


def schedule(minutes: float, seed: int, kinds: Collection[str] = ()) -> list[Fault]:
    """Give the faults of a run, in order; of all kinds, or of those named."""
    # No secret is drawn here, only a plan.
    dice = random.Random(seed)  # noqa: S311
    found = [*_lasting(minutes, dice)]
    found += _sudden(minutes, dice, [each for each in found if each.kind.startswith("redis")])
    return sorted(each for each in found if not kinds or each.kind in kinds)


def _lasting(minutes: float, dice: random.Random) -> Iterator[Fault]:
    """Spread what lasts over the run: Redis away, Redis hung, and one provider in each mood."""
    long = lengths(minutes)
    kinds = [("provider_" + mode, TROUBLED_PROVIDER, long.provider) for mode in PROVIDER_MODES]
    dice.shuffle(kinds)
    kinds.insert(1, ("redis_killed", "redis", long.redis))
    kinds.insert(4, ("redis_hung", "redis", long.redis))
    free = minutes * 60 - 2 * CALM_SECONDS - sum(lasts for *_, lasts in kinds)
    gap = free / len(kinds)
    at = CALM_SECONDS
    for kind, target, lasts in kinds:
        begins = at + dice.uniform(0.2, 0.6) * gap
        yield Fault(round(begins, 1), kind, target, lasts)
        at += gap + lasts


def _sudden(minutes: float, dice: random.Random, quiet: Sequence[Fault]) -> Iterator[Fault]:
    """Strike everywhere but where Redis is away: how late pages are then is a promise of its own.

    A short run has no time for such a separation, and makes none.
    """
    quiet = quiet if minutes >= LONG_RUN_MINUTES else ()
    free = list(_free_seconds(minutes * 60, quiet))
    big = [name for name, rate in PER_MINUTE.items() for _ in range(max(1, round(rate * minutes)))]
    dice.shuffle(big)
    frozen, crashes = cycle(("clock", "worker1")), cycle(CRASHES)
    for kind, at in zip(big, _spread(free, len(big), dice), strict=True):
        if kind == "frozen":
            yield Fault(at, kind, next(frozen), lengths(minutes).frozen)
        elif kind == "crash":
            yield Fault(at, kind, " ".join(next(crashes)))
        else:
            yield Fault(at, kind)
    count = round(KILLS_PER_MINUTE * sum(b - a for a, b in free) / 60)
    for target, at in zip(_shuffled(dice), _spread(free, count, dice), strict=False):
        yield Fault(at, "kill", target)


def _free_seconds(seconds: float, quiet: Sequence[Fault]) -> Iterator[tuple[float, float]]:
    """Give the stretches between the calm and the quiet ones."""
    begins = CALM_SECONDS
    for each in sorted(quiet):
        # What was killed just before needs its time to come back, to be out of the picture.
        yield begins, each.at - QUIET_BEFORE_SECONDS
        begins = each.at + each.lasts + QUIET_AFTER_SECONDS
    yield begins, seconds - CALM_SECONDS


def _spread(free: Sequence[tuple[float, float]], count: int, dice: random.Random) -> list[float]:
    """Give moments, in order and about as far from each other as there is room."""
    total = sum(ends - begins for begins, ends in free)
    step = total / count
    places = ((number + dice.uniform(0.1, 0.9)) * step for number in range(count))
    return [_placed(free, place) for place in places]


def _placed(free: Sequence[tuple[float, float]], place: float) -> float:
    for begins, ends in free:
        if place <= ends - begins:
            return round(begins + place, 1)
        place -= ends - begins
    return round(free[-1][1], 1)


def _shuffled(dice: random.Random) -> Iterator[str]:
    """Give all processes in turn, in another order each time."""
    while True:
        deck = list(PROCESSES)
        dice.shuffle(deck)
        yield from islice(deck, len(deck))
