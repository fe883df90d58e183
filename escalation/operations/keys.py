"""API keys: made once, shown once, kept as a hash, cut down to scopes."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from escalation.models import ApiKey, Person

SECRET_BYTES = 32
PREFIX_BYTES = 4
TOUCH_EVERY = timedelta(minutes=1)
"""How exact `last_used_at` is: a busy key must not write its own row with every request."""

_KEY = re.compile(r"crk_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
"""What a key looks like; secret scanners may search for it."""


class UnknownScope(Exception):
    """A key has one scope or more, and only scopes that exist."""


def secret_hash(secret: str) -> str:
    """Hash a key's secret for storage. 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_key(
    *,
    person: Person,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key, and give it with its plain text: the only time that anybody sees it.

    Raises UnknownScope.
    """
    if not scopes or not set(scopes) <= set(ApiKey.Scope.values):
        raise UnknownScope
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        person=person,
        name=name,
        prefix=prefix,
        secret_hash=secret_hash(secret),
        scopes=[scope for scope in ApiKey.Scope.values if scope in scopes],
        created_at=now,
        expires_at=expires_at,
    )
    return key, f"crk_{prefix}_{secret}"


def find_key(text: str, now: datetime) -> ApiKey | None:
    """Find the living key of an active person by its plain text; None for anything else."""
    parts = _KEY.fullmatch(text)
    if parts is None:
        return None
    key = (
        ApiKey.objects.select_related("person")
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .filter(prefix=parts[1], revoked_at__isnull=True, person__is_active=True)
        .first()
    )
    stored = key.secret_hash if key else ""
    return key if hmac.compare_digest(stored, secret_hash(parts[2])) else None


def revoke_key(*, key: ApiKey, now: datetime) -> None:
    """Let a key open nothing from now on; the moment of the first revocation stays."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now)


def touch(*, key: ApiKey, now: datetime) -> None:
    """Note that a key was used for a change; a read leaves no trace in any row."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - TOUCH_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
