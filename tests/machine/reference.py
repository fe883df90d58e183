"""The chain once more, in plain Python: who must be paged when, second by second.

It is written from what the product promises, not from its code, and counts seconds one by one, so
that it can share no mistake with rules that leap from one due moment to the next.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

Reachable = Callable[[str, bool], bool]
"""Whether a person can be paged right now; the flag says that the time to decide is over."""


@dataclass
class Reference:
    """One alarm: its frozen steps of (seconds after the start, people), and what it has paged."""

    steps: Sequence[tuple[int, Collection[str]]]
    limit: int
    owner: str
    grace: int = 90
    beat: int = 60
    fired: int = 0
    fired_at: int = 0
    held_until: int = 0
    round_at: int | None = None
    has_ended: bool = False
    is_decided: bool = False
    was_on_it: set[str] = field(default_factory=set)
    pages: set[tuple[int, str]] = field(default_factory=set)
    """The second at which it was due, and the person."""

    def pass_clock(self, second: int, is_reachable: Reachable) -> None:
        """Let one second pass. The deadline never pauses; a hold delays all else."""
        is_the_end = second >= self.limit and not self.has_ended
        if self.is_decided or (second < self.held_until and not is_the_end):
            return
        is_late = self.has_ended = second >= self.limit
        can = [[p for p in people if is_reachable(p, is_late)] for _, people in self.steps]
        told = self._climb(second, can, is_late)
        if self.round_at is None and self.fired == len(self.steps):
            is_round, self.round_at = is_late, second + self.beat
        else:
            is_round = is_the_end or (self.round_at is not None and second >= self.round_at)
        if is_round:
            told = [*(told or []), *(person for people in can for person in people)]
            self.round_at = second + self.beat
        if told is not None:
            self.pages |= {(second, person) for person in told or [self.owner]}

    def _climb(self, second: int, can: list[list[str]], is_late: bool) -> list[str] | None:
        """Page the steps that are due. One that reaches nobody gives way in the same second."""
        told: list[str] | None = None
        gives_way = together = False
        while self.fired < len(self.steps):
            is_due = self._due(self.fired) <= second
            if not (is_due or is_late or gives_way or together):
                break
            told = [*(told or []), *can[self.fired]]
            gives_way = not can[self.fired]
            together = together or (gives_way and (self.limit - second) * 2 < self.limit)
            self.fired += 1
            self.fired_at = second
        return told

    def _due(self, position: int) -> int:
        """A step that came early brings on what follows it: the pause between them stays."""
        due = self.steps[position][0]
        if position == 0:
            return due
        return min(due, self.fired_at + due - self.steps[position - 1][0])

    def acknowledge(self, second: int, person: str) -> None:
        """Hold the chain for the grace time, once for each person."""
        if not self.is_decided and person not in self.was_on_it:
            self.was_on_it.add(person)
            self.held_until = second + self.grace

    def decide(self) -> None:
        """Only a decision stops the paging."""
        self.is_decided = True
