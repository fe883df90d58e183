"""Page by e-mail: a short text, one link, nothing loaded from anywhere."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime, parseaddr
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from escalation.transports.base import Line, Message, Receipt, TransportError
from escalation.transports.exchange import Exchange
from escalation.transports.smtp import WatchedBackend

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
REFUSED_FOR_GOOD = 500
"""Replies from here on say that another try is useless. Source: RFC 5321, 4.2.1."""


class EmailTransport:
    """Hands pages to the mail server of the settings, one recipient each."""

    kind = "email"
    most_at_once = 8

    def provider(self, address: str) -> str:
        return self.kind

    def connect(self) -> Line:
        return EmailLine(self.most_at_once)


class EmailLine:
    """Talks to the mail server in a few threads: Django's way to send mail waits for each."""

    def __init__(self, most_at_once: int) -> None:
        self._threads = ThreadPoolExecutor(most_at_once, thread_name_prefix="email")

    async def send(self, message: Message) -> Receipt:
        return await asyncio.get_running_loop().run_in_executor(self._threads, send, message)

    async def close(self) -> None:
        self._threads.shutdown(wait=False)


def send(message: Message) -> Receipt:
    """Hand one mail to the mail server, and wait for its yes. Raises TransportError."""
    mail = _mail(message)
    exchange = Exchange(settings.CODERED_SEND_TIMEOUT_SECONDS)
    try:
        taken = exchange.run(lambda: _backend(exchange).send_messages([mail]))
    except OSError as error:
        raise _failure(error, exchange) from None
    except ValueError:
        raise _no_address() from None
    if not taken:
        raise _no_address()
    return Receipt(provider_id=mail.extra_headers["Message-ID"])


def _mail(message: Message) -> EmailMultiAlternatives:
    title = " ".join(message.title.split())
    context = {"message": message, "title": title}
    mail = EmailMultiAlternatives(
        subject=title,
        body=render_to_string("escalation/page.txt", context),
        to=[message.address],
        headers={
            "Message-ID": _message_id(message.key),
            # The database's time: mail from a host that is an hour off would sort, or look, false.
            "Date": format_datetime(message.sent_at),
            "X-CodeRed-Key": message.key,
            "Auto-Submitted": "auto-generated",
            "Importance": "high",
        },
    )
    mail.attach_alternative(render_to_string("escalation/page.html", context), "text/html")
    return mail


def _message_id(key: str) -> str:
    """Derive it from the key, so that mail servers can drop a repeat by themselves."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return f"<{key}@{domain or 'localhost'}>"


def _backend(exchange: Exchange) -> BaseEmailBackend:
    if settings.EMAIL_BACKEND == SMTP_BACKEND:
        return WatchedBackend(exchange)
    # Another backend tells nobody when a mail leaves, so from here on it may have.
    exchange.leave()
    return get_connection()


def _no_address() -> TransportError:
    return TransportError("Mail cannot be sent to this address.", permanent=True, is_local=True)


def _failure(error: OSError, exchange: Exchange) -> TransportError:
    """Say what went wrong without the server's own words, which like to name the address."""
    code = _reply_code(error)
    if code:
        sentence = f"The mail server refused it ({code})."
        return TransportError(sentence, permanent=code >= REFUSED_FOR_GOOD)
    if isinstance(error, SMTPNotSupportedError):
        return TransportError("The mail server cannot do what the settings ask.", permanent=True)
    if exchange.has_left:
        return TransportError("The mail server did not say if it took it.", is_unknown=True)
    return TransportError("The mail server could not be reached in time.", is_silent=True)


def _reply_code(error: OSError) -> int:
    """Give the server's reply code; 0 when there was none."""
    if isinstance(error, SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, SMTPResponseException) else 0
