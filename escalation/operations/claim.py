"""Take pages in hand. Their rows say so, and that is committed, before any wire is touched."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from escalation.models import Page
from escalation.operations.outgoing import Outgoing, all_outgoing, read_outgoing
from escalation.operations.pages import locked
from escalation.operations.prepared import ask
from escalation.operations.sending import NOT_NEEDED, Outcome
from escalation.rules.sending import LEASE_SECONDS, MOST_UNKNOWNS, Failure


@dataclass(frozen=True, slots=True)
class Claimed:
    """Pages that are in our hands now, and what keeps some of them from being sent at all."""

    pages: list[Outgoing]
    refused: list[Outcome]


def claim_pages(*, limit: int, now: datetime) -> Claimed:
    """Take up to `limit` pages of either kind that are due to be sent, for as long as a lease."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    queued = claim_queued(limit=limit, now=now, until=until)
    left = limit - len(queued.pages) - len(queued.refused)
    lapsed = claim_lapsed(limit=left, now=now, until=until)
    return Claimed(queued.pages + lapsed.pages, queued.refused + lapsed.refused)


def claim_queued(
    *, limit: int, now: datetime, until: datetime, but: Collection[str] = ()
) -> Claimed:
    """Take pages that nobody has in hand, of all providers `but` those named, `until` then."""
    if connection.vendor == "postgresql":
        params = [now, list(but), limit, uuid.uuid4(), until]
        sql, fixed = _take_and_read()
        pages = [Outgoing(*row) for row in ask(sql, [*params, *fixed])]
    else:
        mine = _take(Page.Status.QUEUED, limit, now, until, but)
        pages = read_outgoing(Page.objects.filter(pk__any_of=mine))
    return _sorted_out(pages, {}, now)


def claim_lapsed(
    *, limit: int, now: datetime, until: datetime, but: Collection[str] = ()
) -> Claimed:
    """Take pages from whoever had them and is silent, each once: they may have left already.

    What nobody needs any more is dropped: it may have left once, and need not a second time.
    Whoever sends the others calls `begin_again` first.
    """
    mine = _take(Page.Status.SENDING, limit, now, until, but)
    if not mine:
        return Claimed([], [])
    taken = Page.objects.filter(pk__any_of=mine)
    with transaction.atomic(durable=True):
        not_needed = locked(taken.filter(NOT_NEEDED, status=Page.Status.SENDING))
        not_needed.update(status=Page.Status.DROPPED, next_send_at=None)
    held = taken.filter(status=Page.Status.SENDING)
    spent = held.filter(unknowns__gte=MOST_UNKNOWNS - 1).values_list("key", flat=True)
    pages = read_outgoing(held)
    for page in pages:
        page.is_again = True
    return _sorted_out(pages, dict.fromkeys(spent, "unknown twice"), now)


TAKE = """
WITH due AS MATERIALIZED (
    SELECT id FROM escalation_page
    WHERE status = 'queued' AND next_send_at <= %s AND provider <> ALL (%s::text[])
    ORDER BY next_send_at, id LIMIT %s FOR UPDATE SKIP LOCKED
), escalation_page AS (
    UPDATE escalation_page AS page
    SET status = 'sending', sends = page.sends + 1, lease = %s, next_send_at = %s
    FROM due WHERE page.id = due.id RETURNING page.*
)
"""


@cache
def _take_and_read() -> tuple[str, Sequence[Any]]:
    """Give one statement that takes pages and reads what their messages need, and its constants.

    A page that was raised a moment ago waits for this: three statements and a commit are four ways
    to the database and back. To the ORM's own SELECT, the pages that were taken are all there are.
    """
    read, fixed = all_outgoing(Page.objects.all()).query.sql_with_params()
    return TAKE + read, fixed


@transaction.atomic(durable=True)
def _take(
    status: str, limit: int, now: datetime, until: datetime, but: Collection[str]
) -> list[int]:
    """Put a lease on pages of a status that are due, and give their ids."""
    due = Page.objects.filter(status=status, next_send_at__lte=now)
    if but:
        due = due.exclude(provider__in=but)
    locked = due.order_by("next_send_at", "pk").select_for_update(skip_locked=True)
    mine = list(locked.values_list("pk", flat=True)[:limit])
    if mine:
        Page.objects.filter(pk__any_of=mine).update(
            sends=F("sends") + int(status == Page.Status.QUEUED),
            status=Page.Status.SENDING,
            lease=uuid.uuid4(),
            next_send_at=until,
        )
    return mine


def _sorted_out(pages: Sequence[Outgoing], why: Mapping[uuid.UUID, str], now: datetime) -> Claimed:
    """Keep what is not to be sent apart: what there is a reason for, and ways out of use."""
    why = {**why, **{each.key: "no longer in use" for each in pages if not each.is_in_use}}
    gone = Failure(is_permanent=True)
    refused = [Outcome(p, now, failure=gone, error=why[p.key]) for p in pages if p.key in why]
    return Claimed([page for page in pages if page.key not in why], refused)


@transaction.atomic(durable=True)
def begin_again(pages: Sequence[Outgoing]) -> set[uuid.UUID]:
    """Count the try that nobody stamped, of pages dialled once more, and tell which are ours still.

    It is a commit of its own, as late as can be: whoever dies before it has cost them no chance.
    """
    again = [page for page in pages if page.is_again]
    if not again:
        return set()
    held = Page.objects.filter(
        key__in=[page.key for page in again],
        lease__in={page.lease for page in again},
        status=Page.Status.SENDING,
    )
    held = locked(held)
    ours = set(held.values_list("key", flat=True))
    held.update(sends=F("sends") + 1, unknowns=F("unknowns") + 1)
    for page in again:
        page.sends += page.key in ours
    return ours
