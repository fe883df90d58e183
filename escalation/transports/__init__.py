"""The ways to reach a person, by kind of contact method."""

from escalation.transports.base import Line, Message, Receipt, Transport, TransportError
from escalation.transports.email import EmailTransport
from escalation.transports.tray import TrayTransport
from escalation.transports.webhook import WebhookTransport

__all__ = ["TRANSPORTS", "Line", "Message", "Receipt", "Transport", "TransportError", "transport"]

TRANSPORTS: dict[str, Transport] = {
    each.kind: each for each in (EmailTransport(), WebhookTransport(), TrayTransport())
}


def transport(kind: str) -> Transport:
    """Give the transport of a kind. Raises a permanent TransportError for one there is not."""
    if kind not in TRANSPORTS:
        raise TransportError("There is no such way to page anybody here.", permanent=True)
    return TRANSPORTS[kind]
