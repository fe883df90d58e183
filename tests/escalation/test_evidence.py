"""The chain of evidence: any change afterwards is found, and where."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from escalation.models import Event, Timeline
from escalation.operations.evidence import verify
from tests.story import House, fast_forward


@pytest.fixture
def timeline(house: House) -> Timeline:
    incident = house.alarm()
    fast_forward(120)
    return Timeline.objects.get(pk=incident.timeline_id)


@pytest.mark.parametrize("change", [lambda e: e.update(kind="x"), lambda e: e.delete()])
def test_database_refuses_to_change_or_remove_an_event(
    timeline: Timeline, change: Callable[..., object]
) -> None:
    """Evidence that a colleague can tidy up afterwards is none."""
    with pytest.raises(DatabaseError, match="an event is never"), transaction.atomic():
        change(Event.objects.filter(timeline=timeline))


def tamper(sql: str, *values: object) -> None:
    """Do what only somebody with the keys to the database can: switch the triggers off first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE escalation_event DISABLE TRIGGER event_is_append_only")
        else:
            cursor.execute("DROP TRIGGER event_is_never_changed")
            cursor.execute("DROP TRIGGER event_is_never_deleted")
        cursor.execute(sql, values)


def test_whole_chain_verifies(timeline: Timeline) -> None:
    """A false alarm about the evidence would be as bad as a missed one."""
    assert timeline.length >= 6
    assert verify(timeline) is None


@pytest.mark.parametrize("sequence", [1, 3])
def test_changed_event_is_named(timeline: Timeline, sequence: int) -> None:
    """Who backdates an acknowledgement must be found."""
    event = Event.objects.get(timeline=timeline, sequence=sequence)
    tamper(
        "UPDATE escalation_event SET at = %s WHERE id = %s",
        event.at - timedelta(seconds=1),
        event.pk,
    )

    fault = verify(timeline)

    assert fault is not None
    assert (fault.sequence, fault.why) == (sequence, "the event was changed")


def test_removed_event_is_named(timeline: Timeline) -> None:
    """A gap in the middle shows where it is."""
    tamper("DELETE FROM escalation_event WHERE timeline_id = %s AND sequence = 3", timeline.pk)

    fault = verify(timeline)

    assert fault is not None
    assert (fault.sequence, fault.why) == (3, "an event is missing")


def test_end_that_was_cut_off_is_named(timeline: Timeline) -> None:
    """The last event is the one that somebody would rather not have had."""
    tamper(
        "DELETE FROM escalation_event WHERE timeline_id = %s AND sequence = %s",
        timeline.pk,
        timeline.length,
    )

    fault = verify(timeline)

    assert fault is not None
    assert fault.why == "the end was cut off"
