"""The tray: pages that wait in the product itself, for people who have it open."""

from escalation.transports.base import Line, Message, Receipt


class TrayTransport:
    """Delivers by doing nothing: the page's own row is what the tray shows."""

    kind = "tray"
    most_at_once = 50

    def provider(self, address: str) -> str:
        return self.kind

    def connect(self) -> Line:
        return self

    async def send(self, message: Message) -> Receipt:
        return Receipt(is_delivered=True)

    async def close(self) -> None:
        return
