"""One storm: what broke, who asks, and where it stands."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from escalation.models import Escalation, Person, Timeline
from playbooks.models import Channel, Protocol

QUESTION_LENGTH = 140
"""The line a manager reads first, in characters."""


class Incident(models.Model):
    """A code red, from the moment it is raised to the moment it is stood down."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        STOOD_DOWN = "stood_down", _("Stood down")

    class End(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        OVER = "over", _("It is over")
        MISTAKE = "mistake", _("Raised by mistake")

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(_("name"), max_length=80, blank=True)
    question = models.CharField(_("what they ask"), max_length=QUESTION_LENGTH)
    post_url = models.URLField(_("link to the post"), max_length=500, blank=True)
    post_text = models.TextField(_("the post"), max_length=5000, blank=True)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="+")
    protocol = models.ForeignKey(Protocol, models.PROTECT, null=True, related_name="incidents")
    timeline = models.OneToOneField(Timeline, models.PROTECT, related_name="incident")
    escalation = models.OneToOneField(Escalation, models.PROTECT, related_name="+")
    limit_seconds = models.PositiveSmallIntegerField()
    is_drill = models.BooleanField(default=False)
    is_restricted = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stood_down_at = models.DateTimeField(null=True)
    stood_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    end = models.CharField(max_length=16, choices=End, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("code red")
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(limit_seconds__in=[300, 600]), name="answered_in_five_or_ten_minutes"
            ),
            models.CheckConstraint(
                condition=Q(status="open", stood_down_at__isnull=True)
                | Q(status="stood_down", stood_down_at__isnull=False),
                name="stood_down_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["-number"], name="incident_open", condition=Q(status="open")),
            models.Index(
                fields=["is_drill", "-stood_down_at"],
                name="incident_over",
                condition=Q(status="stood_down"),
            ),
            models.Index(
                fields=["-number"], name="incident_restricted", condition=Q(is_restricted=True)
            ),
            models.Index(fields=["raised_at"], name="incident_raised"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.heading}"

    @property
    def heading(self) -> str:
        return self.title or self.question

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class Question(models.Model):
    """One person's public post that wants an answer."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="questions")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="+")
    author = models.CharField(_("who asks"), max_length=80, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    text = models.CharField(_("what they ask"), max_length=1000)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("question")
        ordering = ("added_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "url"], condition=~Q(url=""), name="a_post_is_a_question_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["incident"], name="question_waiting", condition=Q(answered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def holder(self, now: datetime) -> Person | None:
        """Who is answering it at this moment, by their own word."""
        return self.claimed_by if self.claimed_until and now < self.claimed_until else None


class RaiseKey(models.Model):
    """The Idempotency-Key of a raise: the same key gives the same code red, never a second one."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    body_hash = models.CharField(max_length=64)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="a_key_raises_once"),
        ]
