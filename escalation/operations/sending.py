"""Write down what came of sending."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from escalation.models import ContactMethod, Escalation, EscalationStep, Page, Timeline
from escalation.operations.bulk import rows_of
from escalation.operations.evidence import record
from escalation.operations.news import tell_moved
from escalation.operations.outgoing import Outgoing
from escalation.operations.pages import NOT_NEEDED_ONCE_STOPPED, locked
from escalation.operations.prepared import run
from escalation.operations.wake import wake_clock
from escalation.rules.evidence import Entry
from escalation.rules.sending import LEASE_SECONDS, Failure, retry_at
from escalation.transports import Receipt

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


class Stamped(NamedTuple):
    """How many tries were still ours to write down, and those to be written down later.

    What failed changes more than its page, so it takes the incident, which somebody may hold.
    """

    ours: int
    held: list[Outcome]


class IncidentHeld(Exception):
    """Somebody else is at the incident at this moment."""


@transaction.atomic(durable=True)
def renew(*, pages: Sequence[Outgoing], now: datetime) -> set[uuid.UUID]:
    """Keep pages in our hands for as long again, and tell which of them are still ours.

    One that waits to be dialled while its run is stopped is dropped: nobody needs it any more.
    """
    ours = Page.objects.filter(
        key__in=[each.key for each in pages],
        lease__in={each.lease for each in pages},
        status=Page.Status.SENDING,
    )
    held = locked(ours)
    waiting = [each.key for each in pages if not each.is_dialled]
    dropped = held.filter(NOT_NEEDED, key__in=waiting)
    dropped.update(status=Page.Status.DROPPED, next_send_at=None)
    held = held.filter(status=Page.Status.SENDING)
    held.update(next_send_at=now + timedelta(seconds=LEASE_SECONDS))
    return set(held.values_list("key", flat=True))


def stamp(outcomes: Sequence[Outcome]) -> Stamped:
    """Write down what came of tries."""
    taken = [each for each in outcomes if each.receipt]
    ours = _stamp_sent(taken) if taken else 0
    held = []
    for each in outcomes:
        if each.receipt is None and not each.is_lost:
            try:
                ours += stamp_failed(each)
            except IncidentHeld:
                held.append(each)
    return Stamped(ours, held)


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
    if len(outcomes) > 1:
        locked(Page.objects.filter(key__in=[each.page.key for each in outcomes]))
    stamped, _ = run(SENT.format(rows=rows), params)
    proven = [each.page.key for each, d in zip(outcomes, delivered, strict=True) if d]
    if proven:
        _note_proven(proven, max(moments))
    tell_moved({each.page.timeline_id for each in outcomes})
    return stamped


def _note_proven(keys: Sequence[uuid.UUID], at: datetime) -> None:
    """Note that pages arrived by contact methods; each is locked in order, as pages are."""
    proven = ContactMethod.objects.filter(pages__key__in=keys).order_by("pk")
    ids = list(proven.select_for_update(of=("self",)).values_list("pk", flat=True))
    ContactMethod.objects.filter(pk__any_of=ids).update(last_proven_at=at)


@transaction.atomic(durable=True)
def stamp_failed(outcome: Outcome) -> bool:
    """Note a failed try: queue the next one, or give this contact method up.

    A step of which every page has been given up is dead, and the chain goes on at once. Raises
    IncidentHeld rather than to wait for whoever is at it: other stamps, and leases, would wait too.
    """
    mine = Page.objects.filter(
        key=outcome.page.key, lease=outcome.page.lease, status=Page.Status.SENDING
    )
    timeline_id = mine.values_list("escalation__timeline_id", flat=True).first()
    if timeline_id is None:
        return False
    free = Timeline.objects.select_for_update(skip_locked=True).filter(pk=timeline_id)
    timeline = free.first()
    if timeline is None:
        raise IncidentHeld
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
    failure = outcome.failure
    unknowns = page.unknowns + failure.is_unknown
    # What was not dialled, because nobody answers there, was no try.
    sends = page.sends - (failure.pause_seconds is not None)
    again_at = retry_at(failure, sends, unknowns, outcome.at - page.queued_at, outcome.at)
    status = Page.Status.QUEUED if again_at else Page.Status.FAILED
    if again_at and mine.filter(NOT_NEEDED).exists():
        status, again_at = Page.Status.DROPPED, None
    mine.update(
        status=status,
        sends=sends,
        unknowns=unknowns,
        error=outcome.error[:200],
        lease=None,
        next_send_at=again_at,
        failed_at=outcome.at if status == Page.Status.FAILED else None,
    )
    if again_at == outcome.at:
        wake_clock()
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
