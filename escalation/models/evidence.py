"""The evidence: one hash-chained timeline per incident, appended to and never changed."""

from django.db import models
from django.db.models import Q

from escalation.models.people import Person


class Timeline(models.Model):
    """The head of one chain of events, and the one row that is locked for any change beneath it.

    Whoever changes anything of an incident locks its timeline first. With a single lock per
    incident, two writers can wait for each other but can never hold what the other wants.
    """

    length = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)


class Event(models.Model):
    """One change of state. `detail` holds ids, numbers and hashes; never words about a person."""

    timeline = models.ForeignKey(Timeline, models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("timeline_id", "sequence")
        constraints = [
            models.UniqueConstraint(fields=["timeline", "sequence"], name="one_event_per_place"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="events_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"
