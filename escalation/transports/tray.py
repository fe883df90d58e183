"""The tray: pages that wait in the product itself, for people who have it open."""

from escalation.transports.base import Message, Receipt


class TrayTransport:
    """Delivers by doing nothing: the page's own row is what the tray shows."""

    kind = "tray"

    def send(self, message: Message) -> Receipt:
        return Receipt(is_delivered=True)
