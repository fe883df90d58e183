"""The one place where an exception becomes an answer."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import set_rollback

from crisis.api.problems import MEDIA_TYPE, Problem, problem_of, stamp
from crisis.api.refusals import refusal_of
from crisis.api.throttling import telephones
from crisis.models import Incident


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer with a problem; None lets a fault of ours go on to the log."""
    problem = problem_of(exc) or refusal_of(exc)
    if problem is None:
        return None
    set_rollback()
    request, view = context["request"], context["view"]
    _add_what_is_there(problem, view)
    if problem.code == "too_many_requests" and request.user.is_authenticated:
        problem.more["telephones"] = telephones()
    return Response(
        problem.body(request._request),
        status=problem.status,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def _add_what_is_there(problem: Problem, view: Any) -> None:
    """Say what became of an incident that is closed to writing."""
    held: Incident | None = getattr(view, "incident", None)
    if problem.code != "closed" or held is None:
        return
    incident = Incident.objects.get(pk=held.pk)
    ended = incident.stood_down_at
    problem.more["incident"] = {
        "number": incident.number,
        "status": incident.status,
        "stood_down_at": stamp(ended) if ended else None,
        "end": incident.end,
    }
