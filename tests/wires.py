"""Transports for tests: the real ones used once, and one that does as it is told."""

import asyncio
from typing import Self

from escalation.transports import Message, Receipt, TransportError, transport


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
