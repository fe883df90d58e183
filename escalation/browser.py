"""What a browser keeps for us, signed, and what it is told about the pages that a link opens."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.defaults import page_not_found

from escalation.models import PageLink
from escalation.rules.access import DEVICE_LIFE, LINK_LIFE

LINKS_COOKIE = "page_links"
DEVICE_COOKIE = "device"
MOST_LINKS = 10
"""Links that a browser remembers: a bad night's, and short enough for a cookie."""
MOST_DEVICES = 5
"""People who may have proved one browser to be theirs, as on a shared duty telephone."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def private(view: View[P]) -> View[P]:
    """Keep a page out of caches between, and its address from whatever is opened next."""

    @wraps(view)
    def kept(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            response = view(request, *args, **kwargs)
        except Http404 as missing:
            response = page_not_found(request, missing)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    return kept


def opened_links(request: HttpRequest) -> list[int]:
    """List the ids of the page links that were opened in this browser, the latest first."""
    return [int(part) for part in _kept(request, LINKS_COOKIE)]


def remember_link(request: HttpRequest, response: HttpResponse, link: PageLink) -> None:
    """Let the browser keep which link it opened: signed, and nowhere in the address."""
    links = [link.pk, *(each for each in opened_links(request) if each != link.pk)]
    _keep(response, LINKS_COOKIE, [str(each) for each in links[:MOST_LINKS]], LINK_LIFE.days)


def device_tokens(request: HttpRequest) -> list[str]:
    """List the tokens of those who have proved this browser to be theirs, the latest first."""
    return _kept(request, DEVICE_COOKIE)


def remember_device(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Let the browser keep the token of a device that has just been enrolled."""
    tokens = [token, *device_tokens(request)]
    _keep(response, DEVICE_COOKIE, tokens[:MOST_DEVICES], DEVICE_LIFE.days)


def _kept(request: HttpRequest, name: str) -> list[str]:
    value = request.get_signed_cookie(name, default="", salt=name) or ""
    return [part for part in value.split(".") if part]


def _keep(response: HttpResponse, name: str, parts: Sequence[str], days: int) -> None:
    response.set_signed_cookie(
        name,
        ".".join(parts),
        salt=name,
        max_age=days * 24 * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
