"""Pages for what went wrong. Django makes them in threads that are nobody's, and tidies none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from crisis.queries.connection import leave_database
from crisis.views.unavailable import unavailable

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def tidy(page: Page[P]) -> Page[P]:
    """Leave no connection behind: it would be kept from everybody else, and be dead one day."""

    @wraps(page)
    def tidied(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return page(request, *args, **kwargs)
        finally:
            leave_database()

    return tidied


bad_request = tidy(defaults.bad_request)
forbidden = tidy(defaults.permission_denied)
not_found = tidy(defaults.page_not_found)


@tidy
def fault(request: HttpRequest) -> HttpResponse:
    """Answer for whatever went wrong: 503 and all the words for the database, else 500."""
    if not isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return defaults.server_error(request)
    return unavailable(request)
