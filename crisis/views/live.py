"""Streams for pages that are open: each says when to read its page anew."""

from __future__ import annotations

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from crisis.access import incident_for
from crisis.live import events
from crisis.views.door import PersonRequest, signed_in
from crisis.views.errors import let_go
from crisis.views.sign_door import Visit, for_deciders


@signed_in
def anything(request: PersonRequest) -> HttpResponseBase:
    """Say when any code red moves. Which one it was is not said, so there is nothing to hide."""
    return _stream(request, None)


@signed_in
def code_red(request: PersonRequest, number: int) -> HttpResponseBase:
    """Say when one code red moves."""
    return _stream(request, incident_for(request.user, number).timeline_id)


@require_safe
@for_deciders
def sign(visit: Visit) -> HttpResponseBase:
    """Say the same to whoever has come by the link of a page."""
    return _stream(visit.request, visit.incident.timeline_id)


def _stream(request: HttpRequest, timeline_id: int | None) -> HttpResponseBase:
    """Begin a stream; 204 where there is none, which tells the browser not to ask again."""
    if not (isinstance(request, ASGIRequest) and settings.CODERED_NEWS_URL):
        return HttpResponse(status=204)
    # It lasts for minutes, and would keep a connection from everybody else.
    let_go()
    response = StreamingHttpResponse(events(timeline_id), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
