"""Links that sign somebody in by their mailbox: asked for, opened, and used up by a press."""

import secrets
from datetime import datetime

from django.db import transaction

from escalation.models import Person, SignInLink
from escalation.operations.links import token_hash
from escalation.rules import access


class TooManyLinks(Exception):
    """This person has as many open links as there may be; each of them works."""


class NotByMail(Exception):
    """This person signs in with a password, or not at all."""


@transaction.atomic(durable=True)
def make_sign_in_link(*, email: str, now: datetime) -> tuple[Person, str]:
    """Give a person, and the token of a link that signs them in once; it is kept nowhere.

    Raises NotByMail, also where nobody has this address, or TooManyLinks.
    """
    person = Person.objects.select_for_update(no_key=True).filter(email=email).first()
    if person is None or not person.may_sign_in_by_mail:
        raise NotByMail
    if person.sign_in_links.filter(expires_at__gt=now).count() >= access.MOST_SIGN_IN_LINKS:
        raise TooManyLinks
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        person=person,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + access.SIGN_IN_LIFE,
    )
    return person, token


def who_may_enter(token: str, now: datetime) -> Person | None:
    """Tell whom a link would sign in; None for one that has ended, and one that never was."""
    links = SignInLink.objects.select_related("person")
    link = links.filter(
        token_hash=token_hash(token), used_at__isnull=True, expires_at__gt=now
    ).first()
    return link.person if link and link.person.may_sign_in_by_mail else None


@transaction.atomic(durable=True)
def use_sign_in_link(*, token: str, now: datetime) -> Person | None:
    """Use a link up, and give whom it signs in. The other open links of that person end with it."""
    person = who_may_enter(token, now)
    if person is None:
        return None
    mine = SignInLink.objects.filter(token_hash=token_hash(token), used_at__isnull=True)
    if not mine.update(used_at=now):
        return None
    person.sign_in_links.filter(used_at__isnull=True).update(used_at=now)
    return person
