"""The people, the chain and the storm that most tests tell of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from crisis.models import Answer, Incident, Question
from crisis.operations.answer import Wording, draft_answer, submit_answer
from crisis.operations.incident import Storm, raise_incident
from crisis.operations.sign_off import Act
from escalation.clock import agenda
from escalation.models import (
    Chain,
    ChainStep,
    ChainTarget,
    ContactMethod,
    Escalation,
    Page,
    Person,
    Role,
)
from escalation.operations.advance import advance_due
from escalation.senders import send_all
from playbooks.models import Channel, Organisation, Placeholder, Playbook, Protocol, Statement

NOON = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
TEXT = "Yes, he volunteers with us, and what he did is wrong. He is off all shifts from tonight."


def at(seconds: float) -> datetime:
    """A moment, in seconds after the alarm."""
    return NOON + timedelta(seconds=seconds)


def make_person(name: str, role: str = Role.MANAGER, *, kinds: Sequence[str] = ("tray",)) -> Person:
    """A person with a role and one verified contact method of each kind."""
    person = Person.objects.create_user(
        f"{name.split()[0].lower()}@example.org", "correct horse battery staple", name=name
    )
    person.groups.add(Group.objects.get_or_create(name=role)[0])
    for kind in kinds:
        ContactMethod.objects.create(
            person=person, kind=kind, address=f"{kind}:{person.email}", verified_at=NOON
        )
    return person


def make_chain(*rungs: tuple[int, Sequence[Person]], name: str = "Duty chain") -> Chain:
    """A chain of (after_seconds, people)."""
    chain = Chain.objects.create(name=name)
    for position, (after_seconds, people) in enumerate(rungs):
        step = ChainStep.objects.create(chain=chain, position=position, after_seconds=after_seconds)
        for person in people:
            ChainTarget.objects.create(step=step, person=person)
    return chain


@dataclass
class House:
    """An organisation that is ready for a storm."""

    olga: Person
    anna: Person
    ben: Person
    chain: Chain
    x: Channel
    facebook: Channel
    playbook: Playbook
    protocol: Protocol
    holding: Statement

    def storm(self, **changes: object) -> Storm:
        """What Olga sees when it breaks."""
        facts: dict[str, object] = {
            "question": "Is he one of yours? What are you going to do about it?",
            "post_url": "https://x.com/priya_walks/status/1",
            "author": "@priya_walks",
            "channel": self.x,
            "playbook": self.playbook,
        }
        return Storm(**(facts | changes))  # type: ignore[arg-type]

    def alarm(self, **changes: object) -> Incident:
        """A code red, raised at noon."""
        return raise_incident(storm=self.storm(**changes), by=self.olga, now=NOON).incident

    def draft(
        self,
        incident: Incident,
        text: str = TEXT,
        *,
        seconds: float = 60,
        question: Question | None = None,
    ) -> Answer:
        """Olga's answer to the first question, on X, or to another one where it was asked."""
        return draft_answer(
            incident=incident,
            question=question or incident.questions.order_by("pk").first(),
            channel=question.channel if question else self.x,
            statement=None,
            wording=Wording(text, answers_question=True),
            by=self.olga,
            now=at(seconds),
        )

    def submitted(self, incident: Incident, text: str = TEXT, *, seconds: float = 60) -> Answer:
        """Olga's answer, sent for sign-off."""
        answer = self.draft(incident, text, seconds=seconds)
        submit_answer(answer=answer, seen=1, by=self.olga, now=at(seconds))
        answer.refresh_from_db()
        return answer


def act(by: Person, seconds: float = 120, **more: Any) -> Act:
    """Somebody decides, signed in, on the first version where nothing else is said."""
    return Act(**{"by": by, "at": at(seconds), "via": "session", "seen": 1, **more})


def ask_more(incident: Incident, count: int, channel: Channel) -> list[Question]:
    """More people who ask."""
    return [
        Question.objects.create(
            incident=incident,
            channel=channel,
            author=f"@asker{number}",
            text=f"Question {number}?",
            added_at=at(number),
            added_by=incident.raised_by,
        )
        for number in range(count)
    ]


def fast_forward(to_seconds: float, *, from_seconds: float = 0) -> None:
    """Let the clock pass at every moment at which something is due, and every page leave."""
    moment, end = at(from_seconds), at(to_seconds)
    while True:
        advance_due(now=moment)
        send_due(moment)
        if moment >= end:
            return
        moment = max(next_moment(moment, end), moment + timedelta(milliseconds=1))


def next_moment(now: datetime, horizon: datetime) -> datetime:
    """When anything is due next: no earlier than `now`, no later than `horizon`."""
    return max(now, min(horizon, agenda().next_at or horizon))


def send_due(moment: datetime) -> None:
    """Let what is due leave by its own transport."""
    send_all(lambda: moment)


def paged(escalation: Escalation) -> list[tuple[str, str, int]]:
    """Who was paged, why, and how many seconds after the alarm: in order."""
    rows = (
        Page.objects.filter(escalation=escalation)
        .select_related("person")
        .order_by("queued_at", "pk")
    )
    return [
        (each.person.first_name, each.occasion, int((each.queued_at - NOON).total_seconds()))
        for each in rows
    ]


def make_house() -> House:
    """Olga (officer), Anna and Ben (managers), a two-step chain, one published protocol."""
    olga = make_person("Olga Reyes", Role.OFFICER)
    anna = make_person("Anna Hale")
    ben = make_person("Ben Okafor")
    chain = make_chain((0, [anna]), (60, [ben]))
    Organisation.objects.create(
        pk=1, name="Hearthside", default_chain=chain, jargon=["stakeholders"]
    )
    playbook = Playbook.objects.create(code="VOL-01", title="Volunteer or staff conduct")
    protocol = Protocol.objects.create(playbook=playbook, version=1, chain=chain)
    holding = Statement.objects.create(
        protocol=protocol,
        code="HOLD",
        title="Holding statement",
        kind=Statement.Kind.HOLDING,
        text="We've seen the video. We're finding out now. Next update here by {time}.",
        is_pre_approved=True,
    )
    Placeholder.objects.create(
        protocol=protocol, name="time", label="Next update by", kind="time", max_length=5
    )
    Protocol.objects.filter(pk=protocol.pk).update(
        status=Protocol.Status.PUBLISHED,
        published_at=NOON,
        manager_signed_by=anna,
        manager_signed_at=NOON,
        officer_signed_by=olga,
        officer_signed_at=NOON,
    )
    protocol.refresh_from_db()
    return House(
        olga=olga,
        anna=anna,
        ben=ben,
        chain=chain,
        x=Channel.objects.create(network="x", handle="@Hearthside"),
        facebook=Channel.objects.create(network="facebook", handle="Hearthside", limit=400),
        playbook=playbook,
        protocol=protocol,
        holding=holding,
    )
