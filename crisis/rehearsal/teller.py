"""Tells the story as it happens: every event of the timeline, and what leaves no event."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from crisis.rehearsal.client import Client, Json
from crisis.rehearsal.pace import Stopped
from crisis.rehearsal.scene import Scene
from crisis.screens.sentences import Cast, telling_of
from escalation.models import Person
from escalation.rules.clocktext import hhmmss, mmss

Say = Callable[[str], object]

LOOKS_SELDOM = 2
"""The teller is in no hurry: what it says has happened."""
TAIL_SECONDS = 10.0
"""How long the teller stays for the last events, once everybody else has left."""


@dataclass(frozen=True)
class Line:
    """One thing that happened, in seconds of the story after the alarm."""

    seconds: float
    text: str


@dataclass
class Book:
    """What the sentences name by id: people, questions, answers, in the shape they expect."""

    people: dict[int, Person]
    networks: dict[int, str]
    questions: dict[int, Any] = field(default_factory=dict)
    answers: dict[int, Any] = field(default_factory=dict)

    def add_question(self, row: Json) -> None:
        channel = self._channel(row["channel"])
        self.questions[row["id"]] = SimpleNamespace(author=row["author"], channel=channel)

    def add_answer(self, row: Json) -> None:
        question = self.questions.get(row["question"])
        channel = self._channel(row["channel"])
        self.answers[row["id"]] = SimpleNamespace(question=question, channel=channel)

    def _channel(self, row: Json | None) -> SimpleNamespace | None:
        return SimpleNamespace(network_name=self.networks[row["id"]]) if row else None


class Teller:
    """Follows the timeline of one code red in a thread of its own, and says each line once."""

    def __init__(self, scene: Scene, client: Client, book: Book, zone: str, say: Say) -> None:
        self._scene = scene
        self._client = client
        self._book = book
        self._zone = zone
        self._say = say
        self._last = 0
        self._is_told = threading.Event()
        self.thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def finish(self) -> None:
        """Wait until the end of the story has been told."""
        self._is_told.wait(TAIL_SECONDS)

    def _run(self) -> None:
        try:
            while not self._tell():
                self._scene.pace.look(LOOKS_SELDOM)
        except Stopped:
            self._tell()
        except Exception as error:
            self._scene.fail(f"the timeline: {error}")
        finally:
            self._is_told.set()

    def _tell(self) -> bool:
        """Say what is new, in the order in which it happened; True once it is stood down."""
        notes = [Line(each.seconds, each.text) for each in self._scene.take_notes()]
        events = list(self._client.rows(f"{self._scene.path}/timeline", after=self._last))
        lines = [*notes, *self._lines(events)]
        for line in sorted(lines, key=lambda each: each.seconds):
            self._say(self._written(line))
        self._last = events[-1]["sequence"] if events else self._last
        return any(each["kind"] == "stood_down" for each in events)

    def _lines(self, events: list[Json]) -> Iterator[Line]:
        self._look_up(events)
        for event in events:
            telling = telling_of(event["kind"])
            if not telling.is_quiet:
                seconds = self._scene.story_seconds(event["at"])
                yield Line(seconds, telling.says(self._as_read(event, seconds), self._cast()))

    def _look_up(self, events: list[Json]) -> None:
        """Ask who and what the events name, where that is not known yet."""
        named = [event["detail"] for event in events]
        asked = {each["question"] for each in named if "question" in each}
        written = {each["answer"] for each in named if "answer" in each}
        if written - set(self._book.answers) or asked - set(self._book.questions):
            for row in self._new("questions", self._book.questions):
                self._book.add_question(row)
            for row in self._new("answers", self._book.answers):
                self._book.add_answer(row)

    def _new(self, what: str, known: dict[int, Any]) -> Iterator[Json]:
        yield from self._client.rows(f"{self._scene.path}/{what}", after=max(known, default=0))

    def _as_read(self, event: Json, seconds: float) -> Any:
        """Give an event in the shape that its sentence expects, at its moment of the story."""
        return SimpleNamespace(
            kind=event["kind"],
            at=self._scene.raised_at + timedelta(seconds=seconds),
            by_id=event["by"]["id"] if event["by"] else None,
            detail=event["detail"],
        )

    def _cast(self) -> Cast:
        return Cast(
            people=self._book.people,
            answers=cast(Any, self._book.answers),
            questions=cast(Any, self._book.questions),
            started_at=self._scene.raised_at,
            zone=self._zone,
            is_drill=self._scene.is_drill,
        )

    def _written(self, line: Line) -> str:
        moment = self._scene.raised_at + timedelta(seconds=line.seconds / self._scene.pace.speed)
        return f"{mmss(line.seconds):>6}  {self._wall(moment)}  {line.text}"

    def _wall(self, moment: datetime) -> str:
        return hhmmss(moment, self._zone)
