"""Streams for pages that are open: each says when to read its page anew."""

from __future__ import annotations

from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from crisis.access import incident_for
from crisis.live import events
from crisis.queries.connection import leave_database
from crisis.views.door import Door, PersonRequest, signed_in
from crisis.views.sign_door import Visit, for_deciders

P = ParamSpec("P")


def or_nothing(view: Door[P]) -> Door[P]:
    """Answer 204 to whoever may not look: a browser takes it for "no stream", and no fault."""

    @wraps(view)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            found = view(request, *args, **kwargs)
        except Http404:
            return HttpResponse(status=204)
        return found if found.streaming else HttpResponse(status=204)

    return answered


@require_GET
@or_nothing
@signed_in
def anything(request: PersonRequest) -> HttpResponseBase:
    """Say to officers and managers when any code red moves that is not restricted."""
    if not (request.user.is_officer or request.user.is_manager):
        return HttpResponse(status=204)
    return _stream(request, None)


@require_GET
@or_nothing
@signed_in
def code_red(request: PersonRequest, number: int) -> HttpResponseBase:
    """Say when one code red moves."""
    return _stream(request, incident_for(request.user, number).timeline_id)


@require_GET
@or_nothing
@for_deciders
def sign(visit: Visit) -> HttpResponseBase:
    """Say the same to whoever has come by the link of a page."""
    return _stream(visit.request, visit.incident.timeline_id)


def _stream(request: HttpRequest, timeline_id: int | None) -> HttpResponseBase:
    """Begin a stream; 204 where there is none, which tells the browser not to ask again."""
    if not (isinstance(request, ASGIRequest) and settings.CODERED_NEWS_URL):
        return HttpResponse(status=204)
    # It lasts for minutes, and would keep a connection from everybody else.
    leave_database()
    response = StreamingHttpResponse(events(timeline_id), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
