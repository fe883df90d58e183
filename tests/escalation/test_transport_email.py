"""Pages by e-mail, against a real mail server on this machine."""

import smtplib
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import pytest
from django.core import mail
from pytest_django import Settings

from escalation.transports import Message, TransportError
from tests.mailbox import Mailbox, free_port, taking_mail, use_server
from tests.wires import scripted_server, send_once

pytestmark = pytest.mark.enable_socket

NOON = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
PAGE = Message(
    key="0b1f3a52-7f2e-4c52-9a57-2f1d1a0f9c11",
    address="anna@example.org",
    secret="",
    person_name="Anna Reed",
    title="Code red: decide by 21:19",
    text='CODE RED 27. Answer due 21:19. "Is he <one> of yours?" Decide: https://hs.example/r/7Kq2',
    url="https://hs.example/r/7Kq2",
    is_repeat=False,
    sent_at=NOON,
)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with taking_mail(settings) as mailbox:
        yield mailbox


def _talk(caller: socket.socket, until: bytes) -> None:
    """Be a mail server up to a command, and say nothing after it."""
    caller.sendall(b"220 hello\r\n")
    with caller.makefile("rb") as heard:
        for line in heard:
            command = line.strip().upper()
            if command.startswith(until):
                return
            if command == b"DATA":
                caller.sendall(b"354 go on\r\n")
            elif command != b"." and not command.startswith((b"EHLO", b"MAIL", b"RCPT", b"QUIT")):
                continue
            else:
                caller.sendall(b"250 OK\r\n")


def _failure(page: Message = PAGE) -> TransportError:
    with pytest.raises(TransportError) as caught:
        send_once("email", page)
    return caught.value


def test_page_arrives_with_text_and_one_button(mailbox: Mailbox) -> None:
    """Harm: the manager gets no mail, or one without the way in."""
    receipt = send_once("email", PAGE)

    (letter,) = mailbox.taken
    text = letter.get_body(("plain",))
    html = letter.get_body(("html",))
    assert letter["Subject"] == PAGE.title
    assert letter["To"] == PAGE.address
    assert letter["Date"].datetime == PAGE.sent_at, "the database's time, not this host's"
    assert text is not None
    assert text.get_content().strip() == PAGE.text
    assert html is not None
    assert html.get_content().count(f'href="{PAGE.url}"') == 1
    assert "&lt;one&gt;" in html.get_content()
    assert receipt.provider_id == letter["Message-ID"]
    assert not receipt.is_delivered


def test_page_loads_nothing_from_anywhere(mailbox: Mailbox) -> None:
    """Harm: opening the mail tells a third party, or blocks on it."""
    send_once("email", PAGE)

    (letter,) = mailbox.taken
    html = letter.get_body(("html",))
    assert html is not None
    for loader in ("<img", "<link", "<script", "url(", "@import", "src="):
        assert loader not in html.get_content()


def test_page_is_marked_as_automatic_and_urgent(mailbox: Mailbox) -> None:
    """Harm: an out-of-office robot answers each page, or the page sinks among newsletters."""
    send_once("email", PAGE)

    (letter,) = mailbox.taken
    assert letter["X-CodeRed-Key"] == PAGE.key
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Importance"] == "high"


def test_repeat_has_the_same_message_id_and_says_so(mailbox: Mailbox) -> None:
    """Harm: a page that was sent twice looks like two code reds."""
    send_once("email", PAGE)
    send_once("email", replace(PAGE, is_repeat=True))

    first, second = mailbox.taken
    text = second.get_body(("plain",))
    assert first["Message-ID"] == second["Message-ID"] == f"<{PAGE.key}@hs.example>"
    assert text is not None
    assert "It is the same one" in text.get_content()


def test_page_with_nothing_to_open_has_no_button(mailbox: Mailbox) -> None:
    """Harm: "stood down" sends people to a link that has ended."""
    send_once("email", replace(PAGE, url="", text="CODE RED 27. Stood down."))

    (letter,) = mailbox.taken
    html = letter.get_body(("html",))
    assert html is not None
    assert "href" not in html.get_content()


def test_newline_in_title_adds_no_header(mailbox: Mailbox) -> None:
    """Harm: a pasted title sends blind copies of a code red to a stranger."""
    send_once("email", replace(PAGE, title="Code red\r\nBcc: eve@example.org\n\nhello"))

    (letter,) = mailbox.taken
    assert letter["Subject"] == "Code red Bcc: eve@example.org hello"
    assert letter["Bcc"] is None


@pytest.mark.parametrize("address", ["anna@example.org\nBcc: eve@example.org", "anna@@", ""])
def test_address_that_cannot_be_written_is_permanent_and_unnamed(
    mailbox: Mailbox, address: str
) -> None:
    """Harm: a broken address stops the sender, adds a header, or stands in a log."""
    failure = _failure(replace(PAGE, address=address))

    assert failure.permanent
    assert not mailbox.taken
    assert "anna" not in str(failure)


@pytest.mark.parametrize(
    ("to_recipient", "to_data", "is_permanent"),
    [
        ("550 5.1.1 anna@example.org unknown", "", True),
        ("451 4.7.1 anna@example.org: try again later", "", False),
        ("", "554 5.7.1 no", True),
        ("", "452 4.3.1 full", False),
    ],
)
def test_refusal_is_permanent_from_500_on(
    mailbox: Mailbox, to_recipient: str, to_data: str, is_permanent: bool
) -> None:
    """Harm: a dead address is tried to the end, or a greylisting server loses a page."""
    mailbox.to_recipient, mailbox.to_data = to_recipient, to_data

    failure = _failure()

    assert failure.permanent is is_permanent
    assert not failure.is_unknown
    assert (to_recipient or to_data)[:3] in str(failure)
    assert "anna" not in str(failure)


def test_refused_connection_is_temporary(settings: Settings) -> None:
    """Harm: a mail server that restarts loses the pages of that second."""
    use_server(settings, free_port())

    failure = _failure()

    assert not failure.permanent
    assert not failure.is_unknown


@pytest.mark.parametrize("until", [b"EHLO", b"MAIL", b"RCPT"])
def test_server_that_hangs_before_the_mail_is_given_up_in_time(
    settings: Settings, until: bytes
) -> None:
    """Harm: one hung mail server holds every other page behind it."""

    def script(caller: socket.socket, over: Event) -> None:
        _talk(caller, until)
        over.wait(5)

    with scripted_server(script) as port:
        use_server(settings, port, seconds=0.3)
        started = time.monotonic()

        failure = _failure()

        assert time.monotonic() - started < 2
    assert not failure.permanent
    assert not failure.is_unknown


def test_server_that_drips_is_given_up_as_a_whole(settings: Settings) -> None:
    """Harm: a byte now and then restarts the time-out for ever."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.sendall(b"220 hello\r\n")
        while not over.wait(0.05):
            caller.sendall(b"2")

    with scripted_server(script) as port:
        use_server(settings, port, seconds=0.3)
        started = time.monotonic()

        failure = _failure()

        assert time.monotonic() - started < 2
    assert not failure.permanent


def test_server_that_hangs_after_the_mail_leaves_it_unknown(settings: Settings) -> None:
    """Harm: a mail that may have arrived is sent again and again, or never."""

    def script(caller: socket.socket, over: Event) -> None:
        _talk(caller, b".")
        over.wait(5)

    with scripted_server(script) as port:
        use_server(settings, port, seconds=0.3)
        started = time.monotonic()

        failure = _failure()

        assert time.monotonic() - started < 2
    assert failure.is_unknown
    assert not failure.permanent


def test_server_that_hangs_up_after_the_mail_leaves_it_unknown(settings: Settings) -> None:
    """Harm: a crash of the mail server just after the mail counts as "not sent"."""
    with scripted_server(lambda caller, over: _talk(caller, b".")) as port:
        use_server(settings, port)

        failure = _failure()

    assert failure.is_unknown


def test_slow_goodbye_leaves_no_doubt(settings: Settings) -> None:
    """Harm: a mail that was taken is sent twice because the server was slow to say goodbye."""

    def script(caller: socket.socket, over: Event) -> None:
        _talk(caller, b"QUIT")
        over.wait(5)

    with scripted_server(script) as port:
        use_server(settings, port, seconds=2)
        started = time.monotonic()

        receipt = send_once("email", PAGE)

        assert time.monotonic() - started < 1
    assert receipt.provider_id


def test_mail_that_nobody_waits_for_is_not_sent(settings: Settings) -> None:
    """Harm: a try that counted as failed sends its mail after all, once the server wakes up."""
    heard: list[bytes] = []
    may_go_on, has_ended = Event(), Event()

    def script(caller: socket.socket, over: Event) -> None:
        _talk(caller, b"RCPT")
        may_go_on.wait(5)
        caller.settimeout(5)
        caller.sendall(b"250 OK\r\n")
        heard.append(caller.recv(1000))
        has_ended.set()

    with scripted_server(script) as port:
        use_server(settings, port, seconds=0.3)
        failure = _failure()
        may_go_on.set()
        has_ended.wait(1)

    assert not failure.is_unknown
    assert not any(b"DATA" in each.upper() for each in heard)


def test_other_backends_of_django_are_respected(settings: Settings) -> None:
    """Harm: a developer's console, or a provider's own backend, is passed over."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    send_once("email", PAGE)

    assert [each.subject for each in mail.outbox] == [PAGE.title]


@pytest.mark.parametrize("error", [smtplib.SMTPAuthenticationError(535, b"no"), TimeoutError()])
def test_failure_names_neither_address_nor_link(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    """Harm: the key to a decision stands in the log of a mail failure."""

    def refuse(*_: object) -> int:
        raise error

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)

    failure = _failure()

    assert PAGE.url not in str(failure)
    assert PAGE.address not in str(failure)
    assert failure.permanent is isinstance(error, smtplib.SMTPAuthenticationError)
