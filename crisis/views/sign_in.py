"""Sign in and sign out. Signing in also proves the browser, so that a page's link opens at once."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from crisis.forms.signing_in import SignInForm
from escalation import clock
from escalation.browser import remember_device
from escalation.models import Person
from escalation.operations.links import enrol_device


class SignIn(LoginView):
    """Django's own: a new session key on success, and no way off this site by `next`."""

    authentication_form = SignInForm

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        person = form.get_user()
        if isinstance(person, Person):
            remember_device(self.request, response, enrol_device(person=person, now=clock.now()))
        return response


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()
