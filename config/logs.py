"""Log lines without what opens a door: the token of a link is a key."""

import logging
import re
from typing import Any

LINK = re.compile(r"/(p|sign-in/link)/[\w-]{20,}")


class MaskingFormatter(logging.Formatter):
    """Formats a record, traceback and all, and masks the tokens in the outcome."""

    def format(self, record: logging.LogRecord) -> str:
        return LINK.sub(r"/\1/…", super().format(record))


def logging_config(level: str) -> dict[str, Any]:
    """Give the logging of every process: plain lines on stderr."""
    quiet = {"level": "WARNING"}
    # Uvicorn sets its loggers up first, with handlers that mask nothing; these replace them.
    through_root = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": MaskingFormatter,
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "uvicorn": through_root,
            "uvicorn.error": through_root,
            # What stands before the web keeps the access log.
            "uvicorn.access": {**through_root, **quiet},
            # A tick a second would fill the log with two lines each.
            "celery.worker.strategy": quiet,
            "celery.app.trace": quiet,
            "celery.beat": quiet,
        },
    }
