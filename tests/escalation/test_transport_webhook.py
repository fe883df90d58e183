"""Pages by webhook, against a real receiver on this machine."""

import json
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pytest_django import Settings
from standardwebhooks import Webhook

from escalation.transports import Message, TransportError, web
from tests.wires import send_once

pytestmark = pytest.mark.enable_socket

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
PAGE = Message(
    key="0b1f3a52-7f2e-4c52-9a57-2f1d1a0f9c11",
    address="",
    secret=SECRET,
    person_name="Anna Reed",
    title="Code red: decide by 21:19",
    text='CODE RED 27. Answer due 21:19. "Why?" Decide: https://hs.example/r/7Kq2',
    url="https://hs.example/r/7Kq2",
    is_repeat=False,
    sent_at=datetime(2026, 11, 14, 12, 0, tzinfo=UTC),
)


class Receiver:
    """Hears pages, and answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b"{}"
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.port = 0

    def page(self, **changes: Any) -> Message:
        return replace(PAGE, address=f"http://127.0.0.1:{self.port}/page?team=1", **changes)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append((self.path, headers, body))
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    return Handler


@contextmanager
def _serving(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    receiver = Receiver()
    with _serving(receiver):
        settings.CODERED_SEND_TIMEOUT_SECONDS = 5
        settings.CODERED_WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{receiver.port}"]
        yield receiver


@contextmanager
def _scripted(
    settings: Settings, script: Callable[[socket.socket, Event], None], seconds: float = 0.3
) -> Iterator[Message]:
    """Page a server that does to its caller what the script says, until `over` is set."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.CODERED_SEND_TIMEOUT_SECONDS = seconds
        settings.CODERED_WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{port}"]
        thread = Thread(target=_answer_one, args=(server, script, over), daemon=True)
        thread.start()
        yield replace(PAGE, address=f"http://127.0.0.1:{port}/")
        over.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _answer_one(
    server: socket.socket, script: Callable[[socket.socket, Event], None], over: Event
) -> None:
    try:
        caller, _ = server.accept()
    except OSError:
        return
    with caller:
        try:
            script(caller, over)
        except OSError:
            return


def _failure(page: Message) -> TransportError:
    with pytest.raises(TransportError) as caught:
        send_once("webhook", page)
    return caught.value


def test_page_verifies_with_the_receivers_library(receiver: Receiver) -> None:
    """Harm: a receiver cannot tell our page from anybody else's."""
    page = receiver.page(sent_at=datetime.now(UTC))

    receipt = send_once("webhook", page)

    ((path, headers, body),) = receiver.heard
    heard = Webhook(SECRET).verify(body, headers)
    assert path == "/page?team=1"
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert heard["type"] == "page"
    assert heard["data"] == {
        "key": PAGE.key,
        "person": PAGE.person_name,
        "title": PAGE.title,
        "text": PAGE.text,
        "url": PAGE.url,
        "is_repeat": False,
        "is_restricted": False,
    }
    assert not receipt.is_delivered


def test_page_of_another_zone_is_stamped_in_utc(receiver: Receiver) -> None:
    """Harm: a receiver drops the page as an old one, by the hours of the zone."""
    summer = timezone(timedelta(hours=2))

    send_once("webhook", receiver.page(sent_at=PAGE.sent_at.astimezone(summer)))
    send_once("webhook", receiver.page())

    (_, there, first), (_, here, second) = receiver.heard
    assert there["webhook-timestamp"] == here["webhook-timestamp"] == "1794657600"
    assert there["webhook-signature"] == here["webhook-signature"]
    assert first == second


def test_repeat_has_the_same_id_and_says_so(receiver: Receiver) -> None:
    """Harm: a page that was sent twice looks like two code reds."""
    send_once("webhook", receiver.page())
    send_once("webhook", receiver.page(is_repeat=True))

    (_, first, _), (_, second, body) = receiver.heard
    assert first["webhook-id"] == second["webhook-id"] == PAGE.key
    assert json.loads(body)["data"]["is_repeat"] is True


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base 64!"])
def test_webhook_without_a_working_secret_is_not_called(receiver: Receiver, secret: str) -> None:
    """Harm: an unsigned page teaches a receiver to take anything."""
    failure = _failure(receiver.page(secret=secret))

    assert failure.permanent
    assert not receiver.heard


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_yes_is_a_yes(receiver: Receiver, status: int) -> None:
    """Harm: a page that was taken is sent again."""
    receiver.status, receiver.body = status, b""

    send_once("webhook", receiver.page())

    assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    ("status", "is_permanent"),
    [
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (410, True),
        (413, True),
        (422, True),
        (408, False),
        (425, False),
        (429, False),
        (500, False),
        (502, False),
        (503, False),
        (504, False),
    ],
)
def test_refusal_is_permanent_unless_it_may_pass(
    receiver: Receiver, status: int, is_permanent: bool
) -> None:
    """Harm: seconds go into a dead webhook, or a hiccup ends it."""
    receiver.status = status

    failure = _failure(receiver.page())

    assert failure.permanent is is_permanent
    assert not failure.is_unknown
    assert failure.retry_after_seconds is None
    assert str(status) in str(failure)
    assert "127.0.0.1" not in str(failure)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    """Harm: a checked address sends us on to one that is not."""
    receiver.status = status
    receiver.headers = {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}

    failure = _failure(receiver.page())

    assert failure.permanent
    assert [path for path, _, _ in receiver.heard] == ["/page?team=1"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("3600", 3600),
        (format_datetime(PAGE.sent_at + timedelta(seconds=8), usegmt=True), 8),
        (format_datetime(PAGE.sent_at - timedelta(hours=1), usegmt=True), 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("Sat, 99999999999999999999 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(
    receiver: Receiver, status: int, asked: str, seconds: float | None
) -> None:
    """Harm: a busy receiver is hit again at once, or a strange header stops the sender."""
    receiver.status, receiver.headers = status, {"Retry-After": asked}

    failure = _failure(receiver.page())

    assert failure.retry_after_seconds == seconds
    assert not failure.permanent


def test_huge_body_costs_nothing(receiver: Receiver) -> None:
    """Harm: a receiver fills our memory with its answer."""
    receiver.body = b"x" * 50_000_000
    started = time.monotonic()

    send_once("webhook", receiver.page())

    assert time.monotonic() - started < 2


def test_body_that_never_ends_does_not_undo_the_yes(settings: Settings) -> None:
    """Harm: a page that was taken counts as unknown and is sent again."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        over.wait(5)

    with _scripted(settings, script, seconds=5) as page:
        started = time.monotonic()

        send_once("webhook", page)

        assert time.monotonic() - started < 2


def test_black_hole_is_given_up_in_time_as_unknown(settings: Settings) -> None:
    """Harm: one silent receiver holds every other page behind it."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        over.wait(5)

    with _scripted(settings, script) as page:
        started = time.monotonic()

        failure = _failure(page)

        assert time.monotonic() - started < 2
    assert failure.is_unknown
    assert not failure.permanent


def test_receiver_that_drips_headers_is_given_up_and_hung_up_on(settings: Settings) -> None:
    """Harm: a byte now and then restarts the time-out, and each page leaves a thread behind."""
    was_hung_up_on = Event()

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        try:
            while not over.wait(0.02):
                caller.sendall(b"H")
        except OSError:
            was_hung_up_on.set()

    with _scripted(settings, script) as page:
        started = time.monotonic()

        failure = _failure(page)

        assert time.monotonic() - started < 2
        assert was_hung_up_on.wait(5)
    assert failure.is_unknown


def test_reset_after_read_is_unknown(settings: Settings) -> None:
    """Harm: a receiver that crashed after taking the page counts as "not sent"."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with _scripted(settings, script) as page:
        failure = _failure(page)

    assert failure.is_unknown
    assert not failure.permanent


@pytest.mark.parametrize("answer", [b"SMTP 220 hello\r\n\r\n", b"\r\n", b"HTTP/1.1 OK\r\n\r\n"])
def test_answer_that_is_not_http_is_unknown(settings: Settings, answer: bytes) -> None:
    """Harm: something else on that port stops the sender."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        caller.sendall(answer)

    with _scripted(settings, script) as page:
        assert _failure(page).is_unknown


def test_refused_connection_is_temporary(settings: Settings) -> None:
    """Harm: a receiver that restarts loses the pages of that second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.CODERED_SEND_TIMEOUT_SECONDS = 5
    settings.CODERED_WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{port}"]

    failure = _failure(replace(PAGE, address=f"http://127.0.0.1:{port}/"))

    assert not failure.permanent
    assert not failure.is_unknown


def test_hung_name_server_is_given_up_in_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Harm: a name server that says nothing holds the sender for half a minute."""
    over = Event()

    def look_up(*_: object, **__: object) -> None:
        over.wait(5)
        raise socket.gaierror

    settings.CODERED_SEND_TIMEOUT_SECONDS = 0.3
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    started = time.monotonic()

    failure = _failure(replace(PAGE, address="https://hooks.example/"))

    assert time.monotonic() - started < 2
    assert not failure.permanent
    assert not failure.is_unknown
    over.set()


def test_proxy_of_the_environment_is_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Harm: the check of the address is made here, and the connection somewhere else."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    send_once("webhook", receiver.page())

    assert len(receiver.heard) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://10.0.0.1/", "nonsense"])
def test_bad_address_is_permanent_and_says_why(settings: Settings, address: str) -> None:
    """Harm: an address that leads inside is called, or tried for ever."""
    settings.CODERED_WEBHOOK_PRIVATE_HOSTS = []

    failure = _failure(replace(PAGE, address=address))

    assert failure.permanent
    assert address not in str(failure)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the name localhost, made for this run."""
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run([*command.split(), *subject, *files], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
def tls_receiver(settings: Settings, certificate: Path) -> Iterator[tuple[Receiver, list[str]]]:
    """A receiver behind TLS, and the names that it was asked for."""
    names: list[str] = []
    receiver = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _, name, __: names.append(name or "")
    with _serving(receiver, context):
        hosts = [f"{host}:{receiver.port}" for host in ("localhost", "127.0.0.1")]
        settings.CODERED_WEBHOOK_PRIVATE_HOSTS = hosts
        settings.CODERED_SEND_TIMEOUT_SECONDS = 5
        yield receiver, names


def test_certificate_is_checked_against_the_name(
    tls_receiver: tuple[Receiver, list[str]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Harm: dialling the checked address loses the name, and with it what the name proves."""
    receiver, names = tls_receiver
    trusting = ssl.create_default_context(cafile=str(certificate.with_suffix(".crt")))
    monkeypatch.setattr(web, "_trust", lambda: trusting)

    send_once("webhook", replace(PAGE, address=f"https://localhost:{receiver.port}/"))
    failure = _failure(replace(PAGE, address=f"https://127.0.0.1:{receiver.port}/"))

    ((_, headers, _),) = receiver.heard
    assert headers["host"] == f"localhost:{receiver.port}"
    assert "localhost" in names
    assert failure.permanent


def test_certificate_of_nobody_is_permanent(tls_receiver: tuple[Receiver, list[str]]) -> None:
    """Harm: a page, with its link, is handed to whoever sits in between."""
    receiver, _ = tls_receiver

    failure = _failure(replace(PAGE, address=f"https://localhost:{receiver.port}/"))

    assert failure.permanent
    assert not failure.is_unknown
    assert not receiver.heard
