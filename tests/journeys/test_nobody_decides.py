"""Nobody decides in time: what falls to the officer, and who goes on being paged."""

import pytest

from crisis.models import Release
from crisis.operations.answer import Wording, draft_answer
from crisis.operations.incident import stand_down
from crisis.operations.release import NotReleasable, release_answer
from crisis.operations.sign_off import approve
from crisis.queries.invariants import faults
from escalation.models import Deadline, Page
from playbooks.models import Playbook, Protocol
from tests.story import NOON, House, act, at, fast_forward, paged

URL = "https://x.com/h/status/2"


def test_breach_is_stamped_when_it_was_due_however_late_it_was_noticed(house: House) -> None:
    """A clock that was away must not make the record kinder or harsher than it was."""
    house.alarm()

    fast_forward(420, from_seconds=420)

    deadline = Deadline.objects.get(kind="answer")
    assert deadline.breached_at == at(300)
    event = deadline.escalation.timeline.events.get(kind="deadline_breached", detail__of="answer")
    assert event.at == at(300)
    assert event.detail["noticed_at"] == at(420).isoformat()


def test_everyone_is_paged_every_minute_until_stood_down(house: House) -> None:
    """After the deadline silence is the one thing that must not happen."""
    incident = house.alarm()
    fast_forward(480)

    late = [row for row in paged(incident.escalation) if row[2] >= 300 and row[1] == "round"]
    assert [seconds for name, _, seconds in late if name == "Anna"] == [300, 360, 420, 480]
    assert [seconds for name, _, seconds in late if name == "Ben"] == [300, 360, 420, 480]

    stand_down(incident=incident, by=house.olga, end="over", now=at(490))
    fast_forward(700, from_seconds=490)

    assert [row for row in paged(incident.escalation) if row[2] > 480] == [
        ("Anna", "stood_down", 490),
        ("Ben", "stood_down", 490),
    ]
    assert faults(at(500)) == []


def test_officer_releases_the_holding_statement_alone(house: House) -> None:
    """Pre-approved words need nobody awake; and they are a first word, not the answer."""
    incident = house.alarm()
    hold = draft_answer(
        incident=incident,
        question=None,
        channel=house.x,
        statement=house.holding,
        wording=Wording(house.holding.text.replace("{time}", "12:30"), {"time": "12:30"}),
        by=house.olga,
        now=at(40),
    )

    release = release_answer(answer=hold, seen=1, url=URL, by=house.olga, now=at(70))

    assert release.basis == Release.Basis.PRE_APPROVED
    assert Deadline.objects.get(kind="first_word").status == "met"
    assert Deadline.objects.get(kind="answer").status == "running"
    assert Deadline.objects.get(kind="next_update").due_at == at(70 + 1800)


@pytest.mark.parametrize(
    ("time", "more"), [("12:30", " It was not us."), ("then. It was not us", ""), ("", "")]
)
def test_pre_approved_words_that_were_changed_are_not_pre_approved(
    house: House, time: str, more: str
) -> None:
    """One word more than was agreed, also inside a blank, is a text that nobody has signed."""
    incident = house.alarm()
    text = house.holding.text.replace("{time}", time) + more
    hold = draft_answer(
        incident=incident,
        question=None,
        channel=house.x,
        statement=house.holding,
        wording=Wording(text, {"time": time}),
        by=house.olga,
        now=at(40),
    )

    with pytest.raises(NotReleasable):
        release_answer(answer=hold, seen=1, url=URL, by=house.olga, now=at(70))


@pytest.mark.parametrize(("seconds", "goes"), [(299, False), (300, True)])
def test_own_answer_falls_to_the_officer_by_the_clause_and_not_before(
    house: House, seconds: int, goes: bool
) -> None:
    """Authority that comes a second early is no authority; the clause is named in the record."""
    playbook = Playbook.objects.create(code="OPEN-01", title="Open")
    Protocol.objects.create(
        playbook=playbook,
        version=1,
        chain=house.chain,
        falls_to_officer="answer",
        clause="4.2 When nobody has decided, the officer answers.",
        status="published",
        published_at=NOON,
        manager_signed_by=house.anna,
    )
    incident = house.alarm(playbook=playbook)
    answer = house.submitted(incident)
    fast_forward(seconds, from_seconds=60)

    if not goes:
        with pytest.raises(NotReleasable):
            release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(seconds))
        return
    release = release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(seconds))

    assert release.clause.startswith("4.2")
    assert faults(at(seconds)) == []


def test_approval_after_the_breach_still_counts_and_stays_late(house: House) -> None:
    """A late answer is better than none, and the report must still call it late."""
    incident = house.alarm()
    answer = house.submitted(incident)
    fast_forward(320, from_seconds=60)

    approve(answer=answer, act=act(house.anna, 321))
    release_answer(answer=answer, seen=1, url=URL, by=house.olga, now=at(330))

    deadline = Deadline.objects.get(kind="answer")
    assert (deadline.status, deadline.met_at) == ("breached", at(330))
    fast_forward(500, from_seconds=330)
    assert not Page.objects.filter(queued_at__gt=at(330), occasion__in=["round", "answer"]).exists()


def test_approved_and_forgotten_the_officer_is_reminded(house: House) -> None:
    """Approved but never posted is as silent as never answered."""
    incident = house.alarm()
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna, 100))

    fast_forward(420, from_seconds=100)

    reminders = Page.objects.filter(person=house.olga, occasion="answer").order_by("queued_at")
    assert [page.queued_at for page in reminders] == [at(300), at(360), at(420)]
