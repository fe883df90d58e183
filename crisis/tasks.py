"""Celery's doors into housekeeping and the slow audit; nothing here hurries."""

from typing import Any

from celery import shared_task

from crisis.audit import walk_on
from crisis.operations.housekeeping import forget_what_is_over
from escalation import clock


@shared_task(name="crisis.tasks.forget")
def forget(**kwargs: Any) -> None:
    """Forget what has served its time. Safe to run twice, or not at all."""
    forget_what_is_over(now=clock.now())


@shared_task(name="crisis.tasks.audit")
def audit(**kwargs: Any) -> None:
    """Verify the next records of all there are. Safe to run twice, or not at all."""
    walk_on(now=clock.now())
