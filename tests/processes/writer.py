"""One process of the hammer of `tests.processes.writers`, on the settings of production."""

import json
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import OperationalError, connection
from django.db.models import F

from crisis.models import Answer, Incident
from crisis.operations.answer import Wording, draft_answer, submit_answer
from crisis.operations.incident import Storm, acknowledge, raise_incident, stand_down
from crisis.operations.sign_off import Act, approve
from crisis.queries.invariants import faults
from escalation import clock
from escalation.models import Page, Person
from playbooks.models import Channel, Playbook
from tests.story import TEXT, make_house

PRAGMAS = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
OPEN_AT_ONCE = 5
"""Storms that one writer keeps open, so that their pages have the time to leave."""
T = TypeVar("T")


class Writer:
    """Plays one storm after the other, and keeps how long each act took."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._olga = Person.objects.get(email="olga@example.org")
        self._anna = Person.objects.get(email="anna@example.org")
        self._channel = Channel.objects.get(network="x")
        self._playbook = Playbook.objects.get()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self._open: deque[Incident] = deque()

    def write(self, seconds: float) -> None:
        ends_at = time.monotonic() + seconds
        number = 0
        while time.monotonic() < ends_at:
            number += 1
            try:
                self._storm(f"{self._name} {number}")
            except OperationalError as error:
                self.errors[str(error)] += 1

    def _storm(self, words: str) -> None:
        olga, anna = self._olga, self._anna
        incident = self._timed("raise", lambda: self._raise(words))
        self._timed("acknowledge", lambda: acknowledge(incident=incident, by=anna, now=clock.now()))
        answer = self._timed("draft", lambda: self._draft(incident, words))
        self._timed(
            "submit", lambda: submit_answer(answer=answer, seen=1, by=olga, now=clock.now())
        )
        act = Act(by=anna, at=clock.now(), via="session", seen=1)
        self._timed("approve", lambda: approve(answer=answer, act=act))
        self._open.append(incident)
        if len(self._open) > OPEN_AT_ONCE:
            self._timed("stand down", self._stand_down)

    def _stand_down(self) -> None:
        incident = self._open.popleft()
        stand_down(incident=incident, by=self._olga, end="answered", now=clock.now())

    def _raise(self, words: str) -> Incident:
        storm = Storm(question=words, channel=self._channel, playbook=self._playbook)
        return raise_incident(storm=storm, by=self._olga, now=clock.now()).incident

    def _draft(self, incident: Incident, words: str) -> Answer:
        return draft_answer(
            incident=incident,
            question=incident.questions.get(),
            channel=self._channel,
            statement=None,
            wording=Wording(f"{TEXT} {words}", answers_question=True),
            by=self._olga,
            now=clock.now(),
        )

    def _timed(self, act: str, do: Callable[[], T]) -> T:
        began = time.monotonic()
        try:
            return do()
        finally:
            self.seconds[act].append(time.monotonic() - began)


def outcome() -> dict[str, object]:
    """Tell what the hammer has left behind."""
    sent = Page.objects.filter(sent_at__isnull=False)
    late = sorted(
        (sent_at - due_at) / timedelta(seconds=1)
        for sent_at, due_at in sent.values_list("sent_at", "due_at")
    )
    return {
        "incidents": Incident.objects.count(),
        "pages_sent": len(late),
        "page_late_p99_seconds": late[int(len(late) * 0.99)] if late else None,
        "sent_more_than_once": sent.filter(sends__gt=1).count(),
        "sent_early": sent.filter(sent_at__lt=F("due_at")).count(),
        "faults": [f"{fault.code} {fault.row} {fault.why}" for fault in faults(clock.now())],
    }


def pragmas() -> dict[str, object]:
    """Tell what holds on this very connection."""
    with connection.cursor() as cursor:
        return {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]  # noqa: S608
            for name in PRAGMAS
        }


def main() -> None:
    """Make the house, write for some seconds under a name, or tell the outcome, as JSON."""
    what, *given = sys.argv[1:]
    told: object = None
    if what == "house":
        make_house()
    elif what == "write":
        writer = Writer(given[0])
        writer.write(float(given[1]))
        told = {"seconds": writer.seconds, "errors": writer.errors, "pragmas": pragmas()}
    else:
        told = outcome()
    sys.stdout.write(json.dumps(told))
