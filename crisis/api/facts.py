"""Facts: what is known of a storm and who says so, what is not known, and what no longer holds."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from crisis.api import incoming, outgoing
from crisis.api.endpoint import READ, Endpoint, written, written_part
from crisis.api.keyset import Window, part, part_of
from crisis.api.schema import tells
from crisis.operations.fact import Learned, add_fact, drop_fact
from escalation.models import ApiKey

ADD_EXAMPLE = OpenApiExample(
    "What is known",
    request_only=True,
    value={
        "text": "He volunteers on Saturdays, and was there on the 14th.",
        "source": "Joy Mensah, volunteering",
    },
)
NOT_KNOWN_EXAMPLE = OpenApiExample(
    "What nobody knows yet",
    request_only=True,
    value={
        "text": "Whether anybody was hurt.",
        "source": "Say that we are finding out. Do not guess.",
        "is_known": False,
    },
)


class Facts(Endpoint):
    scopes: ClassVar = {"GET": READ, "HEAD": READ, "POST": ApiKey.Scope.RAISE}

    @tells(
        "list_facts",
        "What is known and what is not, in the order in which it was added; dropped ones too",
        part(outgoing.FactOut),
        asked=[Window],
    )
    def get(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        rows = incident.facts.select_related("added_by", "dropped_by")
        found = part_of(rows, request, self.asked(Window), "id")
        return written_part(outgoing.FactOut, found)

    @tells(
        "add_fact",
        "Write down what is known and who says so, or that it is not known",
        outgoing.FactOut,
        status=201,
        given=incoming.FactIn,
        problems=["closed", "not_yours", "already_known", "not_together"],
        examples=[ADD_EXAMPLE, NOT_KNOWN_EXAMPLE],
    )
    def post(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        learned = Learned(**self.given(incoming.FactIn))
        fact = add_fact(incident=incident, learned=learned, by=self.person, now=self.now)
        return written(outgoing.FactOut, fact, 201)


class Drop(Endpoint):
    scopes: ClassVar = {"POST": ApiKey.Scope.RAISE}

    @tells(
        "drop_fact",
        "Say that something is not so, or no longer; of what was dropped before nothing changes",
        outgoing.FactOut,
        given=incoming.NothingIn,
        problems=["closed", "not_yours"],
    )
    def post(self, request: Request, pk: int) -> Response:
        fact = self.fact_for(pk)
        self.given(incoming.NothingIn)
        drop_fact(fact=fact, by=self.person, now=self.now)
        return written(outgoing.FactOut, self.fact_for(pk))
