"""Write and check the evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.models import Event, Timeline
from escalation.operations.bulk import insert_rows, update_rows
from escalation.operations.news import tell_moved
from escalation.rules.evidence import Entry, entry_hash

COLUMNS = ("timeline", "sequence", "kind", "at", "by", "detail", "previous_hash", "hash")


class TimelineMoved(Exception):
    """Somebody appended without holding the timeline's lock."""


def lock(timeline_id: int) -> Timeline:
    """Hold everything of one incident until the transaction ends: the one lock there is."""
    return Timeline.objects.select_for_update().get(pk=timeline_id)


def record(timeline: Timeline, entries: Sequence[Entry]) -> None:
    """Append events to a locked timeline. Raises TimelineMoved when it was not locked after all."""
    record_all([(timeline, entries)])


def record_all(appended: Iterable[tuple[Timeline, Sequence[Entry]]]) -> None:
    """Append events to many locked timelines at once, as `record` does to one."""
    rows: list[tuple[Any, ...]] = []
    heads: list[tuple[int, int, str]] = []
    for timeline, entries in appended:
        for entry in entries:
            rows.append(_appended(timeline, entry))
        if entries:
            heads.append((timeline.pk, timeline.length, timeline.head_hash))
    if not rows:
        return
    ids, lengths, hashes = zip(*heads, strict=True)
    moved = update_rows(
        Timeline, {"id": ids, "length": lengths, "head_hash": hashes}, "t.length < v.length"
    )
    if moved != len(heads):
        raise TimelineMoved(ids)
    insert_rows(Event, dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)), {})
    tell_moved(ids)


def _appended(timeline: Timeline, entry: Entry) -> tuple[Any, ...]:
    """Put an event at the end of a timeline, and give its row."""
    before, place = timeline.head_hash, timeline.length + 1
    timeline.length = place
    timeline.head_hash = entry_hash(before, timeline.pk, place, entry)
    head = timeline.head_hash
    return (timeline.pk, place, entry.kind, entry.at, entry.by, entry.detail, before, head)


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
