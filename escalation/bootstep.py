"""A clock in every Celery worker; it needs the database only, so it pages on without Redis."""

from typing import Any

from celery import bootsteps
from celery.worker import WorkController

from escalation.clock import Clock


class ClockStep(bootsteps.StartStopStep):
    """Starts the clock beside the worker's pool and stops it with the worker."""

    # After the pool: a process must not fork while another thread holds a lock.
    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: WorkController, **options: Any) -> None:
        super().__init__(parent, **options)
        self._clock = Clock("worker")

    def start(self, parent: WorkController) -> None:
        self._clock.start()

    def stop(self, parent: WorkController) -> None:
        self._clock.stop()

    # A worker that is told twice to stop is terminated; the clock ends in the same way.
    terminate = stop
