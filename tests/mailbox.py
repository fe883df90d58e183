"""A real mail server on this machine, and what it was brought."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from queue import SimpleQueue
from typing import Any

from aiosmtpd.controller import Controller
from pytest_django import Settings


class Mailbox:
    """Takes mail, unless told to answer otherwise."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.arriving: SimpleQueue[EmailMessage] = SimpleQueue()
        """The same, for whoever waits for one."""
        self.to_recipient = ""
        self.to_data = ""

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_recipient or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.to_data:
            return self.to_data
        letter = message_from_bytes(envelope.content, EmailMessage, policy=default)
        self.taken.append(letter)
        self.arriving.put(letter)
        return "250 OK"


@contextmanager
def taking_mail(settings: Settings) -> Iterator[Mailbox]:
    """Run a mail server, and let the product send by it."""
    mailbox = Mailbox()
    # Without a name of its own the server would ask for one, by DNS, at every connection.
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), server_hostname="mail.example"
    )
    controller.start()
    use_server(settings, controller.port)
    yield mailbox
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def use_server(settings: Settings, port: int, seconds: float = 5) -> None:
    """Let mail leave by the server at this port, which has this long to take it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "CodeRed <codered@hs.example>"
    settings.CODERED_SEND_TIMEOUT_SECONDS = seconds
