"""JSON, read strictly: small, shallow, every key once, and no character that cannot be kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import BaseParser

from crisis.api.problems import Problem
from crisis.rules.text import bad_characters

MOST_BYTES = 64 * 1024
DEEPEST = 20
MOST_KEYS = 100

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class StrictJSONParser(BaseParser):
    """Refuses what the standard parser lets pass, or lets fall over later."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise Problem("too_large")
        return parse(raw) if raw.strip() else {}


def parse(raw: bytes) -> Any:
    """Read JSON. Raises Problem: malformed, or bad_character."""
    try:
        text = raw.decode("utf-8")
        _refuse_deep(text)
        value = json.loads(text, object_pairs_hook=_Keys(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise Problem("malformed", "The body is not UTF-8.") from None
    except ValueError as error:
        raise Problem("malformed", str(error)) from None
    if _has_bad_character(value):
        raise Problem("bad_character")
    return value


class _Keys:
    """Builds the objects of one document: counts keys, and refuses one that comes twice."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._count += len(pairs)
        if self._count > MOST_KEYS:
            raise Problem("malformed", f"There are more than {MOST_KEYS} keys.")
        found = dict(pairs)
        if len(found) < len(pairs):
            raise Problem("malformed", "A key comes twice in one object.")
        return found


def _refuse_deep(text: str) -> None:
    """Look at the depth before parsing: a parser that recurses dies of it."""
    depth = 0
    for char in _STRING.sub("", text):
        if char in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Problem("malformed", f"It is nested more than {DEEPEST} deep.")
        elif char in "]}":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    raise Problem("malformed", f"{name} is not JSON.")


def _has_bad_character(value: Any) -> bool:
    if isinstance(value, str):
        return bad_characters(value)
    if isinstance(value, dict):
        return any(bad_characters(key) or _has_bad_character(each) for key, each in value.items())
    return isinstance(value, list) and any(_has_bad_character(each) for each in value)
