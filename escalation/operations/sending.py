"""Claim a page, send it, stamp it: the row is committed before the wire is touched."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from escalation.models import ContactMethod, Escalation, EscalationStep, Page
from escalation.operations.evidence import lock, record
from escalation.operations.links import code_digits, link_token
from escalation.operations.wake import wake_clock
from escalation.rules.clocktext import hhmm
from escalation.rules.evidence import Entry
from escalation.rules.messages import page_text
from escalation.rules.sending import LEASE_SECONDS, MOST_UNKNOWNS, Failure, retry_at
from escalation.transports.base import Message, Receipt

UNSENT = (Page.Status.QUEUED, Page.Status.SENDING)
WITHOUT_LINK = (Page.Occasion.CODE, Page.Occasion.STOOD_DOWN)
"""A code must not travel with what it proves, and a link has ended once it is all over."""


@dataclass(frozen=True)
class Claim:
    """One page in one sender's hands, until its lease runs out."""

    page_id: int
    lease: uuid.UUID


@transaction.atomic(durable=True)
def claim_pages(*, kind: str, limit: int, now: datetime) -> list[Claim]:
    """Take up to `limit` pages of one kind of contact method that are due to be sent.

    A page whose lease ran out may have arrived: it is taken again and counted as unknown.
    """
    due = Page.objects.filter(
        status__in=UNSENT, next_send_at__lte=now, contact_method__kind=kind
    ).order_by("next_send_at", "pk")
    ids = list(
        due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit]
    )
    if not ids:
        return []
    lease = uuid.uuid4()
    Page.objects.filter(pk__in=ids, status__in=UNSENT, next_send_at__lte=now).update(
        unknowns=F("unknowns") + Case(When(status=Page.Status.SENDING, then=1), default=0),
        status=Page.Status.SENDING,
        lease=lease,
        sends=F("sends") + 1,
        next_send_at=now + timedelta(seconds=LEASE_SECONDS),
    )
    mine = Page.objects.filter(pk__in=ids, lease=lease).order_by("due_at", "pk")
    return [Claim(page_id, lease) for page_id in mine.values_list("pk", flat=True)]


def load(claim: Claim) -> Page | None:
    """Read a claimed page with all that its message needs; None when the lease was lost."""
    return (
        Page.objects.select_related("person", "contact_method", "escalation", "link", "code", "by")
        .filter(pk=claim.page_id, lease=claim.lease, status=Page.Status.SENDING)
        .first()
    )


def reason_not_to_send(page: Page) -> str:
    """Say why a claimed page must not be sent after all; empty when it must."""
    if page.unknowns >= MOST_UNKNOWNS:
        return "unknown twice"
    method = page.contact_method
    if not page.person.is_active or not method.is_enabled or method.verified_at is None:
        return "no longer in use"
    return ""


def message_of(page: Page, now: datetime) -> Message:
    """Put a page into the words and the link that its transport carries."""
    escalation = page.escalation
    has_link = page.occasion not in WITHOUT_LINK
    url = f"{settings.CODERED_BASE_URL}/p/{link_token(page.link)}" if has_link else ""
    words = page_text(
        subject=escalation.subject,
        question=escalation.question,
        due_label=hhmm(escalation.due_at, escalation.time_zone),
        url=url,
        is_drill=escalation.is_drill,
        is_restricted=escalation.is_restricted,
        occasion=page.occasion,
        by_name=page.by.first_name if page.by else "",
        digits=code_digits(page.code) if page.code else "",
    )
    return Message(
        key=str(page.key),
        address=page.contact_method.address,
        secret=page.contact_method.secret,
        person_name=page.person.name,
        title=words.title,
        text=words.text,
        url=url,
        is_repeat=page.sends > 1,
        sent_at=now,
        is_restricted=escalation.is_restricted,
    )


@transaction.atomic(durable=True)
def stamp_sent(*, claim: Claim, receipt: Receipt, now: datetime) -> bool:
    """Note that the provider took a page; False when another sender had it meanwhile."""
    mine = Page.objects.filter(pk=claim.page_id, lease=claim.lease, sent_at__isnull=True)
    status = Page.Status.DELIVERED if receipt.is_delivered else Page.Status.SENT
    stamped = mine.update(
        sent_at=now,
        delivered_at=now if receipt.is_delivered else None,
        provider_id=receipt.provider_id[:200],
        error="",
        status=Case(When(status=Page.Status.SENDING, then=Value(status)), default=F("status")),
        next_send_at=None,
    )
    if stamped and receipt.is_delivered:
        ContactMethod.objects.filter(pages=claim.page_id).update(last_proven_at=now)
    return bool(stamped)


@transaction.atomic(durable=True)
def stamp_failed(*, claim: Claim, error: str, failure: Failure, now: datetime) -> bool:
    """Note a failed try: queue the next one, or give this contact method up.

    A step of which every page has been given up is dead, and the chain goes on at once.
    """
    page = Page.objects.select_related("escalation").get(pk=claim.page_id)
    timeline = lock(page.escalation.timeline_id)
    page.refresh_from_db()
    if page.lease != claim.lease or page.status != Page.Status.SENDING:
        return False
    unknowns = page.unknowns + failure.is_unknown
    again_at = retry_at(failure, page.sends, unknowns, now)
    status = Page.Status.QUEUED if again_at else Page.Status.FAILED
    Page.objects.filter(pk=page.pk, lease=claim.lease).update(
        status=status,
        unknowns=unknowns,
        error=error[:200],
        lease=None,
        next_send_at=again_at,
        failed_at=None if again_at else now,
    )
    if again_at is None:
        detail = {"page": page.pk, "person": page.person_id, "way": page.contact_method_id}
        record(timeline, [Entry("page_failed", now, None, detail)])
        _give_way(page, now)
    return True


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
