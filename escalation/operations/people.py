"""People come and go: who leaves is deactivated, never deleted, and gets in nowhere any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from escalation.models import AccessCode, ApiKey, ContactMethod, Device, PageLink, Person


class NotAnAdmin(Exception):
    """Only an admin lets people in and out."""


class Yourself(Exception):
    """Nobody deactivates themselves: the last admin would lock the house from the inside."""


class NotActive(Exception):
    """This person was deactivated before."""


class StillActive(Exception):
    """This person is active: there is nothing to take back."""


@dataclass(frozen=True)
class Ended:
    """How much was taken back of what let somebody in without a password."""

    sign_ins: int
    devices: int


@transaction.atomic(durable=True)
def deactivate(*, person: Person, by: Person, now: datetime) -> None:
    """End everything by which somebody gets in, in one moment: sessions, devices, keys, links.

    What they did stays, under their name. Raises NotAnAdmin, Yourself or NotActive.
    """
    if not by.is_admin:
        raise NotAnAdmin
    if person.pk == by.pk:
        raise Yourself
    if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        raise NotActive
    _end_sign_ins(person, now)
    ApiKey.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now)
    PageLink.objects.filter(person=person, expires_at__gt=now).update(expires_at=now)
    AccessCode.objects.filter(link__person=person, expires_at__gt=now).update(expires_at=now)


@transaction.atomic(durable=True)
def end_sign_ins(*, person: Person, by: Person, now: datetime, but: str | None = None) -> Ended:
    """Take every browser back that a person signed in with or proved; tells how many there were.

    The person may sign in again, and their API keys stay. `but` is the key of a session that stays:
    an admin may do this to themselves. Raises NotAnAdmin.
    """
    if not by.is_admin:
        raise NotAnAdmin
    return _end_sign_ins(person, now, but)


def _end_sign_ins(person: Person, now: datetime, but: str | None = None) -> Ended:
    """A session's owner is inside it, so that each living one is opened."""
    living = Session.objects.filter(expire_date__gt=now).exclude(pk=but).iterator()
    theirs = [each.pk for each in living if each.get_decoded().get(SESSION_KEY) == str(person.pk)]
    devices = Device.objects.filter(person=person, revoked_at__isnull=True)
    person.sign_in_links.filter(used_at__isnull=True).update(used_at=now)
    sessions, _ = Session.objects.filter(pk__in=theirs).delete()
    return Ended(sessions, devices.update(revoked_at=now))


@transaction.atomic(durable=True)
def reactivate(*, person: Person, by: Person) -> None:
    """Let somebody sign in again. What was ended stays ended. Raises NotAnAdmin or StillActive."""
    if not by.is_admin:
        raise NotAnAdmin
    if not Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        raise StillActive


@transaction.atomic(durable=True)
def vouch_for(*, person: Person, by: Person, now: datetime) -> int:
    """Take an admin's word that a person's contact methods reach them; tells how many were new.

    Raises NotAnAdmin.
    """
    if not by.is_admin:
        raise NotAnAdmin
    return ContactMethod.objects.filter(person=person, verified_at__isnull=True).update(
        verified_at=now
    )
