"""Sign in by e-mail: for whoever has their mailbox at hand and not their password."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crisis.forms.signing_in import AskLinkForm
from crisis.post import post
from crisis.views.sign_in import not_now
from crisis.views.strangers import locked_seconds, note_failure
from escalation import clock
from escalation.models import SignInLink
from escalation.operations.sign_in import (
    NotByMail,
    TooManyLinks,
    forget_sign_in_link,
    make_sign_in_link,
    open_sign_in_link,
    use_sign_in_link,
)
from escalation.rules.access import SIGN_IN_MINUTES
from escalation.transports.base import Message

GONE = 410
UNPROCESSABLE = 422
LONGEST_ONWARD = 500
BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Have a link mailed to whoever may sign in so. Everybody is answered alike, and as fast."""
    if request.method != "POST":
        return redirect("crisis:sign_in")
    if seconds := locked_seconds(request):
        return not_now(render_to_string("registration/locked.html"), seconds)
    note_failure(request)
    form = AskLinkForm(request, request.POST)
    if not form.is_valid():
        context = {"form": form, "next": _onward(request)}
        return render(request, "registration/login.html", context, status=UNPROCESSABLE)
    post(_LinkMail(form.cleaned_data["username"], _onward(request)))
    return redirect("crisis:link_sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say where to look, and nothing of who is known here."""
    stays_here = settings.CODERED_DEMO and not settings.EMAIL_HOST
    context = {"minutes": SIGN_IN_MINUTES, "stays_here": stays_here}
    return render(request, "registration/link_sent.html", context)


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a press: mail scanners open links too."""
    return _show(request, open_sign_in_link(token, clock.now()), token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in by a press. The token is not in the address: those are written down in logs.

    The browser is not proved to be theirs by it: of a page that came by mail, that is the factor
    which the mailbox is not.
    """
    if request.method != "POST":
        return redirect("crisis:sign_in")
    link = use_sign_in_link(token=request.POST.get("token", ""), now=clock.now())
    if link is None:
        return _show(request, None)
    login(request, link.person, backend=BACKEND)
    return HttpResponseRedirect(link.onward or reverse("crisis:home"))


def _show(request: HttpRequest, link: SignInLink | None, token: str = "") -> HttpResponse:
    context = {"person": link.person if link else None, "token": token}
    return render(request, "registration/link.html", context, status=200 if link else GONE)


def _onward(request: HttpRequest) -> str:
    """Where somebody was going; nothing where that is off this site."""
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, None) and url.startswith("/")
    return url if is_ours and len(url) <= LONGEST_ONWARD else ""


@dataclass
class _LinkMail:
    """A link on its way to a mailbox."""

    email: str
    onward: str
    link: SignInLink | None = None

    def write(self) -> Message | None:
        now = clock.now()
        try:
            self.link, token = make_sign_in_link(email=self.email, onward=self.onward, now=now)
        except (NotByMail, TooManyLinks):
            return None
        url = f"{settings.CODERED_BASE_URL}{reverse('crisis:sign_in_link', args=[token])}"
        person = self.link.person
        return Message(
            key=f"sign-in-{uuid4()}",
            address=person.email,
            secret="",
            person_name=person.name,
            title=_("Sign in to CodeRed"),
            text=_text(person.name, url),
            url=url,
            is_repeat=False,
            sent_at=now,
        )

    def has_not_left(self) -> None:
        if self.link:
            forget_sign_in_link(link=self.link)


def _text(name: str, url: str) -> str:
    says = _(
        "Open this to sign in to CodeRed as %(name)s. It works once, within %(minutes)d minutes:\n"
        "%(url)s\n"
        "If you did not ask for it, do nothing: nobody gets in without it."
    )
    return says % {"name": name, "minutes": SIGN_IN_MINUTES, "url": url}
