"""The programs that call the API in tests: each with a key of its own, at a moment of the story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.test import Client

from escalation.models import ApiKey, Person
from escalation.operations.keys import create_key
from tests.story import NOON, at

API = "/api/v1"
EVERYTHING = tuple(ApiKey.Scope.values)
PROBLEM = "application/problem+json"


@contextmanager
def clock_at(seconds: float) -> Iterator[None]:
    """Let the doors read a clock that stands still, some seconds after the alarm."""
    with patch("escalation.clock.now", lambda: at(seconds)):
        yield


class Program:
    """Calls the API with a key of one person, and takes errors as answers."""

    def __init__(self, person: Person | None, scopes: Sequence[str] = EVERYTHING) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers: dict[str, str] = {}
        self.seconds = 60.0
        if person:
            self.key, self.text = create_key(
                person=person, name="program", scopes=scopes, expires_at=None, now=NOON
            )
            self.headers["Authorization"] = f"Bearer {self.text}"

    def get(self, path: str, **headers: str) -> Any:
        return self._call("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._call("POST", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._call("PUT", path, body, headers)

    def send(
        self, method: str, path: str, raw: bytes, content_type: str = "application/json"
    ) -> Any:
        """Send bytes as they are."""
        with clock_at(self.seconds):
            return self.client.generic(
                method, f"{API}{path}", raw, content_type=content_type, headers=self.headers
            )

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with clock_at(self.seconds):
            return getattr(self.client, method.lower())(
                f"{API}{path}",
                *([] if body is None else [body]),
                content_type="application/json",
                headers=self.headers | named,
            )


def problem(response: Any) -> tuple[int, str]:
    """Give status and code of a problem, having seen that it has the shape of one."""
    body = response.json()
    assert response.headers["Content-Type"] == PROBLEM, response.content
    assert body["status"] == response.status_code
    assert {"type", "title", "detail", "errors", "request_id"} <= set(body)
    assert body["request_id"] == response.headers["X-Request-ID"]
    return response.status_code, body["code"]


def fields(response: Any) -> dict[str, str]:
    """Give the code of each field that a problem names."""
    return {error["field"]: error["code"] for error in response.json()["errors"]}
