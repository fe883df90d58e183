"""What must always hold: each invariant names the row that was made to break it."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crisis.models import Answer, Decision, Incident
from crisis.operations.incident import raise_incident, stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import approve
from crisis.queries import invariants
from crisis.queries.invariants import PRESENT, RECORDED, all_faults, faults, open_or_closed_lately
from crisis.queries.records import Records, changed_words
from crisis.rules.text import sha256_of
from escalation.models import Deadline, Escalation, EscalationStep, Event, Page, Timeline
from tests.programs import clock_at
from tests.story import NOON, House, act, at, fast_forward
from tests.tampering import change_rows


def codes(seconds: float) -> set[str]:
    return {fault.code for fault in all_faults(at(seconds))}


@pytest.fixture
def signed(house: House) -> Answer:
    """An answer that Anna has approved, two minutes after the alarm."""
    answer = house.submitted(house.alarm())
    fast_forward(60)
    approve(answer=answer, act=act(house.anna))
    return answer


def other(house: House) -> Incident:
    return raise_incident(storm=house.storm(post_url=""), by=house.olga, now=at(61)).incident


def forget_the_clock(house: House) -> None:
    Escalation.objects.update(status="stopped", stopped_at=NOON, next_page_at=None)
    Deadline.objects.update(status="dropped", next_at=None)


def close_the_timeline_alone(house: House) -> None:
    Timeline.objects.update(closed_at=NOON)


def overdue(house: House) -> None:
    Deadline.objects.filter(next_at__isnull=False).update(next_at=at(100))


def strand_a_page(house: House) -> None:
    page = Page.objects.latest("pk")
    Page.objects.filter(pk=page.pk).update(status="queued", next_send_at=at(100))


def keep_a_page_in_hand(house: House) -> None:
    page = Page.objects.latest("pk")
    Page.objects.filter(pk=page.pk).update(
        status="sending", lease=page.key, queued_at=at(20), next_send_at=at(130)
    )


def send_without_end(house: House) -> None:
    page = Page.objects.latest("pk")
    Page.objects.filter(pk=page.pk).update(unknowns=3)


def page_nobody(house: House) -> None:
    EscalationStep.objects.update(outcome="paged")
    Page.objects.filter(occasion="step", step=1).delete()


def approve_by_nobody(house: House) -> None:
    Decision.objects.update(is_effective=False)


def cut_the_end_off(house: House) -> None:
    Timeline.objects.update(length=1)


def change_the_state_alone(house: House) -> None:
    Answer.objects.update(status="draft")


PLANTS: list[tuple[str, Callable[[House], None]]] = [
    ("Q1", forget_the_clock),
    ("Q2", close_the_timeline_alone),
    ("Q3", overdue),
    ("Q4", strand_a_page),
    ("Q4", keep_a_page_in_hand),
    ("Q5", send_without_end),
    ("Q6", approve_by_nobody),
    ("Q7", page_nobody),
    ("Q8", cut_the_end_off),
    ("Q9", change_the_state_alone),
]


def test_a_night_by_the_book_breaks_nothing(house: House, signed: Answer) -> None:
    """An alarm that cries for nothing is switched off, and then it is missing."""
    assert faults(at(121)) == []
    assert all_faults(at(121)) == []


@pytest.mark.parametrize(("code", "plant"), PLANTS, ids=[code for code, _ in PLANTS])
def test_what_is_broken_is_named(
    house: House, signed: Answer, code: str, plant: Callable[[House], None]
) -> None:
    """An invariant that finds nothing whatever happens is a green light painted on the wall."""
    plant(house)

    assert code in codes(121)


def test_answer_under_another_incident_is_named(house: House, signed: Answer) -> None:
    """Words for one storm that are signed in another were signed by the wrong people."""
    wrong = other(house)
    change_rows("UPDATE crisis_signoff SET escalation_id = %s", [wrong.escalation_id])

    assert "Q10" in codes(121)


FORGED = "Nothing happened that night."
FORGERIES = {
    "words": ["crisis_answerversion SET text = %(text)s"],
    "words with every hash": [
        "crisis_answerversion SET text = %(text)s, sha256 = %(sha256)s",
        "crisis_decision SET sha256 = %(sha256)s",
        "crisis_release SET sha256 = %(sha256)s",
    ],
    "hash alone": ["crisis_answerversion SET sha256 = %(sha256)s"],
    "link": ["crisis_release SET url = 'https://x.com/h/status/3'"],
}


@pytest.mark.parametrize("what", FORGERIES)
def test_words_that_were_changed_after_they_were_out_are_named(
    house: House, signed: Answer, what: str
) -> None:
    """Whoever owns the database could have said another thing, and the report would agree."""
    url = "https://x.com/h/status/2"
    release_answer(answer=signed, seen=1, url=url, by=house.olga, now=at(130))
    assert "Q6" not in codes(131)

    for statement in FORGERIES[what]:
        change_rows(f"UPDATE {statement}", {"text": FORGED, "sha256": sha256_of(FORGED)})

    assert "Q6" in codes(131)


def test_words_are_compared_in_seven_questions(house: House, signed: Answer) -> None:
    """What is asked every few seconds may not grow with how many answers are open."""
    for _ in range(3):
        approve(answer=house.submitted(other(house)), act=act(house.anna))

    with CaptureQueriesContext(connection) as seen:
        assert list(changed_words(Records(open_or_closed_lately(at(121))))) == []

    assert len(seen) == 7


def test_what_was_closed_long_ago_is_verified_when_all_is(house: House, signed: Answer) -> None:
    """Evidence that is altered after a year must be found as surely as after a minute."""
    incident = signed.incident
    stand_down(incident=incident, by=house.olga, end="over", now=at(130))
    fast_forward(131, from_seconds=130)
    Timeline.objects.filter(pk=incident.timeline_id).update(head_hash="0" * 64)

    assert {fault.code for fault in faults(at(131))} == {"Q8"}
    assert faults(at(3600)) == []
    assert {fault.code for fault in all_faults(at(3600))} == {"Q8"}


def test_only_what_is_open_or_closed_lately_is_looked_at_often(house: House) -> None:
    """What is asked every few seconds may not grow with what is past."""
    closed = house.alarm()
    stand_down(incident=closed, by=house.olga, end="mistake", now=at(10))
    opened = raise_incident(storm=house.storm(), by=house.olga, now=at(20)).incident

    assert open_or_closed_lately(at(30)) == [closed.timeline_id, opened.timeline_id]
    assert open_or_closed_lately(at(700)) == [opened.timeline_id]


def test_everything_is_walked_through_batch_by_batch(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that is skipped is a year in which nobody looks."""
    monkeypatch.setattr(invariants, "BATCH", 2)
    timelines = [house.alarm().timeline_id for _ in range(5)]

    walked = [position for position, _ in invariants.walk()]

    assert walked == [timelines[1], timelines[3], timelines[4]]


def test_each_invariant_asks_a_handful_of_questions_however_many_are_open(house: House) -> None:
    """One query per row is a check that stops the house it checks."""
    for _ in range(6):
        house.alarm()
    fast_forward(1)

    with CaptureQueriesContext(connection) as seen:
        assert faults(at(2)) == []

    assert len(seen) <= 24


def test_command_names_the_row_and_fails(house: House, signed: Answer) -> None:
    """A check in a script is worth its exit code."""
    said = StringIO()
    with clock_at(121):
        call_command("check_invariants", stdout=said)
        call_command("check_invariants", "--all", stdout=said)
    assert said.getvalue() == "10 invariants checked, 0 faults\n" * 2

    cut_the_end_off(house)
    said = StringIO()
    with clock_at(121), pytest.raises(CommandError):
        call_command("check_invariants", "--all", stdout=said)

    assert said.getvalue().startswith(f"Q8 timeline {signed.incident.timeline_id} event ")
    assert Event.objects.count() > 2
    assert len(PRESENT) + len(RECORDED) == 10


MIXED = {
    "answer": "UPDATE crisis_answer SET incident_id = {incident}",
    "sign-off": "UPDATE crisis_signoff SET escalation_id = {run}",
    "incident": "UPDATE crisis_incident SET escalation_id = {run} WHERE id <> {incident}",
    "question": "UPDATE crisis_question SET incident_id = {incident}",
    "run": "UPDATE escalation_escalation SET timeline_id = {timeline}",
    "decision": "UPDATE crisis_decision SET sha256 = repeat('0', 64)",
    "version": "UPDATE crisis_answerversion SET sha256 = repeat('0', 64)",
    "version's words": "UPDATE crisis_answerversion SET text = 'Other words.'",
    "version's number": "UPDATE crisis_answerversion SET number = 2",
}


@pytest.mark.postgres
@pytest.mark.parametrize("what", MIXED)
def test_database_itself_refuses_to_mix_two_incidents(
    house: House, signed: Answer, what: str
) -> None:
    """A hand in the database at night must not move a signature from one storm to another."""
    wrong = other(house)
    ids = {"incident": wrong.pk, "run": wrong.escalation_id, "timeline": wrong.timeline_id}

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MIXED[what].format(**ids))
