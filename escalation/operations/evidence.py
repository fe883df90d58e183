"""Write and check the evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from escalation.models import Event, Timeline
from escalation.rules.evidence import Entry, entry_hash


class TimelineMoved(Exception):
    """Somebody appended without holding the timeline's lock."""


def lock(timeline_id: int) -> Timeline:
    """Hold everything of one incident until the transaction ends: the one lock there is."""
    return Timeline.objects.select_for_update().get(pk=timeline_id)


def record(timeline: Timeline, entries: Sequence[Entry]) -> None:
    """Append events to a locked timeline. Raises TimelineMoved when it was not locked after all."""
    if not entries:
        return
    length, head = timeline.length, timeline.head_hash
    rows = []
    for entry in entries:
        length += 1
        row = Event(
            timeline=timeline,
            sequence=length,
            kind=entry.kind,
            at=entry.at,
            by_id=entry.by,
            detail=entry.detail,
            previous_hash=head,
        )
        head = row.hash = entry_hash(head, timeline.pk, length, entry)
        rows.append(row)
    Event.objects.bulk_create(rows)
    moved = Timeline.objects.filter(pk=timeline.pk, length=timeline.length)
    if not moved.update(length=length, head_hash=head):
        raise TimelineMoved(timeline.pk)
    timeline.length, timeline.head_hash = length, head


@dataclass(frozen=True)
class Fault:
    """The first place at which a timeline does not hold."""

    timeline: int
    sequence: int
    why: str


def verify(timeline: Timeline, events: Iterable[Event] | None = None) -> Fault | None:
    """Name the first event that was changed, moved or removed, or None when all of them stand.

    `events` are all of them in order, where the caller has read them already.
    """
    if events is None:
        events = timeline.events.order_by("sequence").iterator()
    previous, sequence = "", 0
    for event in events:
        sequence += 1
        entry = Entry(event.kind, event.at, event.by_id, event.detail)
        if event.sequence != sequence:
            return Fault(timeline.pk, sequence, "an event is missing")
        if event.hash != entry_hash(previous, timeline.pk, sequence, entry):
            return Fault(timeline.pk, sequence, "the event was changed")
        previous = event.hash
    if sequence != timeline.length or previous != timeline.head_hash:
        return Fault(timeline.pk, sequence + 1, "the end was cut off")
    return None
