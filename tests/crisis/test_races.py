"""Two managers and an editor at the same moment, on real locks."""

import logging
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from crisis.models import Answer, Decision, Incident
from crisis.operations.answer import StaleVersion, Wording, revise_answer
from crisis.operations.incident import acknowledge, raise_incident, stand_down
from crisis.operations.sign_off import NotAwaitingSignOff, amend_and_approve, approve
from crisis.queries.invariants import faults
from escalation.models import Escalation, Page
from escalation.operations.act import NotPaging
from escalation.operations.advance import advance_due
from escalation.operations.due import Due, lock_next
from tests.story import House, act, at, make_house

RACES = int(os.environ.get("CODERED_RACES", "150"))
RACES_PER_HOUSE = 500
RACES_PER_INCIDENT = 50

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads
        barrier = threading.Barrier(4)
        for done in [threads.submit(close, barrier) for _ in range(4)]:
            done.result()


@pytest.fixture(autouse=True)
def nothing_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Let no deadlock go by unseen: the clock does not raise what it meets, it logs it."""
    yield
    failed = [each for each in caplog.get_records("call") if each.levelno >= logging.ERROR]
    assert [each.getMessage() for each in failed] == []


def close(barrier: threading.Barrier) -> None:
    barrier.wait()
    connection.close()


def together(pool: ThreadPoolExecutor, *acts: Callable[[], object]) -> list[object]:
    """Do all at once, and give what came back or was raised."""
    barrier = threading.Barrier(len(acts))

    def run(each: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return each()
        except Exception as error:
            return error

    return [done.result() for done in [pool.submit(run, each) for each in acts]]


@pytest.mark.parametrize("first", range(0, RACES, RACES_PER_HOUSE))
def test_races_of_two_approvals_an_edit_and_a_deadline_have_one_winner_each(
    pool: ThreadPoolExecutor, capsys: pytest.CaptureFixture[str], first: int
) -> None:
    """Both told "you approved", and a text out that neither had read."""
    house = make_house()
    won: Counter[str] = Counter()
    races = range(first, min(first + RACES_PER_HOUSE, RACES))

    for race in races:
        if (race - first) % RACES_PER_INCIDENT == 0:
            incident = house.alarm(post_url="")
        won[race_over_one_answer(pool, house, incident, race - first)] += 1

    assert any("approval" in winner for winner in won)
    assert [fault for fault in faults(at(100)) if fault.code in ("Q6", "Q8", "Q9")] == []
    summary = ", ".join(f"{count} won by {winner}" for winner, count in sorted(won.items()))
    with capsys.disabled():
        sys.stdout.write(f"\n{len(races)} races, one winner each: {summary}\n")


def race_over_one_answer(
    pool: ThreadPoolExecutor, house: House, incident: Incident, race: int
) -> str:
    """Let two approve, one edit and the clock remind at the same moment, and tell who won."""
    answer = house.submitted(incident, f"Answer {race}: he is off all shifts from tonight.")
    shown = answer.versions.get(number=1)
    results = together(
        pool,
        lambda: approve(answer=answer, act=act(house.anna, 100)),
        lambda: approve(answer=answer, act=act(house.ben, 100)),
        lambda: revise_answer(
            answer=answer, seen=1, wording=Wording("Edited."), by=house.olga, now=at(100)
        ),
        # The first word is overdue, and a minute later again.
        lambda: advance_due(now=at(60 + race * 60)),
    )
    assert not isinstance(results[3], Exception), results[3]
    approvals = [each for each in results[:2] if isinstance(each, Decision)]
    refusals = [each for each in results[:3] if isinstance(each, Exception)]
    assert all(isinstance(each, StaleVersion | NotAwaitingSignOff) for each in refusals), refusals
    assert len(approvals) <= 1
    for decision in approvals:
        assert (decision.version_id, decision.sha256) == (shown.pk, shown.sha256)
    answer.refresh_from_db()
    if answer.status == Answer.Status.APPROVED:
        assert answer.current == 1
        return "an approval"
    # An approval that came first was dropped by the edit: its words are not out.
    assert (answer.current, len(refusals)) == (2, 2 - len(approvals))
    return "an approval, then the edit" if approvals else "the edit"


def test_decision_deadline_and_clock_at_the_same_moment_never_deadlock(
    pool: ThreadPoolExecutor,
) -> None:
    """Locks taken in two orders deadlock; here there is one lock."""
    house = make_house()
    for _ in range(60):
        incident = house.alarm(post_url="")
        answer = house.submitted(incident, seconds=20)
        results = together(
            pool,
            lambda answer=answer: amend_and_approve(
                answer=answer, wording=Wording("He is suspended."), act=act(house.anna, 300)
            ),
            lambda incident=incident: acknowledge(incident=incident, by=house.ben, now=at(300)),
            lambda: advance_due(now=at(300)),
            lambda incident=incident: stand_down(
                incident=incident, by=house.olga, end="over", now=at(300)
            ),
        )
        unexpected = [
            each
            for each in results
            if isinstance(each, Exception)
            and not isinstance(each, NotAwaitingSignOff | NotPaging)
            and type(each).__name__ != "NotOpen"
        ]
        assert unexpected == []
    assert not Escalation.objects.filter(status="running").exists()
    assert [fault for fault in faults(at(301)) if fault.code != "Q4"] == []


def test_two_clocks_at_once_page_once(pool: ThreadPoolExecutor) -> None:
    """Two of anything are harmless: the database decides who does it."""
    house = make_house()
    for _ in range(20):
        house.alarm(post_url="")

    together(pool, *[lambda: advance_due(now=at(60)) for _ in range(4)])
    advance_due(now=at(60))

    assert Page.objects.filter(occasion="step", person=house.ben).count() == 20


def test_clocks_share_what_is_due(pool: ThreadPoolExecutor) -> None:
    """A clock that wants what another one is at does nothing, while half of it is late."""
    house = make_house()
    due = {house.alarm(post_url="").timeline_id for _ in range(4)}

    with transaction.atomic():
        mine = {each.pk for each in lock_next(at(60), 2).timelines}
        theirs = {each.pk for each in pool.submit(locked_and_let_go, 2).result().timelines}

    assert (len(mine), len(theirs)) == (2, 2)
    assert mine | theirs == due


def locked_and_let_go(limit: int) -> Due:
    """Have another connection look for what is due."""
    try:
        with transaction.atomic():
            return lock_next(at(60), limit)
    finally:
        connection.close()


def test_same_key_at_the_same_moment_raises_once(pool: ThreadPoolExecutor) -> None:
    """A double click reaches two web processes at once."""
    house: House = make_house()

    results = together(
        pool,
        *[
            lambda: raise_incident(storm=house.storm(), by=house.olga, key="k", now=at(0))
            for _ in range(4)
        ],
    )

    assert Incident.objects.count() == 1, results
    assert not [each for each in results if isinstance(each, Exception)]
