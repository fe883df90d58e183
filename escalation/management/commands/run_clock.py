"""Run the clock alone: no Celery, no Redis."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from escalation.clock import Clock


class Command(BaseCommand):
    help = "Run the clock in the foreground. It needs the database and nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        clock = Clock("run_clock")
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: clock.stop(0))
        self.stdout.write("The clock is running. Ctrl-C stops it.")
        clock.run()
