"""What a browser complains of while nobody looks: each is a fault that somebody meets."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

CLIENT_ERROR, SERVER_ERROR = 400, 500
STATUS_AGAIN = "Failed to load resource"
"""The console repeats the status of every answer; the answers themselves tell it better."""
LEFT = "net::ERR_ABORTED"
"""What was under way when somebody went on to the next page."""


class Watch:
    """Listens to every page of one device; breaches of the content policy reach the console."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        context.on("console", self._said)
        context.on("weberror", self._broke)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and STATUS_AGAIN not in message.text:
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _broke(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.complaints.append(f"request: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        """A page may refuse what was pressed; whatever it is made of has to be there."""
        request = response.request
        # What a service worker asks for is a page's, as far as the page is told.
        is_page = request.resource_type == "document" or bool(request.service_worker)
        may_refuse = is_page or request.method == "POST"
        if response.status >= (SERVER_ERROR if may_refuse else CLIENT_ERROR):
            self.complaints.append(f"answer: {response.status} {response.url}")
