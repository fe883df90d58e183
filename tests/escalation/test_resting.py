"""Incidents that fail are left alone for a while, and hold up no other."""

import pytest

from escalation import clock
from escalation.models import Escalation
from escalation.operations import advance
from escalation.operations.advance import advance_due
from escalation.operations.due import Due
from escalation.resting import Resting
from tests.story import House, at


@pytest.fixture
def poisoned(house: House, monkeypatch: pytest.MonkeyPatch) -> Escalation:
    """A run that cannot be advanced, beside one that can; both have a step due after a minute."""
    run = house.alarm(post_text="Poison").escalation
    original = advance._take

    def fails(due: Due, *facts: object) -> object:
        if run.timeline_id in [each.pk for each in due.timelines]:
            raise RuntimeError("poison")
        return original(due, *facts)  # type: ignore[arg-type]

    house.alarm(post_text="Well")
    monkeypatch.setattr(advance, "_take", fails)
    return run


def test_incident_that_fails_is_left_alone_for_a_while(
    poisoned: Escalation, caplog: pytest.LogCaptureFixture
) -> None:
    """Tried again at once and for ever, it slows down every other and fills the logs."""
    resting = Resting()

    assert advance_due(now=at(60), resting=resting) == 1
    caplog.clear()
    advance_due(now=at(60), resting=resting)

    assert resting.ids() == [poisoned.timeline_id]
    assert caplog.text == ""


def test_clock_looks_past_an_incident_that_rests(poisoned: Escalation) -> None:
    """It is overdue for good: nothing else would be got ready in time, or slept for."""
    advance_due(now=at(60))

    look = clock.agenda([poisoned.timeline_id])

    assert (clock.agenda().turn_at, look.turn_at) == (at(60), at(120))
    assert look.deadline_at == at(120)


def test_incident_rests_longer_with_each_fault_and_not_at_all_once_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half a second is nothing to whoever is paged, and much to a log."""
    moment = [100.0]
    monkeypatch.setattr("escalation.resting.time.monotonic", lambda: moment[0])
    resting = Resting()
    rests = []

    for _ in range(8):
        resting.note_fault(1)
        started = moment[0]
        while resting.ids():
            moment[0] = round(moment[0] + 0.1, 1)
        rests.append(round(moment[0] - started, 1))
    resting.note_done([1])
    resting.note_fault(1)

    assert rests == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    moment[0] += 0.11
    assert resting.ids() == []
