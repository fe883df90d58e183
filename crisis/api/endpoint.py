"""What every endpoint shares: who asks, when, about which code red; strict reading of bodies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from crisis.access import answer_for, fact_for, incident_for
from crisis.api.fields import Asked, Strict
from crisis.api.keyset import Part
from crisis.api.moment import moment_of
from crisis.models import Answer, Fact, Incident
from escalation.models import ApiKey, Person

READ = ApiKey.Scope.READ


class Endpoint(APIView):
    """A view that reads a body or a query, calls one operation or query, and writes the outcome."""

    http_method_names = ("get", "head", "post", "put")
    scopes: ClassVar[Mapping[str, str]] = {"GET": READ, "HEAD": READ}
    is_urgent: ClassVar[bool] = False
    incident: Incident | None = None

    @property
    def person(self) -> Person:
        return cast(Person, self.request.user)

    @property
    def now(self) -> datetime:
        return moment_of(self.request)

    def given(self, kind: type[Strict]) -> dict[str, Any]:
        """Read the body."""
        return checked(kind(data=self.request.data))

    def asked(self, kind: type[Asked]) -> dict[str, Any]:
        """Read the query string."""
        return checked(kind.of(self.request.query_params))

    def incident_for(self, number: int) -> Incident:
        self.incident = incident_for(self.person, number)
        return self.incident

    def answer_for(self, pk: int) -> Answer:
        answer = answer_for(self.person, pk)
        self.incident = answer.incident
        return answer

    def fact_for(self, pk: int) -> Fact:
        fact = fact_for(self.person, pk)
        self.incident = fact.incident
        return fact


def checked(given: serializers.Serializer[Any]) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def written(
    kind: type[serializers.Serializer[Any]],
    value: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(kind(value).data, status=status, headers=headers)


def written_part(kind: type[serializers.Serializer[Any]], part: Part) -> Response:
    return Response({"results": kind(part.results, many=True).data, "next": part.next})
