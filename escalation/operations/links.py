"""Links in pages, codes for new devices, and the devices that people have proved to be theirs."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from escalation.models import (
    AccessCode,
    ContactMethod,
    Device,
    Page,
    PageLink,
    Person,
    verified,
)
from escalation.operations.prepared import rows
from escalation.operations.wake import wake_clock
from escalation.rules import access
from escalation.transports import transport


class NoOtherWay(Exception):
    """There is no second contact method to send a code by."""


class TooManyCodes(Exception):
    """This link has asked for as many codes as it may."""


def token_hash(token: str) -> str:
    """Hash a token for storage; the token itself is kept nowhere."""
    return hashlib.sha256(token.encode()).hexdigest()


def _derive(key: str, purpose: str, nonce: str) -> bytes:
    return hmac.new(f"{purpose}:{key}".encode(), nonce.encode(), hashlib.sha256).digest()


def _token(key: str, nonce: str) -> str:
    return urlsafe_b64encode(_derive(key, "page link", nonce)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Link:
    """One person's link in one run, as much of it as a page carries."""

    pk: int
    nonce: str
    token_hash: str


def links_of(pairs: Iterable[tuple[int, int]], now: datetime) -> dict[tuple[int, int], Link]:
    """Give the links of (run, person) pairs, made where one is missing or has ended.

    An ended link is made anew: what once let somebody in who left must not come back to life.
    """
    wanted = dict.fromkeys(pairs)
    found, ended = {}, []
    known = rows(_links, list({run for run, _ in wanted}))
    for run_id, person_id, expires_at, pk, nonce, token_hash in known:
        if (run_id, person_id) in wanted:
            found[run_id, person_id] = Link(pk, nonce, token_hash)
            if expires_at <= now:
                ended.append((run_id, person_id))
    for pair in ended:
        found[pair] = _renew(found[pair], now)
    return found | _make([pair for pair in wanted if pair not in found], now)


def _links(run_ids: list[int]) -> QuerySet[PageLink, tuple[Any, ...]]:
    return PageLink.objects.filter(escalation__pk__any_of=run_ids).values_list(
        "escalation_id", "person_id", "expires_at", "pk", "nonce", "token_hash"
    )


def _make(pairs: Sequence[tuple[int, int]], now: datetime) -> dict[tuple[int, int], Link]:
    links = [
        PageLink(escalation_id=run_id, person_id=person_id, created_at=now, **_secrets(now))
        for run_id, person_id in pairs
    ]
    made = PageLink.objects.bulk_create(links)
    return {
        (each.escalation_id, each.person_id): Link(each.pk, each.nonce, each.token_hash)
        for each in made
    }


def _renew(link: Link, now: datetime) -> Link:
    fresh = _secrets(now)
    PageLink.objects.filter(pk=link.pk).update(**fresh)
    return Link(link.pk, fresh["nonce"], fresh["token_hash"])


def _secrets(now: datetime) -> dict[str, Any]:
    nonce = secrets.token_urlsafe(32)
    return {
        "nonce": nonce,
        "token_hash": token_hash(_token(settings.SECRET_KEY, nonce)),
        "expires_at": now + access.LINK_LIFE,
    }


def link_token(link: Link | PageLink) -> str:
    """Derive a link's token anew for every send, so that a repeat carries the same link.

    256 bits from the secret key and a nonce: a copy of the database alone opens nothing.
    """
    newest = _token(settings.SECRET_KEY, link.nonce)
    older = (_token(key, link.nonce) for key in settings.SECRET_KEY_FALLBACKS)
    tokens = [newest, *older]
    if len(tokens) == 1:
        return newest
    return next((each for each in tokens if token_hash(each) == link.token_hash), newest)


def code_digits(nonce: str) -> str:
    """Derive the six digits of a code from its nonce; they are kept nowhere."""
    number = int.from_bytes(_derive(settings.SECRET_KEY, "access code", nonce)[:8], "big")
    return f"{number % 1_000_000:06d}"


@transaction.atomic(durable=True)
def request_code(*, link: PageLink, arrived_by: int | None, now: datetime) -> AccessCode:
    """Send six digits by a contact method other than the one that brought the link.

    `arrived_by` is that contact method's id, where known. Raises NoOtherWay or TooManyCodes.
    """
    PageLink.objects.select_for_update().get(pk=link.pk)
    if link.codes.count() >= access.MOST_CODES:
        raise TooManyCodes
    link.codes.filter(used_at__isnull=True).update(expires_at=now)
    code = AccessCode.objects.create(
        link=link,
        contact_method=_another_way(link.person, arrived_by),
        nonce=secrets.token_urlsafe(32),
        created_at=now,
        expires_at=now + access.CODE_LIFE,
    )
    Page.objects.create(
        escalation=link.escalation,
        person=link.person,
        contact_method=code.contact_method,
        provider=transport(code.contact_method.kind).provider(code.contact_method.address),
        link=link,
        code=code,
        occasion=Page.Occasion.CODE,
        step=0,
        attempt=link.codes.count(),
        due_at=now,
        queued_at=now,
        next_send_at=now,
    )
    wake_clock()
    return code


def _another_way(person: Person, arrived_by: int | None) -> ContactMethod:
    """Prefer another kind of contact method, then another of the same kind."""
    methods = list(ContactMethod.objects.filter(verified(), person=person))
    first = next(
        (each for each in methods if each.pk == arrived_by), methods[0] if methods else None
    )
    others = [each for each in methods if first and each.pk != first.pk]
    if not others or first is None:
        raise NoOtherWay
    return min(others, key=lambda each: (each.kind == first.kind, each.pk))


@transaction.atomic(durable=True)
def confirm_code(*, link: PageLink, digits: str, now: datetime) -> AccessCode | None:
    """Try six digits, and give the code that they use up. None means wrong or over.

    A wrong try is counted, so it must be committed: the caller turns None into a sentence.
    """
    code = AccessCode.objects.select_for_update().filter(link=link).order_by("-created_at").first()
    if code is None or not access.is_code_open(
        is_used=code.used_at is not None, tries=code.tries, is_expired=code.expires_at <= now
    ):
        return None
    AccessCode.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    if not hmac.compare_digest(code_digits(code.nonce).encode(), digits.strip().encode()):
        return None
    AccessCode.objects.filter(pk=code.pk, used_at__isnull=True).update(used_at=now)
    ContactMethod.objects.filter(pk=code.contact_method_id).update(last_proven_at=now)
    return code


def enrol_device(*, person: Person, now: datetime) -> str:
    """Trust a browser for thirty days, and give the token for its cookie."""
    token = secrets.token_urlsafe(32)
    Device.objects.create(
        person=person,
        token_hash=token_hash(token),
        enrolled_at=now,
        expires_at=now + access.DEVICE_LIFE,
    )
    return token


def is_enrolled(*, person_id: int, token: str, now: datetime) -> bool:
    """Say whether this browser was proved to be this person's and still counts."""
    return Device.objects.filter(
        person_id=person_id,
        person__is_active=True,
        token_hash=token_hash(token),
        revoked_at__isnull=True,
        expires_at__gt=now,
    ).exists()


def find_link(token: str) -> PageLink | None:
    """Find the link of a token, living or ended; None for one that never was."""
    return (
        PageLink.objects.select_related("person", "escalation")
        .filter(token_hash=token_hash(token), person__is_active=True)
        .first()
    )


def end_links(*, timeline_id: int, now: datetime) -> None:
    """End every link into an incident that has been stood down."""
    PageLink.objects.filter(escalation__timeline_id=timeline_id, expires_at__gt=now).update(
        expires_at=now
    )
