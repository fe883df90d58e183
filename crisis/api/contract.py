"""The contract itself, for programs: what our own parts mean in it, and where it is read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from crisis.api.catalogue import CATALOGUE
from crisis.api.health import Open
from crisis.api.keyset import part
from crisis.api.schema import tells


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "crisis.api.authentication.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key, crk_…; it can do what its owner can, cut to its scopes.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Signed in; a change needs X-CSRFToken. Not read beside a key.",
        }


class StrictSchema(OpenApiSerializerExtension):
    target_class = "crisis.api.fields.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class TextSchema(OpenApiSerializerFieldExtension):
    target_class = "crisis.api.fields.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        described: dict[str, Any] = self.target.described()
        return described


@cache
def contract() -> dict[str, Any]:
    """Write the contract once per process; nothing in it depends on who asks."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


class Schema(Open):
    renderer_classes = (JSONRenderer, OpenApiJsonRenderer)

    @tells("read_schema", "This contract, as OpenAPI 3", OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(contract())


class ProblemKindOut(serializers.Serializer[Any]):
    """One kind of problem."""

    code = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()
    detail = serializers.CharField()


class Problems(Open):
    @tells("list_problems", "Every code that a problem can have", part(ProblemKindOut))
    def get(self, request: Request) -> Response:
        rows = [
            {"code": code, "status": e.status, "title": e.title, "detail": e.detail}
            for code, e in sorted(CATALOGUE.items())
        ]
        shown = ProblemKindOut(rows, many=True).data
        return Response({"results": shown, "next": None})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the contract to people; the one page under /api/, with nothing inline in it."""
    return render(request, "crisis/api/docs.html")
