"""The clock of one request: read once, at the door."""

from __future__ import annotations

from datetime import datetime

from rest_framework.request import Request

from crisis import context


def moment_of(request: Request) -> datetime:
    """Give the moment of this request; the first to ask reads the clock, for all."""
    return context.moment_of(request._request)
