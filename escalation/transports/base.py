"""What a transport is asked to carry, what it answers, and how it fails."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One page, ready to go: plain values, so that a transport knows no model."""

    key: str
    """The same on every send of this page, so that the far end can tell a repeat."""
    address: str
    secret: str
    """Signs what goes to this contact method, where its transport signs; else empty."""
    person_name: str
    title: str
    text: str
    url: str
    """The signed link of this person and run; empty where nothing is left to open."""
    is_repeat: bool
    """The page may have arrived before."""
    sent_at: datetime
    is_restricted: bool = False
    """Lock screens may show it: nothing of the question is in the title or the text."""


@dataclass(frozen=True)
class Receipt:
    """The provider's yes. `is_delivered` is arrival at the person's side, not acceptance."""

    provider_id: str = ""
    is_delivered: bool = False


class TransportError(Exception):
    """A page was not taken. The message names no address and no link: it is shown and logged.

    `permanent`: another try is useless. `is_unknown`: it may have arrived all the same.
    `is_silent`: nobody answered at all. `is_local`: nobody was asked, so it says nothing of them.
    """

    def __init__(
        self,
        message: str,
        permanent: bool = False,
        retry_after_seconds: float | None = None,
        is_unknown: bool = False,
        is_silent: bool = False,
        is_local: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds
        self.is_unknown = is_unknown
        self.is_silent = is_silent or is_unknown
        self.is_local = is_local


class Line(Protocol):
    """What one provider's pages go through. It belongs to the event loop that it was made in."""

    async def send(self, message: Message) -> Receipt:
        """Hand one page to the provider, within the send time-out, whoever is slow.

        Raises TransportError, and nothing else by intent.
        """
        ...

    async def close(self) -> None:
        """Let go of what is open; nothing is being sent any more."""
        ...


class Transport(Protocol):
    """One way to reach a person."""

    kind: str
    most_at_once: int
    """How many pages one line carries at the same time."""

    def provider(self, address: str) -> str:
        """Name whoever carries pages to an address: what is slow there must delay nobody else."""
        ...

    def connect(self) -> Line:
        """Make a line for one provider, within the running event loop."""
        ...
