"""Sign in and sign out. Signing in also proves the browser, so that a page's link opens at once."""

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from crisis.forms.signing_in import SignInForm
from crisis.views.strangers import locked_seconds, note_failure, place
from escalation import clock
from escalation.browser import remember_device
from escalation.models import Person
from escalation.operations.links import enrol_device

RETRY_SECONDS = 3
"""When to come back to a form that is busy."""


class SignIn(LoginView):
    """Django's own: a new session key on success, and no way off this site by `next`."""

    authentication_form = SignInForm

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Look at a password, where there is room for one more."""
        if seconds := locked_seconds(request):
            return not_now(render_to_string("registration/locked.html"), seconds)
        with place(request) as has_place:
            if has_place:
                return super().post(request, *args, **options)
        return not_now(self._form_again(), RETRY_SECONDS)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        person = form.get_user()
        if isinstance(person, Person):
            remember_device(self.request, response, enrol_device(person=person, now=clock.now()))
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        note_failure(self.request)
        return super().form_invalid(form)

    def _form_again(self) -> str:
        """Write the form with all but the password in it, without a look at the database."""
        typed = {"username": self.request.POST.get("username", "")}
        values = {
            "form": SignInForm(self.request, initial=typed),
            "next": self.get_redirect_url(),
            "csrf_token": get_token(self.request),
            "is_busy": True,
        }
        return render_to_string("registration/login.html", values)


def not_now(page: str, seconds: int) -> HttpResponse:
    """Refuse for some seconds; what was typed is in the page."""
    return HttpResponse(page, status=429, headers={"Retry-After": str(seconds)})


sign_in = SignIn.as_view()


class SignOut(LogoutView):
    """Sign out, and take from the device what it has kept to show without a network."""

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        response = super().post(request, *args, **options)
        # https://www.w3.org/TR/clear-site-data/
        response["Clear-Site-Data"] = '"storage"'
        return response
