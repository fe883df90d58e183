"""Claim a page, send it, stamp it: the row is committed before the wire is touched."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, When

from escalation.models import ContactMethod, Escalation, EscalationStep, Page
from escalation.operations.bulk import rows_of
from escalation.operations.evidence import lock, record
from escalation.operations.outgoing import Outgoing, read_outgoing
from escalation.operations.pages import NOT_NEEDED_ONCE_STOPPED
from escalation.operations.wake import wake_clock
from escalation.rules.evidence import Entry
from escalation.rules.sending import LEASE_SECONDS, MOST_UNKNOWNS, Failure, retry_at
from escalation.transports import Receipt

UNSENT = (Page.Status.QUEUED, Page.Status.SENDING)
NOT_NEEDED = Q(occasion__in=NOT_NEEDED_ONCE_STOPPED, escalation__status=Escalation.Status.STOPPED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try: a receipt, or a failure with its sentence."""

    page: Outgoing
    at: datetime
    receipt: Receipt | None = None
    failure: Failure = Failure()
    error: str = ""
    is_lost: bool = False
    """It was not tried: somebody else may have it in hand by now."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Pages that are in our hands now, and what keeps some of them from being sent at all."""

    pages: list[Outgoing]
    refused: list[Outcome]


def claim_pages(
    *, limit: int, now: datetime, until: datetime | None = None, but: Collection[str] = ()
) -> Claimed:
    """Take up to `limit` pages that are due to be sent, of all providers `but` those named.

    They are in our hands `until` then, or for as long as a lease lasts. One whose lease ran out may
    have left already: whoever sends it calls `begin_again` first, or it is given up here.
    """
    mine, expired = _claim(limit, now, until or now + timedelta(seconds=LEASE_SECONDS), but)
    spent = _sort_out(expired) if expired else set()
    held = Page.objects.filter(pk__any_of=mine, status=Page.Status.SENDING)
    pages = read_outgoing(held.order_by("due_at", "pk"))
    again = set(held.filter(pk__any_of=expired).values_list("key", flat=True)) if expired else set()
    for page in pages:
        page.is_again = page.key in again
    why = {each.key: "no longer in use" for each in pages if not each.is_in_use}
    why |= dict.fromkeys(spent, "unknown twice")
    gone = Failure(is_permanent=True)
    refused = [Outcome(p, now, failure=gone, error=why[p.key]) for p in pages if p.key in why]
    return Claimed([page for page in pages if page.key not in why], refused)


@transaction.atomic(durable=True)
def _claim(
    limit: int, now: datetime, until: datetime, but: Collection[str]
) -> tuple[list[int], list[int]]:
    """Put a lease on due pages; give them, and which of them another sender had before."""
    due = Page.objects.filter(status__in=UNSENT, next_send_at__lte=now)
    if but:
        due = due.exclude(provider__in=but)
    locked = due.order_by("next_send_at", "pk").select_for_update(skip_locked=True)
    rows = list(locked.values_list("pk", "status")[:limit])
    mine = [pk for pk, _ in rows]
    if mine:
        Page.objects.filter(pk__any_of=mine).update(
            sends=F("sends") + Case(When(status=Page.Status.QUEUED, then=1), default=0),
            status=Page.Status.SENDING,
            lease=uuid.uuid4(),
            next_send_at=until,
        )
    return mine, [pk for pk, status in rows if status == Page.Status.SENDING]


def _sort_out(expired: Sequence[int]) -> set[uuid.UUID]:
    """Name those that have had their chances, among pages that another sender had before.

    What nobody needs any more is dropped: it may have left once, and need not a second time.
    """
    pages = Page.objects.filter(pk__any_of=expired)
    pages.filter(NOT_NEEDED).update(status=Page.Status.DROPPED, next_send_at=None)
    chances = pages.filter(status=Page.Status.SENDING, unknowns__gte=MOST_UNKNOWNS - 1)
    return set(chances.values_list("key", flat=True))


@transaction.atomic(durable=True)
def begin_again(pages: Sequence[Outgoing]) -> None:
    """Count the try that nobody stamped, of pages that are about to be dialled once more.

    It is a commit of its own, as late as can be: whoever dies before it has cost them no chance.
    """
    again = [page for page in pages if page.is_again]
    if not again:
        return
    held = Page.objects.filter(
        key__in=[page.key for page in again],
        lease__in={page.lease for page in again},
        status=Page.Status.SENDING,
    )
    held.update(sends=F("sends") + 1, unknowns=F("unknowns") + 1)
    for page in again:
        page.sends += 1


@transaction.atomic(durable=True)
def renew(*, pages: Sequence[Outgoing], now: datetime) -> set[uuid.UUID]:
    """Keep pages in our hands for as long again, and tell which of them are still ours."""
    leases = {each.lease for each in pages}
    held = Page.objects.filter(lease__in=leases, status=Page.Status.SENDING)
    held.update(next_send_at=now + timedelta(seconds=LEASE_SECONDS))
    return set(held.values_list("key", flat=True))


def stamp(outcomes: Sequence[Outcome]) -> int:
    """Write down what came of tries, and tell how many of them were still ours to write down."""
    taken = [each for each in outcomes if each.receipt]
    stamped = _stamp_sent(taken) if taken else 0
    for each in outcomes:
        if each.receipt is None and not each.is_lost:
            stamped += stamp_failed(each)
    return stamped


SENT = """
UPDATE escalation_page AS t
SET sent_at = v.sent_at, delivered_at = v.delivered_at, provider_id = v.provider_id, error = '',
    next_send_at = NULL, status = CASE WHEN t.status = 'sending' THEN v.status ELSE t.status END
FROM {rows} WHERE t.key = v.key AND t.lease = v.lease AND t.sent_at IS NULL
"""


@transaction.atomic(durable=True)
def _stamp_sent(outcomes: Sequence[Outcome]) -> int:
    """Note that providers took pages; not those that another sender had meanwhile."""
    receipts = [each.receipt or Receipt() for each in outcomes]
    delivered = [r.is_delivered for r in receipts]
    moments = [each.at for each in outcomes]
    rows, params = rows_of(
        Page,
        {
            "key": [each.page.key for each in outcomes],
            "lease": [each.page.lease for each in outcomes],
            "sent_at": moments,
            "delivered_at": [at if d else None for at, d in zip(moments, delivered, strict=True)],
            "provider_id": [each.provider_id[:200] for each in receipts],
            "status": [Page.Status.DELIVERED if d else Page.Status.SENT for d in delivered],
        },
    )
    with connection.cursor() as cursor:
        cursor.execute(SENT.format(rows=rows), params)
        stamped = int(cursor.rowcount)
    proven = [each.page.key for each, d in zip(outcomes, delivered, strict=True) if d]
    if proven:
        ContactMethod.objects.filter(pages__key__in=proven).update(last_proven_at=max(moments))
    return stamped


@transaction.atomic(durable=True)
def stamp_failed(outcome: Outcome) -> bool:
    """Note a failed try: queue the next one, or give this contact method up.

    A step of which every page has been given up is dead, and the chain goes on at once.
    """
    mine = Page.objects.filter(
        key=outcome.page.key, lease=outcome.page.lease, status=Page.Status.SENDING
    )
    timeline_id = mine.values_list("escalation__timeline_id", flat=True).first()
    if timeline_id is None:
        return False
    timeline = lock(timeline_id)
    page = mine.first()
    if page is None:
        return False
    if _put_back(mine, page, outcome) == Page.Status.FAILED:
        detail = {"page": page.pk, "person": page.person_id, "way": page.contact_method_id}
        record(timeline, [Entry("page_failed", outcome.at, None, detail)])
        _give_way(page, outcome.at)
    return True


def _put_back(mine: QuerySet[Page], page: Page, outcome: Outcome) -> str:
    """Queue a page again, or let it fail; drop it where nobody needs another try."""
    unknowns = page.unknowns + outcome.failure.is_unknown
    again_at = retry_at(outcome.failure, page.sends, unknowns, outcome.at)
    status = Page.Status.QUEUED if again_at else Page.Status.FAILED
    if again_at and mine.filter(NOT_NEEDED).exists():
        status, again_at = Page.Status.DROPPED, None
    mine.update(
        status=status,
        unknowns=unknowns,
        error=outcome.error[:200],
        lease=None,
        next_send_at=again_at,
        failed_at=outcome.at if status == Page.Status.FAILED else None,
    )
    return status


def _give_way(page: Page, now: datetime) -> None:
    """Wake the chain when nobody on a step can be reached after all."""
    if page.occasion != Page.Occasion.STEP:
        return
    alive = Page.objects.filter(
        escalation=page.escalation_id, occasion=Page.Occasion.STEP, step=page.step
    ).exclude(status__in=[Page.Status.FAILED, Page.Status.DROPPED])
    if alive.exists():
        return
    EscalationStep.objects.filter(escalation=page.escalation_id, position=page.step).update(
        outcome=EscalationStep.Outcome.UNREACHABLE
    )
    Escalation.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__lte=now),
        pk=page.escalation_id,
        status=Escalation.Status.RUNNING,
        next_step=page.step + 1,
        next_page_at__gt=now,
    ).update(next_page_at=now)
    wake_clock()
