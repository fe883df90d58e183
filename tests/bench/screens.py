"""What people and programs open most, with somebody for whom each is hardest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.test import Client

from crisis.models import Incident
from crisis.operations.housekeeping import forget_what_is_over
from crisis.queries.invariants import (
    PRESENT,
    RECORDED,
    Records,
    faults,
    open_or_closed_lately,
)
from escalation.models import Person


@dataclass(frozen=True)
class Place:
    """Where the archive is looked at: an open code red, the last one over, and one long past."""

    opened: int
    over: int
    past: int
    now: datetime

    @property
    def lately(self) -> str:
        return (self.now - timedelta(hours=3)).isoformat().replace("+00:00", "Z")


def place_of(now: datetime) -> Place:
    """Find the numbers to look at: what is open waits for a signature."""
    opened = Incident.objects.filter(status="open", answers__status="awaiting_sign_off")
    over = Incident.objects.filter(status="stood_down", is_restricted=False, is_drill=False)
    last = over.latest("number").number
    past = over.filter(number__lte=last // 2, answers__status="released").latest("number").number
    return Place(opened.latest("number").number, last, past, now)


SCREENS: dict[str, tuple[str, str]] = {
    "home, officer": ("olga", "/"),
    "home, manager with a queue": ("anna", "/"),
    "home, manager on no chain": ("dora", "/"),
    "home, admin who sees nothing": ("carl", "/"),
    "code reds": ("olga", "/code-reds/"),
    "code reds, manager on no chain": ("dora", "/code-reds/"),
    "code reds, admin who sees nothing": ("carl", "/code-reds/"),
    "code reds, half-way back": ("ben", "/code-reds/?before={past}"),
    "reports": ("olga", "/reports/"),
    "console": ("olga", "/code-reds/{opened}/"),
    "console, manager": ("anna", "/code-reds/{opened}/"),
    "console, over": ("olga", "/code-reds/{over}/"),
    "timeline": ("olga", "/code-reds/{past}/timeline/"),
    "report": ("olga", "/code-reds/{past}/report/"),
    "sign-off": ("anna", "/sign/{opened}/"),
    "draft": ("olga", "/code-reds/{opened}/draft/"),
    "raise": ("olga", "/raise/"),
    "playbooks": ("olga", "/playbooks/"),
    "chains": ("olga", "/chains/"),
    "tray": ("anna", "/tray/"),
    "api: code reds": ("olga", "/api/v1/incidents"),
    "api: code reds, open": ("dora", "/api/v1/incidents?status=open"),
    "api: code reds, raised lately": ("dora", "/api/v1/incidents?raised_since={lately}"),
    "api: code reds, half-way back": ("dora", "/api/v1/incidents?after={past}&status=stood_down"),
    "api: code reds, admin who sees nothing": ("carl", "/api/v1/incidents"),
    "api: queue": ("anna", "/api/v1/queue"),
    "api: code red": ("olga", "/api/v1/incidents/{opened}"),
    "api: questions": ("olga", "/api/v1/incidents/{opened}/questions"),
    "api: facts": ("olga", "/api/v1/incidents/{opened}/facts"),
    "api: answers": ("olga", "/api/v1/incidents/{opened}/answers"),
    "api: timeline": ("olga", "/api/v1/incidents/{past}/timeline"),
    "api: report": ("olga", "/api/v1/incidents/{past}/report"),
    "api: health": ("", "/api/v1/health/ready"),
}
"""Who opens what, by name."""

QUEUE = ("home, manager with a queue", "api: queue", "sign-off")
"""The views of what waits for a manager."""


def opener(name: str, place: Place) -> Callable[[], Any]:
    """Give what opens a screen, as somebody who is signed in."""
    who, path = SCREENS[name]
    client = Client()
    if who:
        client.force_login(Person.objects.get(email=f"{who}@example.org"))
    address = path.format(
        opened=place.opened, over=place.over, past=place.past, lately=place.lately
    )

    def opened() -> Any:
        # What counts requests in memory would stop a figure that takes hundreds.
        cache.clear()
        return client.get(address)

    return opened


def checks(place: Place) -> dict[str, Callable[[], Any]]:
    """Give each invariant, as it is asked every few seconds, and what else is done now and then."""
    now = place.now
    asked: dict[str, Callable[[], Any]] = {
        f"{code}": (lambda check=check: list(check(now))) for code, check in PRESENT.items()
    }
    for code, check in RECORDED.items():
        asked[code] = lambda check=check: list(check(Records(open_or_closed_lately(now))))
    asked["all ten, open and closed lately"] = lambda: faults(now)
    asked["housekeeping"] = lambda: forget_what_is_over(now=now)
    return asked
