"""Transports for tests: the real ones used once, and others that do as they are told."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Self

from escalation.transports import Message, Receipt, TransportError, transport

Script = Callable[[socket.socket, Event], None]
"""What a server does to one caller; the event is set when the test is over."""


def send_once(kind: str, message: Message) -> Receipt:
    """Send one message by a real transport, over a line of its own."""

    async def send() -> Receipt:
        line = transport(kind).connect()
        try:
            return await line.send(message)
        finally:
            await line.close()

    return asyncio.run(send())


class Wire:
    """A transport that does as it is told and remembers what it was given."""

    kind = "tray"
    most_at_once = 50

    def __init__(self, *outcomes: Receipt | TransportError) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[Message] = []

    def provider(self, address: str) -> str:
        return self.kind

    def connect(self) -> Self:
        return self

    async def send(self, message: Message) -> Receipt:
        self.sent.append(message)
        outcome = self.outcomes.pop(0) if self.outcomes else Receipt()
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome

    async def close(self) -> None:
        return


@contextmanager
def scripted_server(script: Script) -> Iterator[int]:
    """Run a server that does to each caller what the script says, and give its port."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_serve, args=(server, script, over), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(server: socket.socket, script: Script, over: Event) -> None:
    while True:
        try:
            caller, _ = server.accept()
        except OSError:
            return
        with caller:
            try:
                script(caller, over)
            except OSError:
                continue
