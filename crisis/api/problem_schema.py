"""The shape of a problem, for the contract: the standard members, and those that some codes add."""

from __future__ import annotations

from typing import Any

from crisis.api.catalogue import CATALOGUE

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_PERSON = _object(id=_NUMBER, name=_TEXT, title=_TEXT)
_ERROR = _object(field=_TEXT, code=_TEXT, detail=_TEXT)
_CHECK = _object(code=_TEXT, level=_TEXT, title=_TEXT, text=_TEXT)
_PIECE = _object(op={"type": "string", "enum": ["same", "added", "removed"]}, text=_TEXT)

_STANDARD = {
    "type": _TEXT,
    "title": _TEXT,
    "status": _NUMBER,
    "code": {"type": "string", "enum": sorted(CATALOGUE)},
    "detail": _TEXT,
    "errors": _list(_ERROR),
    "request_id": _TEXT,
}
_OF_SOME_CODES = {
    "current": _object(
        version=_NUMBER, sha256=_TEXT, text=_TEXT, written_by=_PERSON, written_at=_MOMENT
    )
    | {"description": "stale_version: the words as they are now."},
    "diff": _list(_PIECE) | {"description": "stale_version: from the version seen to these."},
    "decided": _object(kind=_TEXT, version=_NUMBER, by=_PERSON, at=_MOMENT)
    | {"description": "already_decided: who was first, and when."},
    "answer_status": _TEXT | {"description": "already_decided, not_awaiting_sign_off."},
    "checks": _list(_CHECK) | {"description": "blocked: the checks that say no."},
    "incident": _object(
        number=_NUMBER, status=_TEXT, stood_down_at=_MOMENT | {"nullable": True}, end=_TEXT
    )
    | {"description": "closed: what became of it."},
    "question": _NUMBER | {"description": "already_added: the question that the post is."},
    "fact": _NUMBER | {"description": "already_known: the fact that says the same."},
    "needed": _TEXT | {"description": "scope: what the key would need."},
    "scopes": _list(_TEXT) | {"description": "scope: what the key has."},
    "telephones": _list(_object(name=_TEXT, number=_TEXT))
    | {"description": "too_many_requests: whom to call meanwhile."},
    "database": {
        "type": "boolean",
        "description": "not_ready, promise_broken: whether it can be asked.",
    },
    "clock_age_seconds": {
        "type": "number",
        "nullable": True,
        "description": "not_ready, promise_broken: how long ago the clock passed.",
    },
    "broken": _list(_TEXT) | {"description": "promise_broken: the codes, Q1 to Q4."},
}

PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; titles and details are for people.",
    "properties": _STANDARD | _OF_SOME_CODES,
    "required": list(_STANDARD),
}
