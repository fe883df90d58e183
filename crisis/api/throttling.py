"""How often one person may ask. Counted in this process's memory: Redis is not asked."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from escalation.models import Person


class _OfOneKind(SimpleRateThrottle, ABC):
    """Counts the requests of one kind, by person; by address where nobody signs in."""

    def timer(self) -> float:
        """Count steady seconds: a host's clock that is set back would lock people out as long."""
        return time.monotonic()

    @abstractmethod
    def counts(self, request: Request, view: Any) -> bool: ...

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not self.counts(request, view):
            return None
        ident = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return f"throttle:{self.scope}:{self.bucket(view)}:{ident}"

    def bucket(self, view: Any) -> str:
        return ""


class Reads(_OfOneKind):
    scope = "reads"

    def counts(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS


class Writes(_OfOneKind):
    scope = "writes"

    def counts(self, request: Request, view: Any) -> bool:
        return request.method not in SAFE_METHODS and not view.is_urgent


class Urgent(_OfOneKind):
    """Raising and deciding, each counted apart, so that nothing else uses up their room."""

    scope = "urgent"

    def counts(self, request: Request, view: Any) -> bool:
        return request.method not in SAFE_METHODS and view.is_urgent

    def bucket(self, view: Any) -> str:
        return type(view).__name__


def telephones() -> list[dict[str, str]]:
    """List whom to call when this road is closed for a moment."""
    people = Person.objects.filter(is_active=True).exclude(duty_phone="")
    rows = people.values_list("name", "duty_phone")
    return [{"name": name, "number": number} for name, number in rows]
