"""Whether this process lives, and whether people would be paged."""

from __future__ import annotations

from datetime import datetime

from django.db import Error
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from crisis.api import outgoing
from crisis.api.endpoint import Endpoint, written
from crisis.api.problems import Problem
from crisis.api.schema import tells
from crisis.queries.invariants import SAYS, present_faults
from escalation.queries import clock_age, is_clock_alive


class Open(Endpoint):
    """For probes and strangers: nobody is asked who they are, and no session is read."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class Live(Open):
    throttle_classes = ()

    @tells("health_live", "This process answers", outgoing.AliveOut)
    def get(self, request: Request) -> Response:
        return written(outgoing.AliveOut, {"status": "alive"})


class Ready(Open):
    throttle_classes = ()

    @tells(
        "health_ready",
        "The database answers, the clock that pages people is passing, and nothing is forgotten",
        outgoing.HealthOut,
        problems=["not_ready", "promise_broken"],
    )
    def get(self, request: Request) -> Response:
        try:
            age, is_alive = clock_age(self.now), is_clock_alive(self.now)
            broken = _broken(self.now)
        except Error:
            raise Problem(
                "not_ready", more={"database": False, "clock_age_seconds": None}
            ) from None
        if not is_alive:
            raise Problem("not_ready", more={"database": True, "clock_age_seconds": age})
        if broken:
            says = " ".join(str(SAYS[code]) for code in broken)
            more = {"database": True, "clock_age_seconds": age, "broken": broken}
            raise Problem("promise_broken", says, more=more)
        shown = {"status": "ready", "database": True, "clock_age_seconds": age}
        return written(outgoing.HealthOut, shown)


def _broken(now: datetime) -> list[str]:
    """Name the promises of this moment that are not kept: one row says so as well as all."""
    return sorted({fault.code for fault in present_faults(now, most=1)} & SAYS.keys())
