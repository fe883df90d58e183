"""A receiver of webhooks on this machine, which answers as it is told."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

import pytest
from pytest_django import Settings

from escalation.transports import Message, TransportError
from tests.wires import Script, scripted_server, send_once

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
        self.has_heard = Condition()

    def wait_for(self, many: int) -> None:
        """Wait until so many have come."""
        with self.has_heard:
            assert self.has_heard.wait_for(lambda: len(self.heard) >= many, timeout=10)

    def page(self, **changes: Any) -> Message:
        return replace(PAGE, address=f"http://127.0.0.1:{self.port}/page?team=1", **changes)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.has_heard:
                receiver.heard.append((self.path, headers, body))
                receiver.has_heard.notify_all()
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    return Handler


@contextmanager
def serving(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[None]:
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


@contextmanager
def scripted(settings: Settings, script: Script, seconds: float = 0.3) -> Iterator[Message]:
    """Give a page for a server that does to its caller what the script says."""
    with scripted_server(script) as port:
        settings.CODERED_SEND_TIMEOUT_SECONDS = seconds
        settings.CODERED_WEBHOOK_PRIVATE_HOSTS = [f"127.0.0.1:{port}"]
        yield replace(PAGE, address=f"http://127.0.0.1:{port}/")


def failure_of(page: Message) -> TransportError:
    with pytest.raises(TransportError) as caught:
        send_once("webhook", page)
    return caught.value
