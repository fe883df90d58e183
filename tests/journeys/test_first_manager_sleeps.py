"""It is 3 am and the first manager does not wake up."""

from crisis.models import Incident
from crisis.operations.incident import acknowledge
from crisis.operations.release import release_answer
from crisis.operations.sign_off import approve
from crisis.queries.figures import figures_of
from crisis.queries.invariants import faults
from escalation.models import Deadline, Page
from tests.story import House, act, at, fast_forward, paged


def test_second_manager_is_paged_decides_and_the_answer_is_out(house: House) -> None:
    """The officer must never be left alone because one person sleeps."""
    incident = house.alarm()
    fast_forward(59)
    assert paged(incident.escalation) == [("Anna", "step", 0)]

    fast_forward(70, from_seconds=60)
    acknowledge(incident=incident, by=house.ben, now=at(82))
    answer = house.submitted(incident, seconds=112)
    approve(answer=answer, act=act(house.ben, 167))
    release_answer(
        answer=answer, seen=1, url="https://x.com/h/status/2", by=house.olga, now=at(211)
    )
    fast_forward(400, from_seconds=211)

    assert paged(incident.escalation) == [
        ("Anna", "step", 0),
        ("Ben", "step", 60),
        ("Ben", "answer_ready", 112),
    ]
    figures = figures_of(Incident.objects.get(pk=incident.pk))
    assert figures.on_it_seconds == 82
    assert figures.sign_off_wait_seconds == 55
    assert figures.answer_seconds == 211
    assert figures.is_answered_in_time is True
    assert faults(at(400)) == []


def test_acknowledged_and_asleep_again_the_chain_goes_on(house: House) -> None:
    """Acknowledged at night, forgotten: the chain goes on after the grace time by itself."""
    incident = house.alarm()
    fast_forward(10)
    acknowledge(incident=incident, by=house.anna, now=at(10))

    fast_forward(99, from_seconds=10)
    assert paged(incident.escalation) == [("Anna", "step", 0)]
    fast_forward(100, from_seconds=100)

    assert paged(incident.escalation)[-1] == ("Ben", "step", 100)


def test_pressing_again_holds_nothing_longer(house: House) -> None:
    """Half asleep, one presses "I'm on it" every minute: the others must still be woken."""
    incident = house.alarm()
    fast_forward(10)
    acknowledge(incident=incident, by=house.anna, now=at(10))
    acknowledge(incident=incident, by=house.anna, now=at(90))

    fast_forward(100, from_seconds=90)

    assert paged(incident.escalation)[-1] == ("Ben", "step", 100)


def test_hold_does_not_outlive_the_deadline(house: House) -> None:
    """The deadline never pauses, whoever says that they are on it."""
    incident = house.alarm()
    fast_forward(250)
    acknowledge(incident=incident, by=house.ben, now=at(250))

    fast_forward(300, from_seconds=250)

    at_breach = [row for row in paged(incident.escalation) if row[2] == 300]
    assert sorted(at_breach) == [
        ("Anna", "round", 300),
        ("Ben", "round", 300),
        ("Olga", "answer", 300),
    ]
    deadline = Deadline.objects.get(kind="answer")
    assert deadline.breached_at == deadline.due_at == at(300)


def test_unsent_pages_are_dropped_once_decided(house: House) -> None:
    """A page that leaves after the decision wakes somebody for nothing."""
    incident = house.alarm()
    fast_forward(60)
    answer = house.submitted(incident, seconds=61)

    approve(answer=answer, act=act(house.ben, 62))

    waiting = Page.objects.filter(escalation=incident.escalation, status="queued")
    assert not waiting.exclude(occasion="answer").exists()
