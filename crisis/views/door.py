"""Who may come in by which door of the web, and what stands there before the house is furnished."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crisis.context import organisation_of
from crisis.screens.first_run import first_run
from crisis.screens.sentences import listed
from escalation.models import Person, Role
from playbooks.models import Organisation

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of somebody who has signed in, in a house that stands."""

    user: Person
    organisation: Organisation


View = Callable[Concatenate[PersonRequest, P], HttpResponseBase]
Door = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> Door[P]:
    """Let in whoever has signed in, to read and to write; before the first run is done, say so."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        known = cast(PersonRequest, request)
        organisation = organisation_of(request)
        if organisation is None:
            return render(request, "crisis/first_run.html", {"screen": first_run(known.user)})
        known.organisation = organisation
        return view(known, *args, **kwargs)

    return opened


def for_officers(view: View[P]) -> Door[P]:
    """Let in officers alone, and tell everyone else who the officers are."""

    @signed_in
    @wraps(view)
    def opened(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_officer:
            raise PermissionDenied(_who_can(Role.OFFICER))
        return view(request, *args, **kwargs)

    return opened


def for_officers_and_managers(view: View[P]) -> Door[P]:
    """Let in whoever raises or decides; admins author, and the storm is not theirs."""

    @signed_in
    @wraps(view)
    def opened(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not (request.user.is_officer or request.user.is_manager):
            raise PermissionDenied(_who_can(Role.OFFICER, Role.MANAGER))
        return view(request, *args, **kwargs)

    return opened


def _who_can(*roles: Role) -> str:
    people = Person.objects.filter(is_active=True, groups__name__in=roles).distinct()
    names = [person.name for person in people[:5]]
    if not names:
        return _("Nothing has been changed. Nobody has the role for it yet: an admin gives it.")
    return _("Nothing has been changed. %(names)s can do it.") % {"names": listed(names)}


def number_in(values: QueryDict, name: str) -> int | None:
    """Read a whole number that somebody may have typed; anything else counts as not there."""
    value = values.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def uuid_in(values: QueryDict, name: str) -> UUID | None:
    """Read the key of a press or a page that may come twice; without a script there may be none."""
    with suppress(ValueError):
        return UUID(values.get(name, ""))
    return None
