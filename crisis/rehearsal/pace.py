"""Story time: how long a pause is at this speed, and the cues by which players wait for another."""

from __future__ import annotations

import threading
import time

LONGEST_LOOK_SECONDS = 1.0
SHORTEST_LOOK_SECONDS = 0.25
"""How often somebody looks again. Seldom enough for the API's ten reads a second and person."""
CATCH_UP_SECONDS = 40.0
"""How much of the network's delay, in story time, a player makes up for by being quicker."""
CUE_SECONDS = 60.0
CUE_STORY_SECONDS = 240.0
"""How long a player waits for what another one has to do first: the longer of the two."""


class Stopped(Exception):
    """The rehearsal is over, or was broken off: leave the stage."""


class Missed(Exception):
    """What a player waited for did not come about."""


class Pace:
    """One story's clock. Waits are woken at once when the story ends."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._began = time.monotonic()
        self._over = threading.Event()
        self._cues: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Let the alarm's second nought be now."""
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Tell the seconds of the story since the alarm."""
        return (time.monotonic() - self._began) * self.speed

    @property
    def look_seconds(self) -> float:
        """Tell how often a player looks, in real time."""
        return min(LONGEST_LOOK_SECONDS, max(SHORTEST_LOOK_SECONDS, 4 / self.speed))

    def until(self, moment: float) -> None:
        """Wait for a moment of the story; not at all for one that has passed."""
        self.wait((moment - self.seconds) / self.speed)

    def wait(self, seconds: float) -> None:
        """Wait in real time. Raises Stopped when the story ends meanwhile, or has ended."""
        if self._over.wait(max(0.0, seconds)):
            raise Stopped

    def look(self, times: int = 1) -> None:
        """Wait until it is time to look again; so many times longer for who is in no hurry."""
        self.wait(self.look_seconds * times)

    def stop(self) -> None:
        """End the story for everybody."""
        self._over.set()
        with self._lock:
            for cue in self._cues.values():
                cue.set()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def give(self, cue: str) -> None:
        """Tell whoever waits for it that this has happened."""
        self._cue(cue).set()

    def await_cue(self, cue: str) -> None:
        """Wait until somebody gives a cue. Raises Stopped, or Missed when it does not come."""
        seconds = max(CUE_SECONDS, CUE_STORY_SECONDS / self.speed)
        came = self._cue(cue).wait(seconds)
        if self.is_over:
            raise Stopped
        if not came:
            raise Missed(f"waited {seconds:.0f} s for this: {cue}")

    def _cue(self, cue: str) -> threading.Event:
        with self._lock:
            return self._cues.setdefault(cue, threading.Event())


class Hours:
    """What one person has been busy with: acts take their time, one after the other."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._free_at = 0.0

    def spend(self, seconds: float) -> None:
        """Be busy for some seconds of the story, less what the network has cost before."""
        self._free_at = max(self._free_at, self._pace.seconds - CATCH_UP_SECONDS) + seconds
        self._pace.until(self._free_at)

    def be_free(self) -> None:
        """Look up after a wait: from here on time counts anew."""
        self._free_at = max(self._free_at, self._pace.seconds)
