"""One message for each turn of a run: it does the turn, and sends the next one."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from escalation.models import Escalation
from escalation.operations.advance import advance_due
from tests.chaos.plants.messages.apps import at_hand


@shared_task
def turn(*, timeline_id: int) -> None:
    """Let one run take its turn, and leave the next one to a message."""
    at_hand.timelines = [timeline_id]
    advance_due(now=timezone.now())
    at_hand.timelines = []
    moments = Escalation.objects.filter(timeline=timeline_id, next_page_at__isnull=False)
    due_at = moments.order_by("next_page_at").values_list("next_page_at", flat=True).first()
    if due_at:
        pause = max(0.05, (due_at - timezone.now()).total_seconds())
        turn.apply_async(kwargs={"timeline_id": timeline_id}, countdown=pause)
