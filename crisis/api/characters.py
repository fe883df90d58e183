"""Which characters an address may hold, before anybody has parsed it."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from crisis.rules.text import bad_characters

_LINE_END_OR_TAB = re.compile(r"[\t\n\r\x7f-\x9f\u2028\u2029]")
_NOT_DECODED = re.compile(r"%[0-9A-Fa-f]{2}|\ufffd")
"""What a path holds where it was not UTF-8: an escape that stayed, or the sign for a loss."""


def is_plain_line(text: str) -> bool:
    """Say whether a text is one line without control characters."""
    return not bad_characters(text) and _LINE_END_OR_TAB.search(text) is None


def is_plain_address(request: HttpRequest) -> bool:
    """Say whether path and query are UTF-8 without control characters and half surrogate pairs."""
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    try:
        asked = unquote_to_bytes(query).decode("utf-8")
    except UnicodeDecodeError:
        return False
    path = request.path_info
    return is_plain_line(asked) and is_plain_line(path) and _NOT_DECODED.search(path) is None
