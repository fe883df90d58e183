"""What watches over the house itself: how far everything was verified, and who was told."""

from __future__ import annotations

from django.db import models


class Audit(models.Model):
    """How far the verification of everything has come, one timeline after the other; one row."""

    position = models.PositiveBigIntegerField(default=0)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """When the last whole round ended."""
    faults = models.JSONField(default=list)
    faults_before = models.JSONField(default=list)
    """What the last whole round found."""


class Heartbeat(models.Model):
    """When somebody last looked whether all is well, and what the watcher outside was told."""

    looked_at = models.DateTimeField()
    pinged_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    """Why it was told that all is not well; empty when it was told that it is."""
