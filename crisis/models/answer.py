"""The words: answers, their versions, who signed which, and what went out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crisis.models.incident import Incident, Question
from escalation.models import Escalation
from playbooks.models import Channel, Statement


class Answer(models.Model):
    """A short text for one question, or for everyone on a channel."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AWAITING_SIGN_OFF = "awaiting_sign_off", _("Waiting for sign-off")
        SENT_BACK = "sent_back", _("Sent back")
        APPROVED = "approved", _("Approved")
        RELEASED = "released", _("Out")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="answers")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    current = models.PositiveSmallIntegerField(_("current version"), default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    key = models.UUIDField(null=True, editable=False)
    """Of the page that began it, which may be sent once more from there."""

    class Meta:
        verbose_name = _("answer")
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "created_by", "key"], name="one_answer_per_page"
            ),
        ]
        indexes = [
            models.Index(
                fields=["incident", "status"],
                name="answer_waiting",
                condition=Q(status="awaiting_sign_off"),
            ),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"


class AnswerVersion(models.Model):
    """One exact wording. A changed word is a new version with another hash."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    values = models.JSONField(default=dict, blank=True)
    answers_question = models.BooleanField(null=True)
    reason_for_length = models.CharField(max_length=300, blank=True)
    reason_for_repeat = models.CharField(max_length=300, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("answer_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="a_version_number_once"),
        ]

    def __str__(self) -> str:
        return self.text


class SignOff(models.Model):
    """An answer waits for these people to sign one exact version."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Waiting")
        APPROVED = "approved", _("Approved")
        SENT_BACK = "sent_back", _("Sent back")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        TAKEN_BACK = "taken_back", _("Taken back")

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="sign_offs")
    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=Status, default=Status.RUNNING)
    needed = models.PositiveSmallIntegerField()
    signers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("started_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["answer"], condition=Q(status="running"), name="one_running_sign_off"
            ),
            models.CheckConstraint(condition=Q(needed__gte=1), name="a_sign_off_needs_somebody"),
        ]


class Decision(models.Model):
    """One person's act on one exact version. The effective one is what settled it."""

    class Kind(models.TextChoices):
        APPROVE = "approve", _("Approved")
        AMEND = "amend_and_approve", _("Amended and approved")
        SEND_BACK = "send_back", _("Asked for a change")
        HAND_OVER = "hand_over", _("Handed over")
        TAKE_BACK = "take_back", _("Taken back")

    class Via(models.TextChoices):
        SESSION = "session", _("Signed in")
        LINK = "link", _("Link on their own device")
        API = "api", _("API key")

    sign_off = models.ForeignKey(SignOff, models.PROTECT, related_name="decisions")
    version = models.ForeignKey(AnswerVersion, models.PROTECT, related_name="decisions")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    via = models.CharField(max_length=8, choices=Via)
    reason = models.CharField(max_length=500, blank=True)
    is_effective = models.BooleanField(default=False)
    key = models.UUIDField(null=True, editable=False)
    """Of the press that made it, where its device may send it twice."""

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="one_decision_per_press"),
            models.UniqueConstraint(
                fields=["sign_off"],
                condition=Q(is_effective=True),
                name="one_decision_settles_a_sign_off",
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(is_effective=True, kind__in=["approve", "amend_and_approve"]),
                name="one_effective_approval_per_version",
            ),
            models.UniqueConstraint(
                fields=["sign_off", "version", "by"],
                condition=Q(kind__in=["approve", "amend_and_approve"]),
                name="a_signature_once",
            ),
        ]


class Release(models.Model):
    """Exact words that went out, under which authority, and where they can be seen."""

    class Basis(models.TextChoices):
        APPROVED = "approved", _("Signed off")
        PRE_APPROVED = "pre_approved", _("Approved ahead of time")
        CLAUSE = "clause", _("Fell to the officer")

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="release")
    version = models.ForeignKey(AnswerVersion, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    basis = models.CharField(max_length=16, choices=Basis)
    clause = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(basis="clause") | ~Q(clause=""), name="a_clause_is_named"
            ),
        ]


class Reading(models.Model):
    """Somebody has a version of an answer before their eyes. No evidence: it is gone in seconds."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    version = models.PositiveSmallIntegerField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "person"], name="one_reading_per_person"),
        ]
