"""Who is due when: rotas, the places in them, and the swaps that override them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from escalation.models.people import Person, validate_moment, validate_time_zone


class Rota(models.Model):
    """People who take turns, changing over at the same wall-clock time in one zone."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    starts_on = models.DateField(_("first day"))
    handover_at = models.TimeField(_("changes over at"))
    turn_days = models.PositiveSmallIntegerField(_("days in a turn"), default=7)

    class Meta:
        verbose_name = _("rota")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(turn_days__gte=1), name="a_turn_is_a_day_or_more"),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """One place in a rota; the places are taken in turn, in order."""

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="shifts")
    position = models.PositiveSmallIntegerField(_("position"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="shifts", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("shift")
        ordering = ("rota_id", "position")
        constraints = [
            models.UniqueConstraint(fields=["rota", "position"], name="one_shift_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.person}"


class Override(models.Model):
    """Somebody stands in for whoever is on call, from one moment to another."""

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="overrides")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="overrides", verbose_name=_("person")
    )
    starts_at = models.DateTimeField(_("from"), validators=[validate_moment])
    ends_at = models.DateTimeField(_("until"), validators=[validate_moment])

    class Meta:
        verbose_name = _("override")
        ordering = ("starts_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="override_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.starts_at:%Y-%m-%d %H:%M}"
