"""The storms that an archive is made of, lived through once by the product's own operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crisis.models import Answer, Incident
from crisis.operations.answer import Wording, draft_answer, submit_answer
from crisis.operations.incident import acknowledge, raise_incident, stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import Act, amend_and_approve, approve
from escalation.models import Person, Role
from playbooks.models import Playbook, Protocol
from tests.story import NOON, TEXT, House, at, fast_forward, make_chain, make_house, make_person

URL = "https://x.com/hearthside/status/2"


@dataclass
class Street:
    """A house with more people in it: who sees everything, who sees little, who sees nothing."""

    house: House
    dora: Person
    """A manager who is on no chain."""
    carl: Person
    """Has no role, and is asked about nothing."""
    safety: Playbook
    """Restricted: its code reds exist for Ben and the officer alone."""


def make_street() -> Street:
    """Make a house, and beside it what an archive needs to be read by all kinds of people."""
    house = make_house()
    dora = make_person("Dora Lane")
    carl = make_person("Carl Quiet", Role.ADMIN)
    safety = Playbook.objects.create(code="SAFE-01", title="Somebody is in danger")
    chain = make_chain((0, [house.ben]), name="Safety chain")
    Protocol.objects.create(
        playbook=safety,
        version=1,
        chain=chain,
        is_restricted=True,
        status=Protocol.Status.PUBLISHED,
        published_at=NOON,
        manager_signed_by=house.anna,
        manager_signed_at=NOON,
    )
    return Street(house, dora, carl, safety)


class Night:
    """One code red, told in seconds after it was raised; it may lie years back."""

    def __init__(self, house: House, raised_at: datetime, **storm: object) -> None:
        self.house = house
        self._start = (raised_at - NOON).total_seconds()
        self._passed = 0.0
        self.incident: Incident = raise_incident(
            storm=house.storm(**storm), by=house.olga, now=raised_at
        ).incident
        self.until(0)

    def at(self, seconds: float) -> datetime:
        return at(self._start + seconds)

    def until(self, seconds: float) -> None:
        """Let the clock pass, and every page leave."""
        fast_forward(self._start + seconds, from_seconds=self._start + self._passed)
        self._passed = seconds

    def on_it(self, seconds: float, by: Person) -> None:
        self.until(seconds)
        acknowledge(incident=self.incident, by=by, now=self.at(seconds))

    def first_word(self, seconds: float) -> None:
        """Let the holding statement out that was agreed ahead of time."""
        values = {"time": "12:30"}
        text = self.house.holding.text.replace("{time}", values["time"])
        answer = self._draft(seconds, Wording(text, values), is_holding=True)
        self.out(seconds + 1, answer)

    def submitted(self, seconds: float, text: str = TEXT) -> Answer:
        """Write an answer to the first question, and send it for sign-off."""
        self.until(seconds)
        answer = self._draft(seconds, Wording(text, answers_question=True))
        submit_answer(answer=answer, seen=1, by=self.house.olga, now=self.at(seconds))
        return answer

    def _draft(self, seconds: float, wording: Wording, *, is_holding: bool = False) -> Answer:
        return draft_answer(
            incident=self.incident,
            question=None if is_holding else self.incident.questions.order_by("pk").first(),
            channel=self.house.x,
            statement=self.house.holding if is_holding else None,
            wording=wording,
            by=self.house.olga,
            now=self.at(seconds),
        )

    def act(self, seconds: float, by: Person) -> Act:
        self.until(seconds)
        return Act(by=by, at=self.at(seconds), via="session", seen=1)

    def out(self, seconds: float, answer: Answer) -> None:
        self.until(seconds)
        answer.refresh_from_db()
        release_answer(
            answer=answer,
            seen=answer.current,
            url="" if self.incident.is_drill else URL,
            by=self.house.olga,
            now=self.at(seconds),
        )

    def over(self, seconds: float, end: str = Incident.End.ANSWERED) -> Incident:
        self.until(seconds)
        stand_down(incident=self.incident, by=self.house.olga, end=end, now=self.at(seconds))
        self.until(seconds + 2)
        return self.incident


def _answered(night: Night) -> Incident:
    """By the book: first word at once, Anna on it, approved, out within four minutes."""
    night.first_word(20)
    night.on_it(30, night.house.anna)
    answer = night.submitted(90)
    approve(answer=answer, act=night.act(130, night.house.anna))
    night.out(150, answer)
    return night.over(900)


def _late(night: Night) -> Incident:
    """Anna sleeps, Ben amends, and it is out after six minutes."""
    answer = night.submitted(200)
    act = night.act(340, night.house.ben)
    amend_and_approve(
        answer=answer, wording=Wording(TEXT + " Ben.", answers_question=True), act=act
    )
    night.out(360, answer)
    return night.over(900)


def _mistake(night: Night) -> Incident:
    return night.over(45, Incident.End.MISTAKE)


def _restricted(night: Night) -> Incident:
    """Only Ben and the officer know of it."""
    night.on_it(30, night.house.ben)
    answer = night.submitted(60)
    approve(answer=answer, act=night.act(80, night.house.ben))
    night.out(100, answer)
    return night.over(700)


def live_through(street: Street, moments: list[datetime]) -> list[Incident]:
    """Live through each kind of storm once, one at each moment."""
    safety = {"playbook": street.safety}
    kinds: list[tuple[Callable[[Night], Incident], dict[str, object]]] = [
        (_answered, {}),
        (_late, {}),
        (_mistake, {"playbook": None}),
        (_answered, {"is_drill": True}),
        (_restricted, safety),
    ]
    return [
        live(Night(street.house, moment, **storm))
        for moment, (live, storm) in zip(moments, kinds, strict=True)
    ]


CYCLE = (0, 0, 1, 0, 4, 0, 0, 2, 0, 3)
"""Which kind follows which, over and over: six in ten by the book, one each of the others."""


def leave_open(street: Street, count: int, now: datetime) -> list[Incident]:
    """Raise some that are open now, paged already; every other one waits for a signature."""
    nights = [Night(street.house, now) for _ in range(count)]
    for night in nights[::2]:
        night.submitted(0)
    for night in nights:
        night.until(0.1)
    return [night.incident for night in nights]
