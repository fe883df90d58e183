"""The clock of one request: read once, at the door."""

from __future__ import annotations

from datetime import datetime

from rest_framework.request import Request

from escalation import clock


def moment_of(request: Request) -> datetime:
    """Give the moment of this request; the first to ask reads the clock, for all."""
    plain = request._request
    if not hasattr(plain, "moment"):
        plain.moment = clock.now()  # type: ignore[attr-defined]
    return plain.moment  # type: ignore[attr-defined]
