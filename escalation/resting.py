"""Incidents that a clock fails at: left alone for a while, so that they hold up no other."""

import time

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 5.0


class Resting:
    """Which incidents could not be advanced, even alone, and until when not to try again.

    Each fault doubles the rest of its incident. Each clock keeps this for itself: rows that say
    "later" would hide from the checks that something is overdue.
    """

    def __init__(self) -> None:
        self._rests: dict[int, tuple[float, float]] = {}

    def ids(self) -> list[int]:
        """Name those to be left alone now."""
        now = time.monotonic()
        return [each for each, (until, _) in self._rests.items() if now < until]

    def note_fault(self, timeline_id: int) -> None:
        _, seconds = self._rests.get(timeline_id, (0.0, 0.0))
        seconds = min(max(seconds * 2, FIRST_SECONDS), LONGEST_SECONDS)
        self._rests[timeline_id] = time.monotonic() + seconds, seconds

    def note_done(self, timeline_ids: list[int]) -> None:
        if self._rests:
            for each in timeline_ids:
                self._rests.pop(each, None)
