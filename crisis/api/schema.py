"""The contract: every operation with everything that it can answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from crisis.api.catalogue import CATALOGUE
from crisis.api.fields import Strict
from crisis.api.problem_schema import PROBLEM
from crisis.api.problems import MEDIA_TYPE

EXTENSION = "x-problems"
_ALWAYS = ("bad_character", "not_acceptable", "server_error", "unavailable")
_SIGNED_IN = ("not_authenticated", "bad_key", "scope", "too_many_requests")
_CHANGE = (
    "csrf",
    "invalid",
    "malformed",
    "length_required",
    "too_large",
    "unsupported_media_type",
)
_HEADERS = {
    401: ("WWW-Authenticate", "string", "What to send."),
    429: ("Retry-After", "integer", "Seconds to wait."),
}


def tells(
    operation_id: str,
    summary: str,
    outcome: Any,
    *,
    status: int = 200,
    given: type[Strict] | None = None,
    asked: Sequence[Any] = (),
    problems: Sequence[str] = (),
    examples: Sequence[OpenApiExample] = (),
) -> Callable[[Any], Any]:
    """Describe one operation; `problems` are the codes of its own refusals."""
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        request=given,
        responses={status: OpenApiResponse(outcome, description=summary)},
        parameters=list(asked),
        examples=list(examples),
        extensions={EXTENSION: list(problems)},
    )


def told(name: str, about: str, kind: type, status: int) -> OpenApiParameter:
    """Describe a header of an answer."""
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, description=about, response=[status]
    )


class Contract(AutoSchema):
    """Names components by what they are, and groups operations by what they are about."""

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        name: str = type(serializer).__name__
        return name.removesuffix("Out") if name.endswith("Out") else f"{name}put"

    def get_description(self) -> str:  # type: ignore[override]
        return ""

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part and "{" not in part]
        return [parts[2]]


def add_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Give every operation the problems that it can end in."""
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            codes = codes_of(path, method, operation)
            operation["responses"] |= responses_of(codes)
            operation[EXTENSION] = sorted(codes)
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    without_enum_ids(result["components"])
    without_enum_ids(result["paths"])
    return result


def codes_of(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    """Collect an operation's codes: its own, and those that come with what it is."""
    codes = {*operation.get(EXTENSION, ()), *_ALWAYS}
    is_signed_in = any(operation.get("security", [{}]))
    if is_signed_in:
        codes |= {*_SIGNED_IN}
        codes |= {*_CHANGE} if method != "get" else set()
    if any(each["in"] == "query" for each in operation.get("parameters", ())):
        codes.add("invalid")
    if "{" in path:
        codes.add("not_found")
    return codes


def responses_of(codes: set[str]) -> dict[str, Any]:
    """Write the codes down by status."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in sorted(codes):
        by_status[CATALOGUE[code].status].append(code)
    return {str(status): _response(status, by_status[status]) for status in sorted(by_status)}


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": ", ".join(codes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        name, kind, about = _HEADERS[status]
        response["headers"] = {name: {"schema": {"type": kind}, "description": about}}
    return response


def without_enum_ids(node: Any) -> None:
    """Take out the generator's private marks on choices."""
    if isinstance(node, dict):
        node.pop("x-spec-enum-id", None)
        for inner in node.values():
            without_enum_ids(inner)
    elif isinstance(node, list):
        for inner in node:
            without_enum_ids(inner)
