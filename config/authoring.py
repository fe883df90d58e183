"""The authoring desk's door: Django's admin, for people with the role of admin."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from escalation.models import Person


class AuthoringSite(AdminSite):
    """Roles decide who comes in, and people sign in where they always do."""

    site_header = _("CodeRed")
    site_title = _("CodeRed")
    index_title = _("Authoring")

    def has_permission(self, request: HttpRequest) -> bool:
        person = request.user
        return isinstance(person, Person) and person.is_active and person.is_admin

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
