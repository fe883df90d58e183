"""Playbooks and their versions: what was agreed, by whom, and which words may go at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from escalation.models import Chain


class Playbook(models.Model):
    """The living document for one kind of storm; its protocols are the versions agreed on."""

    code = models.SlugField(_("code"), max_length=24, unique=True)
    title = models.CharField(_("title"), max_length=80)
    summary = models.CharField(_("in one line"), max_length=140, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered when raising"), default=True)
    times_raised = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """How often a code red was raised with it, but for drills and for what is restricted.

    Everybody reads it. It is counted with each raise, for counting them all takes longer.
    """

    class Meta:
        verbose_name = _("playbook")
        ordering = ("position", "title")

    def __str__(self) -> str:
        return self.title


class Protocol(models.Model):
    """One version of a playbook. A draft can be edited; once published it never changes."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    class SignOff(models.TextChoices):
        ANY = "any", _("Any one of them")
        ALL = "all", _("All of them")
        N_OF = "n_of", _("A number of them")

    class Falls(models.TextChoices):
        """What falls to the officer when the answer is overdue and nobody has decided."""

        NOTHING = "nothing", _("Nothing: only pre-approved statements")
        HOLDING = "holding", _("The holding statement may be extended")
        ANSWER = "answer", _("The officer’s own answer may be released")

    playbook = models.ForeignKey(Playbook, models.PROTECT, related_name="protocols")
    version = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.DRAFT)
    trigger = models.TextField(_("raise when"), blank=True)
    not_this = models.TextField(_("not for"), blank=True)
    severity = models.PositiveSmallIntegerField(_("severity"), default=2)
    limit_seconds = models.PositiveSmallIntegerField(
        _("answer due after"), choices=[(300, _("5 minutes")), (600, _("10 minutes"))], default=300
    )
    first_word_seconds = models.PositiveSmallIntegerField(_("first word due after"), default=120)
    next_update_seconds = models.PositiveIntegerField(_("next update due after"), default=1800)
    regulator_seconds = models.PositiveIntegerField(_("regulator’s clock"), null=True, blank=True)
    chain = models.ForeignKey(Chain, models.PROTECT, verbose_name=_("chain"))
    sign_off = models.CharField(
        _("sign-off by"), max_length=8, choices=SignOff, default=SignOff.ANY
    )
    needed = models.PositiveSmallIntegerField(_("signatures needed"), default=1)
    signers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("who may sign"),
        help_text=_("Empty means everyone on the chain who is not there for information."),
    )
    falls_to_officer = models.CharField(
        _("on breach, falls to the officer"), max_length=16, choices=Falls, default=Falls.HOLDING
    )
    clause = models.CharField(_("the clause that says so"), max_length=300, blank=True)
    never = models.JSONField(_("never"), default=list, blank=True)
    is_restricted = models.BooleanField(_("restricted to its chain"), default=False)
    officer_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    officer_signed_at = models.DateTimeField(null=True, blank=True)
    manager_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    manager_signed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("protocol")
        ordering = ("playbook", "-version")
        constraints = [
            models.UniqueConstraint(fields=["playbook", "version"], name="a_version_once"),
            models.UniqueConstraint(
                fields=["playbook"], condition=Q(status="published"), name="one_published_protocol"
            ),
            models.CheckConstraint(
                condition=Q(limit_seconds__in=[300, 600]), name="five_or_ten_minutes"
            ),
            models.CheckConstraint(
                condition=Q(first_word_seconds__gte=30, first_word_seconds__lte=300),
                name="first_word_within_five_minutes",
            ),
            models.CheckConstraint(
                condition=Q(next_update_seconds__gte=300), name="updates_five_minutes_apart"
            ),
            models.CheckConstraint(condition=Q(needed__gte=1), name="somebody_signs"),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(published_at__isnull=False, manager_signed_by__isnull=False),
                name="published_means_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.playbook}, version {self.version}"

    @property
    def is_officer_signed(self) -> bool:
        return self.officer_signed_at is not None


class Step(models.Model):
    """One thing to do, with its minute mark."""

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    at_seconds = models.PositiveIntegerField(_("seconds after the alarm"))
    who = models.CharField(_("who"), max_length=60)
    what = models.CharField(_("what"), max_length=300)

    class Meta:
        verbose_name = _("step")
        ordering = ("protocol_id", "at_seconds", "position")
        constraints = [
            models.UniqueConstraint(fields=["protocol", "position"], name="one_step_per_place"),
        ]

    def __str__(self) -> str:
        return self.what


class Statement(models.Model):
    """Words agreed ahead of time, with placeholders. Pre-approved ones go on the officer's word."""

    class Kind(models.TextChoices):
        HOLDING = "holding", _("Holding statement")
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
        CORRECTION = "correction", _("Correction")
        APOLOGY = "apology", _("Apology")
        INSTRUCTION = "instruction", _("Instruction")
        REFERRAL = "referral", _("Referral")
        UPDATE = "update", _("Update")
        AMENDS = "amends", _("Amends")

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="statements")
    code = models.CharField(_("code"), max_length=24)
    title = models.CharField(_("title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    text = models.TextField(_("text"), max_length=2000)
    guard = models.CharField(_("only when"), max_length=200, blank=True)
    is_pre_approved = models.BooleanField(_("pre-approved"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("statement")
        ordering = ("protocol_id", "position")
        constraints = [
            models.UniqueConstraint(fields=["protocol", "code"], name="a_statement_code_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Placeholder(models.Model):
    """A blank in a statement: what may stand there and how long it may be."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        TIME = "time", _("Time")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of a list")
        URL = "url", _("Link")
        PHONE = "phone", _("Telephone number")
        EMAIL = "email", _("E-mail address")
        FIXED = "fixed", _("Always the same")

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="placeholders")
    name = models.SlugField(_("name"), max_length=24)
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEXT)
    max_length = models.PositiveSmallIntegerField(_("longest, in characters"), default=60)
    options = models.JSONField(_("options"), default=list, blank=True)
    example = models.CharField(_("example, or the fixed words"), max_length=120, blank=True)
    rule = models.CharField(_("rule"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("placeholder")
        ordering = ("protocol_id", "pk")
        constraints = [
            models.UniqueConstraint(fields=["protocol", "name"], name="a_placeholder_once"),
        ]

    def __str__(self) -> str:
        return self.name
