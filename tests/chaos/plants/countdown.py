"""A planted fault: steps are carried by Celery's countdown on Redis, and not by the rows."""

from config.settings import *  # noqa: F403
from config.settings import CELERY_TASK_ROUTES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.plants.messages"]
CELERY_TASK_ROUTES = {"tests.chaos.plants.*": {"queue": "clock"}, **CELERY_TASK_ROUTES}
