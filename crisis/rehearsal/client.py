"""The API as a program of one person sees it: JSON in and out, patience, and plain refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import requests

API = "/api/v1"
TIMEOUT_SECONDS = 30.0
PATIENCE_SECONDS = 120.0
"""How long one request is tried again for, all told, when the API says when to come back."""
NOT_NOW = (429, 503)

Json = dict[str, Any]


class NotThere(Exception):
    """Nothing answers at the address, or something that is not CodeRed; says what to start."""


class Refused(Exception):
    """The API said no. `code` is one of its catalogue, `body` what stands in the way."""

    def __init__(self, asked: str, status: int, body: Json) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.body = body
        told = f"{body.get('title', '')}: {body.get('detail', '')}".strip(": ")
        fields = [f"{each['field']}: {each['detail']}" for each in body.get("errors", [])]
        super().__init__(" ".join([f"{asked}: {status} {self.code}. {told}", *fields]))


class Client:
    """Calls with one person's key. `wait` is how it passes the time when it is told to wait."""

    def __init__(self, url: str, key: str, wait: Callable[[float], None]) -> None:
        self._url = url.rstrip("/")
        self._wait = wait
        self._session = requests.Session()
        # A proxy of the surroundings knows nothing of this machine.
        self._session.trust_env = False
        self._session.headers["Accept"] = "application/json"
        # People pause. A connection that is kept meanwhile is closed under the next request, which
        # then fails without anybody knowing whether it was read.
        self._session.headers["Connection"] = "close"
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def get(self, path: str, **asked: Any) -> Json:
        return self._body("GET", path, params=asked)

    def post(self, path: str, body: Json | None = None) -> Json:
        return self._body("POST", path, json=body or {})

    def put(self, path: str, body: Json) -> Json:
        return self._body("PUT", path, json=body)

    def raise_once(self, body: Json, key: str) -> tuple[Json, bool]:
        """Raise a code red under an Idempotency-Key; True when the key had raised it before."""
        headers = {"Idempotency-Key": key}
        answer = self._answer("POST", "/incidents", json=body, headers=headers)
        return answer.json(), answer.headers.get("Idempotency-Replayed") == "true"

    def rows(self, path: str, **asked: Any) -> Iterator[Json]:
        """Give every row of a list, part by part."""
        found = self.get(path, limit=200, **asked)
        yield from found["results"]
        while found["next"]:
            found = self.get(found["next"].removeprefix(API))
            yield from found["results"]

    def _body(self, method: str, path: str, **sent: Any) -> Json:
        body: Json = self._answer(method, path, **sent).json()
        return body

    def _answer(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Ask, again and again while the API says when to. Raises Refused or NotThere."""
        patience = PATIENCE_SECONDS
        while True:
            answer = self._sent(method, path, sent)
            pause = retry_after(answer)
            if answer.status_code not in NOT_NOW or pause is None or pause > patience:
                break
            patience -= pause
            self._wait(pause)
        if not answer.ok:
            raise Refused(f"{method} {path}", answer.status_code, self._understood(answer))
        self._understood(answer)
        return answer

    def _sent(self, method: str, path: str, sent: Json) -> requests.Response:
        try:
            return self._session.request(
                method,
                f"{self._url}{API}{path}",
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                **sent,
            )
        except requests.Timeout as error:
            raise NotThere(
                f"{self._url} took longer than {TIMEOUT_SECONDS:.0f} seconds to answer {method}"
                f" {path}. See health/ready, or play slower."
            ) from error
        except requests.RequestException as error:
            raise NotThere(
                f"Nothing answers at {self._url}. Start CodeRed first (make run), or say where it"
                " is with --url."
            ) from error

    def _understood(self, answer: requests.Response) -> Json:
        """Read the body. Raises NotThere for what CodeRed would never answer."""
        try:
            body = answer.json()
        except requests.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            raise NotThere(
                f"Something answers at {self._url}, and it is not CodeRed. Start CodeRed (make"
                " run), or say where it is with --url."
            )
        return body


def retry_after(answer: requests.Response) -> float | None:
    """Tell after how many seconds to come back; None where the answer does not say."""
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None
