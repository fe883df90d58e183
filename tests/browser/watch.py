"""What a browser complains of while nobody looks: each is a fault that somebody meets."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

CLIENT_ERROR, SERVER_ERROR = 400, 500
STATUS_AGAIN = "Failed to load resource"
"""The console repeats the status of every answer; the answers themselves tell it better."""
LEFT = "net::ERR_ABORTED"
"""What was under way when somebody went on to the next page."""
GIVEN_UP = "net::ERR_FAILED"
"""What Chromium says where a busy machine does not bring a service worker up in time."""


class Watch:
    """Listens to every page of one device; breaches of the content policy reach the console."""

    def __init__(self, context: BrowserContext) -> None:
        self._found: list[str] = []
        self._given_up: dict[str, str] = {}
        self._came: set[str] = set()
        context.on("console", self._said)
        context.on("weberror", self._broke)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    @property
    def complaints(self) -> list[str]:
        """Tell all that was wrong, but for files that were given up on once and came else."""
        never = [said for url, said in self._given_up.items() if url not in self._came]
        return self._found + never

    def forget(self) -> None:
        self._found.clear()
        self._given_up.clear()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and STATUS_AGAIN not in message.text:
            self._found.append(f"console: {message.text} ({message.location['url']})")

    def _broke(self, error: WebError) -> None:
        self._found.append(f"script: {error.error}")

    def _failed(self, request: Request) -> None:
        said = f"request: {request.url} {request.failure}"
        if request.failure == GIVEN_UP and "/static/" in request.url:
            self._given_up[request.url] = said
        elif request.failure != LEFT:
            self._found.append(said)

    def _answered(self, response: Response) -> None:
        """A page may refuse what was pressed; whatever it is made of has to be there."""
        request = response.request
        if response.ok:
            self._came.add(request.url)
        # What a service worker asks for is a page's, as far as the page is told.
        is_page = request.resource_type == "document" or bool(request.service_worker)
        may_refuse = is_page or request.method == "POST"
        if response.status >= (SERVER_ERROR if may_refuse else CLIENT_ERROR):
            self._found.append(f"answer: {response.status} {response.url}")
