"""Who is paged in which order: chains, their steps, and the people or rotas on each step."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from escalation.models.people import Person
from escalation.models.rota import Rota

LONGEST_SECONDS = 600
"""No step may wait longer than the longest answer clock. Source: 10 minutes if really complex."""


class Chain(models.Model):
    """Ordered steps of people to page. Frozen into a run when it starts; edits touch later runs."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    grace_seconds = models.PositiveSmallIntegerField(
        _("grace seconds"),
        default=90,
        help_text=_("How long “I’m on it” holds the chain."),
    )
    repeat_seconds = models.PositiveSmallIntegerField(
        _("repeat seconds"),
        default=60,
        help_text=_("How often everyone is paged again once the last step has been reached."),
    )

    class Meta:
        verbose_name = _("chain")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=Q(grace_seconds__gte=15, grace_seconds__lte=LONGEST_SECONDS),
                name="grace_within_the_longest_clock",
            ),
            models.CheckConstraint(
                condition=Q(repeat_seconds__gte=30, repeat_seconds__lte=120),
                name="no_dead_air_between_rounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChainStep(models.Model):
    """One rung: who is paged how many seconds after the start."""

    chain = models.ForeignKey(Chain, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"))
    after_seconds = models.PositiveSmallIntegerField(_("after seconds"))
    kinds = models.JSONField(
        _("by"),
        default=list,
        blank=True,
        help_text=_("Kinds of contact method; empty means every verified one."),
    )

    class Meta:
        verbose_name = _("step")
        ordering = ("chain_id", "position")
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="one_step_per_position"),
            models.CheckConstraint(
                condition=Q(after_seconds__lte=LONGEST_SECONDS), name="step_within_ten_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after_seconds // 60}:{self.after_seconds % 60:02d}"


class ChainTarget(models.Model):
    """A person, or whoever is on call on a rota, paged on a step."""

    step = models.ForeignKey(ChainStep, models.CASCADE, related_name="targets")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    rota = models.ForeignKey(Rota, models.PROTECT, null=True, blank=True, verbose_name=_("rota"))
    is_for_information = models.BooleanField(
        _("for information"), default=False, help_text=_("Is told, and is not asked to sign.")
    )

    class Meta:
        verbose_name = _("target")
        ordering = ("step_id", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, rota__isnull=True)
                | Q(person__isnull=True, rota__isnull=False),
                name="a_person_or_a_rota",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.rota)
