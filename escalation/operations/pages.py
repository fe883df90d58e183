"""Write pages: a row per person and contact method, before any wire is touched."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.db import transaction
from django.db.models import QuerySet

from escalation.models import Escalation, Page
from escalation.operations.bulk import insert_rows
from escalation.operations.links import Link, links_of
from escalation.operations.news import tell_moved
from escalation.operations.outgoing import Outgoing
from escalation.operations.reach import Way, reach_of
from escalation.operations.wake import wake_clock

NOT_NEEDED_ONCE_STOPPED = (
    Page.Occasion.STEP,
    Page.Occasion.ROUND,
    Page.Occasion.HAND_OVER,
    Page.Occasion.ANSWER_READY,
    Page.Occasion.NOBODY,
)


class Asked(Protocol):
    """What a page says of the run that it is for."""

    pk: int
    timeline_id: int
    subject: str
    question: str
    due_at: datetime
    time_zone: str
    is_drill: bool
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why people are paged: what, at which step, for which time, and by whose act."""

    kind: str
    step: int
    attempt: int
    due_at: datetime
    by: int | None = None


class NewPage(NamedTuple):
    """A page before it is a row."""

    run: Asked
    way: Way
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class Lease:
    """How long pages are in somebody's hands: on the database's clock, and on this process's."""

    until: datetime
    ours_until: float


class Hand(Protocol):
    """Whoever sends, in this very process: it may be given pages in the moment they are written."""

    def room(self, provider: str, kind: str) -> int:
        """Tell how many pages for this provider, by this kind of transport, it can take now."""
        ...

    def lease(self) -> Lease:
        """Give a lease that begins now, for pages that are about to be written."""
        ...

    def has_time(self, moment: datetime) -> bool:
        """Tell whether a moment is still so far away that more can be written before it."""
        ...

    def wait_for(self, moment: datetime) -> None:
        """Wait until a moment has come, on the database's clock."""
        ...

    def take(self, pages: Sequence[Outgoing]) -> None:
        """Have pages in hand that were written as being there. Their rows are committed."""
        ...

    def go(self) -> None:
        """Send what was taken."""
        ...


def queue_pages(
    *,
    escalation: Escalation,
    person_ids: Sequence[int],
    occasion: Occasion,
    now: datetime,
) -> int:
    """Write one page per person and contact method, for anybody to send, and tell how many."""
    reach = reach_of(person_ids, now)
    new = [NewPage(escalation, way, occasion) for each in person_ids for way in reach.by(each, ())]
    write_pages(new, now)
    return len(new)


Row = tuple[NewPage, Link, uuid.UUID]


def write_pages(new: Sequence[NewPage], now: datetime, hand: Hand | None = None) -> list[Outgoing]:
    """Write pages, and give those that `hand` has room for: they are in its hands already."""
    if not new:
        return []
    links = links_of([(each.run.pk, each.way.person_id) for each in new], now)
    rows = [(each, links[each.run.pk, each.way.person_id], uuid.uuid4()) for each in new]
    mine, others = _shared_out(rows, hand)
    if others:
        wake_clock()
        _insert(others, {"status": Page.Status.QUEUED, "next_send_at": now, "sends": 0}, now)
    return _hand_over(mine, hand, now) if hand and mine else []


def _hand_over(rows: Sequence[Row], hand: Hand, now: datetime) -> list[Outgoing]:
    key, lease = uuid.uuid4(), hand.lease()
    leased = {"status": Page.Status.SENDING, "lease": key, "sends": 1, "next_send_at": lease.until}
    written = set(_insert(rows, leased, now))
    return [_outgoing(*row, key, lease.ours_until) for row in rows if row[2] in written]


def _shared_out(rows: Sequence[Row], hand: Hand | None) -> tuple[list[Row], list[Row]]:
    """Part the rows into those that there is room for here, and the rest."""
    if hand is None:
        return [], list(rows)
    room: dict[str, int] = {}
    mine: list[Row] = []
    others: list[Row] = []
    for row in rows:
        way = row[0].way
        provider = way.provider
        left = room[provider] if provider in room else hand.room(provider, way.kind)
        room[provider] = left - 1
        (mine if left > 0 else others).append(row)
    return mine, others


def _insert(rows: Sequence[Row], state: dict[str, Any], now: datetime) -> list[uuid.UUID]:
    if not rows:
        return []
    columns: dict[str, list[Any]] = {
        "escalation": [new.run.pk for new, _, _ in rows],
        "person": [new.way.person_id for new, _, _ in rows],
        "contact_method": [new.way.method_id for new, _, _ in rows],
        "provider": [new.way.provider for new, _, _ in rows],
        "link": [link.pk for _, link, _ in rows],
        "key": [key for _, _, key in rows],
        "occasion": [new.occasion.kind for new, _, _ in rows],
        "step": [new.occasion.step for new, _, _ in rows],
        "attempt": [new.occasion.attempt for new, _, _ in rows],
        "by": [new.occasion.by for new, _, _ in rows],
        "due_at": [new.occasion.due_at for new, _, _ in rows],
    }
    constants = {"unknowns": 0, "error": "", "provider_id": "", "queued_at": now, **state}
    return insert_rows(Page, columns, constants, returning="key")


def _outgoing(
    new: NewPage, link: Link, key: uuid.UUID, lease: uuid.UUID, ours_until: float
) -> Outgoing:
    run, way = new.run, new.way
    return Outgoing(
        key=key,
        lease=lease,
        timeline_id=run.timeline_id,
        kind=way.kind,
        provider=way.provider,
        address=way.address,
        secret=way.secret,
        person_name=way.person_name,
        occasion=new.occasion.kind,
        subject=run.subject,
        question=run.question,
        due_at=run.due_at,
        time_zone=run.time_zone,
        is_drill=run.is_drill,
        is_restricted=run.is_restricted,
        nonce=link.nonce,
        token_hash=link.token_hash,
        ours_until=ours_until,
    )


def locked(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Lock pages within a transaction, and give them as they are.

    Whoever writes to more than one page locks them all first, by this, in the order of their ids:
    a sender that stamps and a manager who decides would wait for one another else.
    """
    ids = list(pages.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return Page.objects.filter(pk__any_of=ids)


def drop_unsent(escalation: Escalation) -> None:
    """Take back the pages of a stopped run that nobody has begun to send."""
    unsent = Page.objects.filter(
        escalation=escalation, status=Page.Status.QUEUED, occasion__in=NOT_NEEDED_ONCE_STOPPED
    )
    locked(unsent).update(status=Page.Status.DROPPED, next_send_at=None)


@transaction.atomic
def mark_seen(*, escalation: Escalation, person_id: int, now: datetime) -> int:
    """Note that a person has opened what they were paged about."""
    unseen = Page.objects.filter(
        escalation=escalation,
        person_id=person_id,
        seen_at__isnull=True,
        status__in=[Page.Status.SENDING, Page.Status.SENT, Page.Status.DELIVERED],
    )
    seen = locked(unseen).update(status=Page.Status.SEEN, seen_at=now, next_send_at=None)
    if seen:
        tell_moved([escalation.timeline_id])
    return seen


def mark_acted(*, escalation: Escalation, person_id: int, now: datetime) -> None:
    """Note that a person has acted on what they were paged about."""
    pages = locked(
        Page.objects.filter(escalation=escalation, person_id=person_id, acted_at__isnull=True)
    )
    pages.filter(status=Page.Status.QUEUED).update(status=Page.Status.DROPPED, next_send_at=None)
    pages.exclude(status__in=[Page.Status.FAILED, Page.Status.DROPPED]).update(
        status=Page.Status.ACTED, acted_at=now, next_send_at=None
    )
