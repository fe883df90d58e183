"""The Celery application; its settings are in config/settings.py."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PATIENCE: dict[str, Any] = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "visibility_timeout": 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
"""What a worker's connection has beyond a publisher's; it came back from a minute without Redis."""

app = Celery("codered")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def prepare_worker(**kwargs: Any) -> None:
    """Give a worker patience with Redis, a clock of its own, and a heart where one is wanted."""
    # Imported here: the models are not loaded when this module is, and the web needs no clock.
    from crisis.bootstep import HeartStep
    from escalation.bootstep import ClockStep

    app.conf.broker_transport_options = {**app.conf.broker_transport_options, **PATIENCE}
    app.steps["worker"].add(ClockStep)
    app.steps["worker"].add(HeartStep)


@setup_logging.connect
def keep_logging(**kwargs: Any) -> None:
    """Log as the web does; without this Celery would set up its own and mask nothing."""
    dictConfig(settings.LOGGING)
