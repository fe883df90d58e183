"""Long lists, a part at a time: after the last row that was seen, never by counting rows off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from crisis.api.fields import Asked, AskedWhole

DEFAULT_ROWS = 50
MOST_ROWS = 200


class Window(Asked):
    """Which part of a list."""

    after = AskedWhole(
        least=0, required=False, help_text="The key of the last row you have; `next` carries it."
    )
    limit = AskedWhole(most=MOST_ROWS, default=DEFAULT_ROWS, help_text="Rows in one part.")


@dataclass(frozen=True)
class Part:
    """Some rows, and the address of those that follow."""

    results: Sequence[Any]
    next: str | None


def part_of(
    rows: QuerySet[Any] | Sequence[QuerySet[Any]],
    request: Request,
    asked: dict[str, Any],
    key: str,
    *,
    newest: bool = False,
) -> Part:
    """Take the rows after the key that was asked for, in the order of the key.

    Several lists are taken as one. One row more than asked for is read of each, to know whether
    any follow.
    """
    limit, after = asked["limit"], asked.get("after")
    found: dict[Any, Any] = {}
    for each in [rows] if isinstance(rows, QuerySet) else rows:
        following = each.order_by(f"-{key}" if newest else key)
        if after is not None:
            following = following.filter(**{f"{key}__{'lt' if newest else 'gt'}": after})
        found |= {row.pk: row for row in following[: limit + 1]}
    return _cut(sorted(found.values(), key=attrgetter(key), reverse=newest), request, limit, key)


def _cut(found: list[Any], request: Request, limit: int, key: str) -> Part:
    if len(found) <= limit:
        return Part(found, None)
    last = getattr(found[limit - 1], key)
    query = request.query_params.dict() | {"after": str(last)}
    return Part(found[:limit], f"{request.path}?{urlencode(query)}")


def part(row: type[serializers.BaseSerializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Make the serializer of a part of a list of `row`."""
    fields = {
        "results": row(many=True),
        "next": serializers.CharField(allow_null=True, help_text="Where the list goes on."),
    }
    name = row.__name__.removesuffix("Out")
    return type(f"{name}PartOut", (serializers.Serializer,), fields)
