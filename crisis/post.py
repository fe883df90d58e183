"""Mail that is no page. It is written and leaves in a thread: waiting tells nobody whom we know."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from django.utils.translation import get_language, override

from crisis.queries.connection import leave_database
from escalation.transports.base import Message, TransportError
from escalation.transports.email import send

AT_ONCE = 2
MOST_WAITING = 20
"""Of a process. Whoever floods us is not answered by as many mails: asking again is one press."""

log = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="post")
_places = BoundedSemaphore(MOST_WAITING)


def post(write: Callable[[], Message | None]) -> None:
    """Write a mail, in the language of whoever asks, and send it, both soon.

    What goes wrong is logged: there is nobody left to tell, and it can be asked for again.
    """
    if not _places.acquire(blocking=False):
        log.warning("A mail was not sent: too many are waiting.")
        return
    _threads.submit(_send, write, get_language())


def _send(write: Callable[[], Message | None], language: str | None) -> None:
    try:
        with override(language):
            message = write()
            if message:
                send(message)
    except TransportError as error:
        log.warning("A mail was not sent: %s", error)
    except Exception:
        log.exception("A mail was not sent.")
    finally:
        leave_database()
        _places.release()
