"""Code reds: raise, read, be on it, hand over, stand down."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from crisis.access import ways_to_see
from crisis.api import incoming, outgoing, references
from crisis.api.endpoint import READ, Endpoint, written, written_part
from crisis.api.keyset import Window, part, part_of
from crisis.api.problems import FieldError, Problem
from crisis.api.schema import tells, told
from crisis.api.shown import raised_of, report_of
from crisis.operations.incident import (
    Storm,
    acknowledge,
    hand_over_paging,
    raise_incident,
    stand_down,
)
from escalation.models import ApiKey, Person

IDEMPOTENCY_KEY = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,120}")

RAISE_EXAMPLE = OpenApiExample(
    "A code red",
    request_only=True,
    value={
        "question": "Is he one of yours? What are you going to do about it?",
        "post_url": "https://x.com/priya_walks/status/1",
        "author": "@priya_walks",
        "channel": 1,
        "playbook": "VOL-01",
        "is_drill": False,
    },
)
KEY_PARAMETER = OpenApiParameter(
    IDEMPOTENCY_KEY,
    {"type": "string", "pattern": "^[!-~]{1,120}$"},
    OpenApiParameter.HEADER,
    description="Send the same key and body again, and no second code red is raised.",
)
REPLAYED = told("Idempotency-Replayed", "true: this key had raised it before.", str, 201)
LOCATION = told("Location", "Where the code red is.", str, 201)


class Incidents(Endpoint):
    scopes: ClassVar = {"GET": READ, "HEAD": READ, "POST": ApiKey.Scope.RAISE}
    is_urgent = True

    @tells(
        "list_incidents",
        "The code reds that you may see, the newest first",
        part(outgoing.IncidentBriefOut),
        asked=[incoming.IncidentWindow],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(incoming.IncidentWindow)
        wanted = Q()
        if "status" in asked:
            wanted &= Q(status=asked["status"])
        if "raised_since" in asked:
            wanted &= Q(raised_at__gte=asked["raised_since"])
        ways = [way.filter(wanted).select_related("raised_by") for way in ways_to_see(self.person)]
        found = part_of(ways, request, asked, "number", newest=True)
        return written_part(outgoing.IncidentBriefOut, found)

    @tells(
        "raise_incident",
        "Raise a code red",
        outgoing.RaisedOut,
        status=201,
        given=incoming.RaiseIn,
        asked=[KEY_PARAMETER, REPLAYED, LOCATION],
        problems=["not_an_officer", "unknown_reference", "no_chain", "key_reused"],
        examples=[RAISE_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        key = idempotency_key(request)
        storm = storm_of(self.given(incoming.RaiseIn))
        raised = raise_incident(storm=storm, by=self.person, key=key, now=self.now)
        url = reverse("api:incident", args=[raised.incident.number])
        headers = {"Location": url}
        if raised.is_repeat:
            headers["Idempotency-Replayed"] = "true"
        return written(outgoing.RaisedOut, raised_of(raised.incident, url), 201, headers)


def idempotency_key(request: Request) -> str:
    """Read the key, empty where none was sent. Raises Problem for one that is not a key."""
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is not None and not _KEY.fullmatch(key):
        detail = str(_("Send 1 to 120 printable ASCII characters without spaces."))
        raise Problem("invalid", errors=[FieldError(IDEMPOTENCY_KEY, "invalid", detail)])
    return key or ""


def storm_of(given: dict[str, Any]) -> Storm:
    channel = references.channel_in_use(given.pop("channel", None))
    playbook = references.playbook_offered(given.pop("playbook", None))
    return Storm(**given, channel=channel, playbook=playbook)


class Incident(Endpoint):
    @tells("read_incident", "A code red as it stands", outgoing.IncidentOut)
    def get(self, request: Request, number: int) -> Response:
        return written(outgoing.IncidentOut, self.incident_for(number))


class Timeline(Endpoint):
    @tells(
        "read_timeline",
        "The events of a code red, from the first on",
        part(outgoing.EventOut),
        asked=[Window],
    )
    def get(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        rows = incident.timeline.events.select_related("by")
        found = part_of(rows, request, self.asked(Window), "sequence")
        return written_part(outgoing.EventOut, found)


class Acknowledge(Endpoint):
    scopes: ClassVar = {"POST": ApiKey.Scope.DECIDE}
    is_urgent = True

    @tells(
        "acknowledge_incident",
        "Say “I’m on it”: holds the chain for the grace time, stops nothing",
        outgoing.IncidentOut,
        given=incoming.NothingIn,
        problems=["closed", "not_paging", "not_on_the_chain"],
    )
    def post(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        self.given(incoming.NothingIn)
        acknowledge(incident=incident, by=self.person, now=self.now)
        return written(outgoing.IncidentOut, self.incident_for(number))


class HandOver(Endpoint):
    scopes: ClassVar = {"POST": ApiKey.Scope.DECIDE}
    is_urgent = True

    @tells(
        "hand_over_incident",
        "Page somebody else at once, before there is an answer to sign",
        outgoing.PagedOut,
        given=incoming.HandOverIn,
        problems=["closed", "not_paging", "cannot_be_reached", "unknown_reference"],
    )
    def post(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        to = references.person_named(self.given(incoming.HandOverIn).get("to"))
        paged = hand_over_paging(incident=incident, by=self.person, to=to, now=self.now)
        people = Person.objects.filter(pk__in=paged).order_by("pk")
        return written(outgoing.PagedOut, {"paged": people})


class StandDown(Endpoint):
    scopes: ClassVar = {"POST": ApiKey.Scope.RAISE}

    @tells(
        "stand_down_incident",
        "Close a code red to writing, silence its clocks, tell everyone",
        outgoing.IncidentOut,
        given=incoming.StandDownIn,
        problems=["closed", "not_yours"],
    )
    def post(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        given = self.given(incoming.StandDownIn)
        stand_down(incident=incident, by=self.person, now=self.now, **given)
        return written(outgoing.IncidentOut, self.incident_for(number))


class Report(Endpoint):
    @tells(
        "read_report", "The figures, the people, and whether the evidence holds", outgoing.ReportOut
    )
    def get(self, request: Request, number: int) -> Response:
        return written(outgoing.ReportOut, report_of(self.incident_for(number)))
