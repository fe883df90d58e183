"""Who can be reached: people, the ways to reach them, and what proves who they are."""

from __future__ import annotations

import secrets
import zoneinfo
from base64 import b64encode
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """Accept IANA names only. Raises ValidationError for anything else."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone. Try Europe/London."), params={"name": name}
        )


YEARS = range(2, 9999)
"""Not the first nor the last: in another zone they would be outside of time."""


def validate_moment(moment: datetime) -> None:
    """Accept moments that are in reach on every wall clock. Raises ValidationError for others."""
    if moment.year not in YEARS:
        years = {"first": YEARS[0], "last": YEARS[-1]}
        raise ValidationError(_("Choose a year from %(first)s to %(last)s."), params=years)


class Role(models.TextChoices):
    """What a person may do; each is a Django group of the same name."""

    OFFICER = "officer", _("Officer")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person who signs in by e-mail address."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person with every right; for `manage.py createsuperuser`."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who raises, decides or authors. Deactivated, never deleted: evidence names them."""

    email = models.EmailField(_("work e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    title = models.CharField(_("post"), max_length=80, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    duty_phone = models.CharField(
        _("duty phone"),
        max_length=32,
        blank=True,
        help_text=_("Shown to colleagues during a code red so that they can call."),
    )
    out_of_office_from = models.DateTimeField(
        _("out of office from"), null=True, blank=True, validators=[validate_moment]
    )
    out_of_office_until = models.DateTimeField(
        _("out of office until"), null=True, blank=True, validators=[validate_moment]
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin site"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(
            word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
        ).upper()

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of this person's roles; a superuser has them all."""
        if self.is_superuser:
            return frozenset(Role.values)
        return frozenset(self.groups.values_list("name", flat=True)) & frozenset(Role.values)

    @property
    def may_sign_in_by_mail(self) -> bool:
        """A mailbox alone lets nobody in or out of the house: admins have a password."""
        return self.is_active and not (self.is_staff or self.is_superuser or self.is_admin)

    @property
    def is_officer(self) -> bool:
        return Role.OFFICER in self.roles

    @property
    def is_manager(self) -> bool:
        return Role.MANAGER in self.roles

    @property
    def is_admin(self) -> bool:
        return Role.ADMIN in self.roles


def new_secret() -> str:
    """Make a secret to sign webhooks with. Source: standard-webhooks, whsec_ and base64."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


class ContactMethod(models.Model):
    """One number or address of a person. Unverified ones are never paged."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")
        TRAY = "tray", _("Tray")

    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_methods")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    address = models.CharField(_("address"), max_length=500)
    label = models.CharField(
        _("label"), max_length=40, blank=True, help_text=_("Phone, desk, home …")
    )
    secret = models.CharField(_("signing secret"), max_length=100, default=new_secret)
    is_enabled = models.BooleanField(_("in use"), default=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    last_proven_at = models.DateTimeField(_("last proven"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact method")
        ordering = ("person_id", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "address"], name="contact_method_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.label}".strip()


class Device(models.Model):
    """A browser that a person has proved to be theirs: the second factor beside a page's link."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64, unique=True)
    enrolled_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "expires_at"], name="device_of_person")]


class SignInLink(models.Model):
    """A way in for somebody who has their mailbox at hand and not their password. It works once."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    onward = models.CharField(max_length=500, blank=True)
    """Where they were going. In the address, whoever asks would write part of the mail."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiKey(models.Model):
    """A key for programs, with its owner's rights cut down to scopes. Only its hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("Read what the owner can read")
        RAISE = "raise", _("Raise, add questions and facts, stand down")
        ANSWER = "answer", _("Draft, submit and release answers")
        DECIDE = "decide", _("Sign off answers, acknowledge pages")

    person = models.ForeignKey(Person, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=8, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used for a change"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


def verified() -> Q:
    """The contact methods that may be paged."""
    return Q(is_enabled=True, verified_at__isnull=False)
