"""Run the clock alone: no Celery, no Redis."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crisis.heartbeat import Heart
from escalation.clock import Clock


class Command(BaseCommand):
    help = "Run the clock in the foreground. It needs the database and nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        clock = Clock("run_clock")
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: clock.stop(0))
        self.stdout.write("The clock is running. Ctrl-C stops it.")
        heart = Heart(settings.CODERED_HEARTBEAT_URL) if settings.CODERED_HEARTBEAT_URL else None
        if heart:
            heart.start()
        clock.run()
        if heart:
            heart.stop(0)
