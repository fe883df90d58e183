"""Takes the clock's rows away from it, and sends a message for each run instead."""

from datetime import datetime
from functools import partial
from threading import local
from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_save

at_hand = local()
"""The one timeline that this thread's message is about."""


class MessagesConfig(AppConfig):
    name = "tests.chaos.plants.messages"
    label = "messages_plant"

    def ready(self) -> None:
        from escalation.models import Escalation
        from escalation.operations import advance

        vars(advance).update(lock_next=_lock_next)
        post_save.connect(_started, sender=Escalation)


def _lock_next(now: datetime, limit: int, but: Any = (), **kwargs: Any) -> Any:
    from escalation.operations.due import lock_these

    return lock_these(getattr(at_hand, "timelines", []), now)


def _started(instance: Any, created: bool, **kwargs: Any) -> None:
    from tests.chaos.plants.messages.tasks import turn

    if created:
        send = partial(turn.apply_async, kwargs={"timeline_id": instance.timeline_id})
        transaction.on_commit(send, robust=True)
