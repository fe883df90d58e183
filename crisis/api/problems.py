"""What goes wrong, said to a program: one shape (RFC 9457), one code, and never a page of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from rest_framework import exceptions
from rest_framework.request import Request

from crisis.api.catalogue import CATALOGUE

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""When to come back after the database was away: by then it has restarted, or it will not."""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `field` is a path such as values.time."""

    field: str
    code: str
    detail: str


class Problem(Exception):
    """An answer that is not what was asked for. Its code is in the catalogue.

    `more` are members beside the standard ones: what is there now, who was first.
    """

    def __init__(
        self,
        code: str,
        detail: str | Promise = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.entry = CATALOGUE[code]
        self.detail = str(detail or self.entry.detail)
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    @property
    def status(self) -> int:
        return self.entry.status

    def body(self, request: HttpRequest | Request) -> dict[str, Any]:
        return {
            "type": f"/api/v1/problems#{self.code}",
            "title": str(self.entry.title),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": [asdict(error) for error in self.errors],
            "request_id": getattr(request, "request_id", ""),
            **self.more,
        }


def stamp(moment: datetime) -> str:
    """Write a moment as the serializers do."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def unknown(field: str, detail: str | Promise) -> Problem:
    """Refuse a reference to something that is not there, or not where it was looked for."""
    return Problem("unknown_reference", errors=[FieldError(field, "unknown", str(detail))])


def not_together(field: str, code: str, detail: str | Promise) -> Problem:
    """Refuse fields that are right one by one and make no sense side by side."""
    return Problem("not_together", errors=[FieldError(field, code, str(detail))])


_BY_TYPE: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NotAuthenticated, "not_authenticated"),
    (exceptions.AuthenticationFailed, "bad_key"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (PermissionDenied, "forbidden"),
)


def problem_of(exc: Exception) -> Problem | None:
    """Turn what the framework or the database raises into a problem; None for a fault of ours."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return Problem("invalid", errors=list(field_errors(exc.detail)))
    if isinstance(exc, exceptions.Throttled):
        wait = str(int(getattr(exc, "wait", None) or 1))
        return Problem("too_many_requests", headers={"Retry-After": wait})
    if isinstance(exc, exceptions.PermissionDenied):
        is_csrf = str(exc.detail).startswith("CSRF")
        return Problem("csrf" if is_csrf else "forbidden")
    if isinstance(exc, (OperationalError, InterfaceError)):
        return Problem("unavailable", headers={"Retry-After": str(RETRY_SECONDS)})
    code = next((code for kind, code in _BY_TYPE if isinstance(exc, kind)), None)
    return Problem(code, headers=_headers(exc)) if code else None


def _headers(exc: Exception) -> dict[str, str]:
    header = getattr(exc, "auth_header", None)
    return {"WWW-Authenticate": header} if header else {}


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Flatten the framework's nested errors into one list, each with the path of its field."""
    if isinstance(detail, exceptions.ErrorDetail):
        yield FieldError(path, str(detail.code), str(detail))
    elif isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from field_errors(inner, ".".join(part for part in (path, own) if part))
    else:
        for inner in detail:
            yield from field_errors(inner, path)
