"""Celery's doors into the engine: the one-second tick is the clock's second driver."""

from typing import Any

from celery import shared_task

from escalation import clock
from escalation.senders import send_all


@shared_task(name="escalation.tasks.tick")
def tick(**kwargs: Any) -> None:
    """Pass once. Safe to run twice, late, or not at all: the loop in every worker does the same."""
    clock.tick("tick")


@shared_task(name="escalation.tasks.send_pages")
def send_pages(**kwargs: Any) -> None:
    """Send whatever is due and nobody has in hand."""
    send_all(clock.Watch().now)
