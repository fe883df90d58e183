"""The clock of a story: it stands still until the story lets it pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from escalation.clock import leave_beat
from tests.story import at, fast_forward


class Night:
    """Counts in seconds after noon, as the rest of the story does."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    def now(self) -> datetime:
        return at(self.seconds)

    def pass_until(self, seconds: float) -> None:
        """Let everything happen that is due by then, and every page leave."""
        fast_forward(seconds, from_seconds=self.seconds)
        self.go_to(seconds)

    def go_to(self, seconds: float) -> None:
        """Be there, with a clock that has just ticked."""
        self.seconds = seconds
        leave_beat("story", self.now())


@contextmanager
def held_clock(seconds: float = 0) -> Iterator[Night]:
    """Let every door of this process read the story's clock, however it has imported its own."""
    night = Night(seconds)
    with patch("escalation.clock.read_time", night.now):
        night.go_to(seconds)
        yield night
