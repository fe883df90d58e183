"""The organisation itself, its social network accounts, and what is coming up."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from escalation.models import Chain
from escalation.models.people import validate_moment, validate_time_zone
from playbooks.rules.networks import NETWORKS


def validate_network(key: str) -> None:
    """Accept the networks that we know how to count for. Raises ValidationError for others."""
    if key not in NETWORKS:
        raise ValidationError(_("%(key)s is not a network we know."), params={"key": key})


class Organisation(models.Model):
    """The one organisation that this installation serves: the house rules for every answer."""

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    house_limit = models.PositiveSmallIntegerField(_("house limit, in characters"), default=280)
    jargon = models.JSONField(_("words we do not use"), default=list, blank=True)
    default_chain = models.ForeignKey(
        Chain, models.PROTECT, null=True, blank=True, verbose_name=_("chain when no playbook fits")
    )

    class Meta:
        verbose_name = _("organisation")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """One social network account: who is there, what it is for, and how long an answer may be."""

    network = models.CharField(_("network"), max_length=16, validators=[validate_network])
    handle = models.CharField(_("handle"), max_length=80)
    audience = models.CharField(_("audience"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    tone = models.CharField(_("tone"), max_length=200, blank=True)
    limit = models.PositiveIntegerField(
        _("own limit"), null=True, blank=True, help_text=_("Empty means the house limit.")
    )
    kpi = models.CharField(_("agreed measure"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("channel")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["network", "handle"], name="an_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.network_name} {self.handle}"

    @property
    def network_name(self) -> str:
        return NETWORKS[self.network].name


class Briefing(models.Model):
    """Background on something coming up, written before anybody asks about it."""

    title = models.CharField(_("title"), max_length=120)
    happens_at = models.DateTimeField(_("when"), validators=[validate_moment])
    background = models.TextField(_("background"), blank=True)
    ask = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("whom to ask"),
    )

    class Meta:
        verbose_name = _("briefing")
        ordering = ("happens_at",)

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        return bool(self.background.strip())
