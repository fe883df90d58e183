"""Who asks: an API key, or somebody signed in. A request with a key never looks at cookies."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from crisis.api.moment import moment_of
from crisis.api.problems import Problem
from escalation.models import ApiKey, Person
from escalation.operations.keys import find_key, touch

SCHEME = "bearer "


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer crk_…`. Any other Authorization header is refused, not passed over."""

    def authenticate(self, request: Request) -> tuple[Person, ApiKey] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        now = moment_of(request)
        is_bearer = header.lower().startswith(SCHEME)
        key = find_key(header[len(SCHEME) :], now) if is_bearer else None
        if key is None:
            raise AuthenticationFailed
        if request.method not in SAFE_METHODS:
            touch(key=key, now=now)
        return key.person, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="CodeRed"'


class InScope(BasePermission):
    """Somebody we know; and with a key, only as far as its scopes reach."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        needed = getattr(view, "scopes", {}).get(request.method)
        key = request.auth
        if needed and isinstance(key, ApiKey) and needed not in key.scopes:
            detail = _("This needs the scope “%(needed)s”.") % {"needed": needed}
            raise Problem("scope", detail, more={"needed": str(needed), "scopes": key.scopes})
        return True
