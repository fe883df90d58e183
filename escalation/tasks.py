"""Celery's doors into the engine: the one-second tick is the clock's second driver."""

import threading
from typing import Any

from celery import shared_task

from escalation import clock
from escalation.senders import send_all


@shared_task(name="escalation.tasks.tick")
def tick(**kwargs: Any) -> None:
    """Pass once. Safe to run twice, late, or not at all: the loop in every worker does the same."""
    clock.tick("tick")


_sending = threading.Lock()
"""One at a time in a process: a slow provider must not use up the threads that tick."""


@shared_task(name="escalation.tasks.send_pages")
def send_pages(**kwargs: Any) -> None:
    """Send whatever is due, where no clock lives to do so: a clock keeps what it has in hand."""
    if clock.is_any_alive(clock.now()) or not _sending.acquire(blocking=False):
        return
    try:
        send_all(clock.Watch().now)
    finally:
        _sending.release()
