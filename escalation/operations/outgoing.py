"""A page on its way out: what its row, its run and its person come to, as plain values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext

from escalation.models import Page
from escalation.operations.links import Link, code_digits, link_token
from escalation.rules.clocktext import hhmm
from escalation.rules.messages import page_text
from escalation.transports import Message

WITHOUT_LINK = (Page.Occasion.CODE, Page.Occasion.STOOD_DOWN)
"""A code must not travel with what it proves, and a link has ended once it is all over."""


@dataclass(slots=True)
class Outgoing:
    """One page in somebody's hands until its lease runs out."""

    key: UUID
    lease: UUID | None
    timeline_id: int
    kind: str
    provider: str
    address: str
    secret: str
    person_name: str
    occasion: str
    subject: str
    question: str
    due_at: datetime
    time_zone: str
    is_drill: bool
    is_restricted: bool
    nonce: str
    token_hash: str
    sends: int = 1
    by_name: str = ""
    code_nonce: str = ""
    is_in_use: bool = True
    """The person still works here, and the contact method is still one of theirs."""
    is_again: bool = False
    """Another sender had it before, and nobody knows whether it left."""
    is_dialled: bool = False
    """This process has begun to send it."""
    ours_until: float = math.inf
    """On this process's own clock; after it, the page may be in somebody else's hands."""


IN_USE = Q(
    person__is_active=True,
    contact_method__is_enabled=True,
    contact_method__verified_at__isnull=False,
)
COLUMNS = (
    "key",
    "lease",
    "escalation__timeline_id",
    "contact_method__kind",
    "provider",
    "contact_method__address",
    "contact_method__secret",
    "person__name",
    "occasion",
    "escalation__subject",
    "escalation__question",
    "escalation__due_at",
    "escalation__time_zone",
    "escalation__is_drill",
    "escalation__is_restricted",
    "link__nonce",
    "link__token_hash",
    "sends",
    Coalesce("by__name", Value("")),
    Coalesce("code__nonce", Value("")),
    ExpressionWrapper(IN_USE, BooleanField()),
)
"""The fields of Outgoing, in their order."""


def all_outgoing(pages: QuerySet[Page]) -> QuerySet[Page, tuple[Any, ...]]:
    """Ask for all that the messages of pages need, in one query."""
    return pages.order_by("due_at", "pk").values_list(*COLUMNS)


def read_outgoing(pages: QuerySet[Page]) -> list[Outgoing]:
    """Read pages with all that their messages need, the one first that was due first."""
    return [Outgoing(*row) for row in all_outgoing(pages)]


@lru_cache(maxsize=256)
def _said(language: str | None, words: str) -> str:
    """Say our words in the language that is spoken just now.

    They are a few dozen. Looked up anew they take 55 microseconds a page, of ten thousand at once.
    """
    return gettext(words)


def message_of(page: Outgoing, now: datetime) -> Message:
    """Put a page into the words and the link that its transport carries."""
    has_link = page.occasion not in WITHOUT_LINK
    token = link_token(Link(0, page.nonce, page.token_hash)) if has_link else ""
    url = f"{settings.CODERED_BASE_URL}/p/{token}" if has_link else ""
    words = page_text(
        subject=page.subject,
        question=page.question,
        due_label=hhmm(page.due_at, page.time_zone),
        url=url,
        is_drill=page.is_drill,
        is_restricted=page.is_restricted,
        occasion=page.occasion,
        by_name=page.by_name.split(" ", 1)[0],
        digits=code_digits(page.code_nonce) if page.code_nonce else "",
        say=partial(_said, get_language()),
    )
    return Message(
        key=str(page.key),
        address=page.address,
        secret=page.secret,
        person_name=page.person_name,
        title=words.title,
        text=words.text,
        url=url,
        is_repeat=page.sends > 1,
        sent_at=now,
        is_restricted=page.is_restricted,
    )
