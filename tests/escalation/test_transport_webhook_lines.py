"""Pages by webhook where the line is bad, or leads to somebody else."""

import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from pytest_django import Settings

from escalation.transports import web
from tests.receiver import PAGE, Receiver, failure_of, scripted, serving
from tests.wires import send_once

pytestmark = pytest.mark.enable_socket


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

    with scripted(settings, script, seconds=5) as page:
        started = time.monotonic()

        send_once("webhook", page)

        assert time.monotonic() - started < 2


def test_black_hole_is_given_up_in_time_as_unknown(settings: Settings) -> None:
    """Harm: one silent receiver holds every other page behind it."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        over.wait(5)

    with scripted(settings, script) as page:
        started = time.monotonic()

        failure = failure_of(page)

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

    with scripted(settings, script) as page:
        started = time.monotonic()

        failure = failure_of(page)

        assert time.monotonic() - started < 2
        assert was_hung_up_on.wait(5)
    assert failure.is_unknown


def test_reset_after_read_is_unknown(settings: Settings) -> None:
    """Harm: a receiver that crashed after taking the page counts as "not sent"."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with scripted(settings, script) as page:
        failure = failure_of(page)

    assert failure.is_unknown
    assert not failure.permanent


@pytest.mark.parametrize("answer", [b"SMTP 220 hello\r\n\r\n", b"\r\n", b"HTTP/1.1 OK\r\n\r\n"])
def test_answer_that_is_not_http_is_unknown(settings: Settings, answer: bytes) -> None:
    """Harm: something else on that port stops the sender."""

    def script(caller: socket.socket, over: Event) -> None:
        caller.recv(65536)
        caller.sendall(answer)

    with scripted(settings, script) as page:
        assert failure_of(page).is_unknown


def test_refused_connection_is_temporary(settings: Settings) -> None:
    """Harm: a receiver that restarts loses the pages of that second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.CODERED_SEND_TIMEOUT_SECONDS = 5
    settings.CODERED_WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{port}"]

    failure = failure_of(replace(PAGE, address=f"http://127.0.0.1:{port}/"))

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

    failure = failure_of(replace(PAGE, address="https://hooks.example/"))

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

    failure = failure_of(replace(PAGE, address=address))

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
    with serving(receiver, context):
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
    failure = failure_of(replace(PAGE, address=f"https://127.0.0.1:{receiver.port}/"))

    ((_, headers, _),) = receiver.heard
    assert headers["host"] == f"localhost:{receiver.port}"
    assert "localhost" in names
    assert failure.permanent


def test_certificate_of_nobody_is_permanent(tls_receiver: tuple[Receiver, list[str]]) -> None:
    """Harm: a page, with its link, is handed to whoever sits in between."""
    receiver, _ = tls_receiver

    failure = failure_of(replace(PAGE, address=f"https://localhost:{receiver.port}/"))

    assert failure.permanent
    assert not failure.is_unknown
    assert not receiver.heard
