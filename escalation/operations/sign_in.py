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
def make_sign_in_link(*, email: str, onward: str = "", now: datetime) -> tuple[SignInLink, str]:
    """Make a link that signs a person in once and leads `onward`; its token is kept nowhere.

    Raises NotByMail, also where nobody has this address, or TooManyLinks.
    """
    person = Person.objects.select_for_update(no_key=True).filter(email=email).first()
    if person is None or not person.may_sign_in_by_mail:
        raise NotByMail
    opened = person.sign_in_links.filter(expires_at__gt=now, used_at__isnull=True)
    if opened.count() >= access.MOST_SIGN_IN_LINKS:
        raise TooManyLinks
    token = secrets.token_urlsafe(32)
    link = SignInLink.objects.create(
        person=person,
        token_hash=token_hash(token),
        onward=onward,
        created_at=now,
        expires_at=now + access.SIGN_IN_LIFE,
    )
    return link, token


@transaction.atomic(durable=True)
def forget_sign_in_link(*, link: SignInLink) -> None:
    """Take back a link that has reached nobody: it must not count as one that works."""
    SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).delete()


def open_sign_in_link(token: str, now: datetime) -> SignInLink | None:
    """Find what a link would do; None for one that has ended, and one that never was."""
    links = SignInLink.objects.select_related("person")
    link = links.filter(
        token_hash=token_hash(token), used_at__isnull=True, expires_at__gt=now
    ).first()
    return link if link and link.person.may_sign_in_by_mail else None


@transaction.atomic(durable=True)
def use_sign_in_link(*, token: str, now: datetime) -> SignInLink | None:
    """Use a link up, and give it. The other open links of that person end with it."""
    link = open_sign_in_link(token, now)
    if link is None:
        return None
    if not SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now):
        return None
    link.person.sign_in_links.filter(used_at__isnull=True).update(used_at=now)
    return link
