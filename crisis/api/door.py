"""The door to everything under /api/: a request id, no bad character, and never a page of HTML."""

from __future__ import annotations

import logging
import re
import uuid

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.deprecation import MiddlewareMixin

from crisis.api.characters import is_plain_address
from crisis.api.problems import MEDIA_TYPE, Problem

logger = logging.getLogger(__name__)

PREFIX = "/api/"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_KEPT = ("Allow", "Retry-After")
_CODE_OF_STATUS = {
    400: "invalid",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    503: "unavailable",
}


class ApiDoor(MiddlewareMixin):
    """Outermost, so that it also answers for what goes wrong before a view is found."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        if not request.path_info.startswith(PREFIX):
            return None
        request.request_id = request_id(request)  # type: ignore[attr-defined]
        if not is_plain_address(request):
            return rendered(Problem("bad_character"), request)
        if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
            # The framework takes such a body for an empty one, and says so to nobody.
            return rendered(Problem("length_required"), request)
        return None

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return response
        if response.status_code == 500:
            logger.error(
                "request %s failed on %s", getattr(request, "request_id", ""), request.path
            )
        if response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA_TYPE:
            code = _CODE_OF_STATUS.get(response.status_code)
            code = code or ("invalid" if response.status_code < 500 else "server_error")
            kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
            response = rendered(Problem(code, headers=kept), request)
        response.headers["X-Request-ID"] = getattr(request, "request_id", "")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def request_id(request: HttpRequest) -> str:
    """Keep the id that the caller gave, where it is one; else make one up."""
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def rendered(problem: Problem, request: HttpRequest) -> JsonResponse:
    """Write a problem where no view has been reached."""
    return JsonResponse(
        problem.body(request),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )
