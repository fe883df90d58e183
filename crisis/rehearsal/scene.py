"""What all players share: the story, its pace, the code red's number, and where notes go."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crisis.rehearsal.client import Client, Refused
from crisis.rehearsal.pace import Missed, Pace, Stopped
from crisis.rehearsal.story import Hand, Storm, hand_of


@dataclass(frozen=True)
class Note:
    """What no event tells, because nothing was changed: a refusal, a repeat, a look."""

    seconds: float
    text: str


@dataclass
class Scene:
    """One code red as it is played. `channels` holds the ids by network."""

    storm: Storm
    pace: Pace
    seed: int
    number: int
    raised_at: datetime
    channels: dict[str, int]
    statement_time: str
    is_drill: bool
    is_stood_down: bool = False
    faults: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def path(self) -> str:
        return f"/incidents/{self.number}"

    def story_seconds(self, moment: str) -> float:
        """Put a moment that the API told into seconds of the story."""
        elapsed = datetime.fromisoformat(moment) - self.raised_at
        return elapsed.total_seconds() * self.pace.speed

    def note(self, text: str) -> None:
        with self._lock:
            self.notes.append(Note(self.pace.seconds, text))

    def take_notes(self) -> list[Note]:
        """Give the notes since the last time."""
        with self._lock:
            taken, self.notes = self.notes, []
        return taken

    def fail(self, text: str) -> None:
        """Write a fault down and end the story: nothing after it would mean anything."""
        with self._lock:
            self.faults.append(text)
        self.pace.stop()

    @contextmanager
    def refuses(self, code: str) -> Iterator[dict[str, Any]]:
        """Do what the API has to refuse; the body of its refusal is put into the mapping.

        Raises Missed when it did not refuse.
        """
        found: dict[str, Any] = {}
        try:
            yield found
        except Refused as refusal:
            if refusal.code != code:
                raise
            found.update(refusal.body)
        else:
            raise Missed(f"the API was to refuse this with {code}, and did not")


class Player(ABC):
    """Somebody on the stage: a name, a key, a hand, in a thread of their own."""

    def __init__(self, scene: Scene, client: Client, name: str) -> None:
        self.scene = scene
        self.client = client
        self.name = name
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def pace(self) -> Pace:
        return self.scene.pace

    def hand(self) -> Hand:
        return hand_of(self.scene.seed, type(self).__name__)

    @abstractmethod
    def play(self) -> None: ...

    def note(self, text: str) -> None:
        self.scene.note(f"{self.name} {text}")

    def wait_for(self, what: Callable[[], Any]) -> Any:
        """Look again and again until there is something to see, and give it."""
        while True:
            found = what()
            if found:
                return found
            self.pace.look()

    def _run(self) -> None:
        try:
            self.play()
        except Stopped:
            return
        except Refused as refusal:
            # With the code red stood down, whoever is in the middle of something just leaves.
            if not (refusal.code == "closed" and self.pace.is_over):
                self.scene.fail(f"{self.name}: {refusal}")
        except Exception as error:
            self.scene.fail(f"{self.name}: {str(error) or type(error).__name__}")
