"""The authoring desk's door: Django's admin, for people with the role of admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis.views.sign_in import SignOut
from escalation.models import Person

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class AuthoringSite(AdminSite):
    """Roles decide who comes in, and people sign in where they always do."""

    site_header = _("CodeRed")
    site_title = _("CodeRed")
    index_title = _("Authoring")

    def has_permission(self, request: HttpRequest) -> bool:
        person = request.user
        return isinstance(person, Person) and person.is_active and person.is_admin

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Show and take every time on the wall clock of whoever is at the desk."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def in_local_time(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
            zone = getattr(request.user, "time_zone", settings.TIME_ZONE)
            with timezone.override(ZoneInfo(zone)):
                response = inner(request, *args, **options)
                # A page of the desk is written late: outside, its times would be in UTC.
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                return response

        return cast(View, in_local_time)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponseBase:
        """Sign out as everywhere: what the device has kept goes too."""
        return SignOut.as_view()(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Send strangers to the house's own sign-in; refuse whoever is signed in and no admin."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(wanted, settings.LOGIN_URL)
