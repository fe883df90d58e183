"""What is known of a storm: who says so, and what is not known yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crisis.models.incident import Incident

FACT_LENGTH = 200
SOURCE_LENGTH = 120
"""One line each on a telephone, or two: who decides reads them at a glance."""


class Fact(models.Model):
    """One thing that is known, or known to be unknown. Its words never change: it is dropped."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="facts")
    text = models.CharField(_("what is known"), max_length=FACT_LENGTH)
    source = models.CharField(_("who says so"), max_length=SOURCE_LENGTH, blank=True)
    is_known = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("fact")
        ordering = ("added_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True, dropped_by__isnull=True)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False),
                name="a_dropped_fact_has_a_moment_and_a_person",
            ),
            models.CheckConstraint(
                condition=Q(is_known=False) | ~Q(source=""), name="somebody_says_what_is_known"
            ),
            models.UniqueConstraint(
                fields=["incident", "text"],
                condition=Q(dropped_at__isnull=True),
                name="a_fact_stands_once",
            ),
        ]
