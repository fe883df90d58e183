"""The slow look at everything: nothing is skipped, what was found is not forgotten."""

import pytest

from crisis import audit
from crisis.audit import walk_on
from crisis.models import Audit
from crisis.operations.incident import stand_down
from crisis.operations.watch import audit_so_far, end_audit, note_audited
from crisis.queries.invariants import audited_faults, faults
from escalation.models import Timeline
from tests.story import House, at, fast_forward


@pytest.fixture
def past(house: House, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Five code reds that were stood down long ago, two of which are verified at a time."""
    monkeypatch.setattr(audit, "LEAST", 2)
    incidents = [house.alarm() for _ in range(5)]
    for incident in incidents:
        stand_down(incident=incident, by=house.olga, end="mistake", now=at(1))
    fast_forward(2)
    return [each.timeline_id for each in incidents]


def walk(passes: int) -> list[int]:
    return [walk_on(now=at(3600 + 60 * number)) for number in range(passes)]


def test_audit_goes_on_where_it_was_and_begins_anew_at_the_end(past: list[int]) -> None:
    """A look that begins anew at every start never gets past the first thousand."""
    assert walk(2) == [2, 2]
    assert Audit.objects.get().position == past[3]
    assert Audit.objects.get().ended_at is None

    assert walk(3) == [1, 0, 2]
    assert Audit.objects.get().position == past[1]
    assert Audit.objects.get().ended_at == at(3600 + 60)


def test_what_was_found_is_named_until_a_whole_round_has_not_found_it(past: list[int]) -> None:
    """Evidence that was altered and mended in between was altered all the same."""
    head = Timeline.objects.get(pk=past[2]).head_hash
    Timeline.objects.filter(pk=past[2]).update(head_hash="0" * 64)
    walk(2)
    Timeline.objects.filter(pk=past[2]).update(head_hash=head)

    assert [fault.code for fault in faults(at(7200))] == ["Q8"]
    walk(2)
    assert [fault.code for fault in audited_faults()] == ["Q8"]
    walk(4)
    assert audited_faults() == []


def test_two_who_walk_at_once_count_once(past: list[int]) -> None:
    """Two hosts with a beat each must not make the audit skip what neither has verified."""
    mine, theirs = audit_so_far(at(0)), audit_so_far(at(1))

    assert note_audited(audit=mine, position=past[1], faults=[])
    assert not note_audited(audit=theirs, position=past[1], faults=[["Q8", "x", "y"]])
    assert not end_audit(audit=theirs, now=at(2))
    assert Audit.objects.get().position == past[1]
    assert Audit.objects.get().faults == []


def test_everything_is_verified_within_a_day(past: list[int]) -> None:
    """However long the past is, a pass a minute has to be enough."""
    Timeline.objects.create(pk=1_000_000)

    assert audit._share() * 60 * 24 >= 1_000_000
    assert audit._share() < 1_000
