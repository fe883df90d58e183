"""A heart in every Celery worker, beside its clock; it needs the database only."""

from typing import Any

from celery import bootsteps
from celery.worker import WorkController
from django.conf import settings

from crisis.heartbeat import Heart


class HeartStep(bootsteps.StartStopStep):
    """Starts the heart beside the worker's pool and stops it with the worker."""

    # After the pool: a process must not fork while another thread holds a lock.
    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: WorkController, **options: Any) -> None:
        super().__init__(parent, **options)
        self._heart = Heart(settings.CODERED_HEARTBEAT_URL)

    def include_if(self, parent: WorkController) -> bool:
        return bool(settings.CODERED_HEARTBEAT_URL)

    def start(self, parent: WorkController) -> None:
        self._heart.start()

    def stop(self, parent: WorkController) -> None:
        self._heart.stop()

    terminate = stop
