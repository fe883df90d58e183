"""Mail that is no page. It is written and leaves in a thread: waiting tells nobody whom we know."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Protocol

from django.utils.translation import get_language, override

from crisis.queries.connection import leave_database
from escalation.transports.base import Message, TransportError
from escalation.transports.email import send

AT_ONCE = 2
MOST_WAITING = 8
"""Of a process. Whoever floods us is not answered by as many mails: asking again is one press. Nor
does a process that is to stop wait for long: each has the send time-out."""

log = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="post")
_places = BoundedSemaphore(MOST_WAITING)


class Mail(Protocol):
    """A mail that is still to be written."""

    def write(self) -> Message | None:
        """Give the mail, or None where there is none to send."""
        ...

    def has_not_left(self) -> None:
        """Undo what was done for a mail that has certainly reached nobody."""
        ...


def post(mail: Mail) -> None:
    """Write a mail, in the language of whoever asks, and send it, both soon.

    What goes wrong is logged: there is nobody left to tell, and it can be asked for again.
    """
    if not _places.acquire(blocking=False):
        log.warning("A mail was not sent: too many are waiting.")
        return
    _threads.submit(_send, mail, get_language())


def _send(mail: Mail, language: str | None) -> None:
    try:
        with override(language):
            _try(mail)
    except Exception:
        log.exception("A mail was not sent.")
    finally:
        _places.release()
        leave_database()


def _try(mail: Mail) -> None:
    message = mail.write()
    try:
        if message:
            send(message)
    except TransportError as error:
        log.warning("A mail was not sent: %s", error)
        if not error.is_unknown:
            mail.has_not_left()
