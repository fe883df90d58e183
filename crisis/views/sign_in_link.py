"""Sign in by e-mail: for whoever has their mailbox at hand and not their password."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crisis.forms.signing_in import AskLinkForm
from crisis.post import post
from crisis.views.sign_in import not_now
from crisis.views.strangers import locked_seconds, note_failure
from escalation import clock
from escalation.browser import remember_device
from escalation.models import Person
from escalation.operations.links import enrol_device
from escalation.operations.sign_in import (
    NotByMail,
    TooManyLinks,
    make_sign_in_link,
    use_sign_in_link,
    who_may_enter,
)
from escalation.rules.access import SIGN_IN_MINUTES
from escalation.transports.base import Message

GONE = 410
UNPROCESSABLE = 422
BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have a link mailed to whoever may sign in so. Everybody is answered alike, and as fast."""
    if seconds := locked_seconds(request):
        return not_now(render_to_string("registration/locked.html"), seconds)
    note_failure(request)
    form = AskLinkForm(request, request.POST)
    if not form.is_valid():
        context = {"form": form, "next": _next(request)}
        return render(request, "registration/login.html", context, status=UNPROCESSABLE)
    post(partial(_mail, form.cleaned_data["username"], _next(request)))
    return redirect("crisis:link_sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say where to look, and nothing of who is known here."""
    return render(request, "registration/link_sent.html", {"minutes": SIGN_IN_MINUTES})


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a press: mail scanners open links too."""
    return _show(request, who_may_enter(token, clock.now()), token)


@never_cache
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in by a press. The token is not in the address: those are written down in logs."""
    now = clock.now()
    person = use_sign_in_link(token=request.POST.get("token", ""), now=now)
    if person is None:
        return _show(request, None)
    login(request, person, backend=BACKEND)
    response = redirect(_next(request) or reverse("crisis:home"))
    remember_device(request, response, enrol_device(person=person, now=now))
    return response


def _show(request: HttpRequest, person: Person | None, token: str = "") -> HttpResponse:
    context = {"person": person, "token": token, "next": _next(request)}
    return render(request, "registration/link.html", context, status=200 if person else GONE)


def _next(request: HttpRequest) -> str:
    """Where somebody was going; nothing where that is off this site."""
    url = request.POST.get("next", request.GET.get("next", ""))
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(url, hosts, require_https=request.is_secure())
    return url if is_ours else ""


def _address(token: str, onward: str) -> str:
    path = reverse("crisis:sign_in_link", args=[token])
    query = f"?{urlencode({'next': onward})}" if onward else ""
    return f"{settings.CODERED_BASE_URL}{path}{query}"


def _mail(email: str, onward: str) -> Message | None:
    now = clock.now()
    try:
        person, token = make_sign_in_link(email=email, now=now)
    except (NotByMail, TooManyLinks):
        return None
    url = _address(token, onward)
    says = _(
        "Open this to sign in to CodeRed as %(name)s. It works once, within %(minutes)d minutes:\n"
        "%(url)s\n"
        "If you did not ask for it, do nothing: nobody gets in without it."
    )
    return Message(
        key=f"sign-in-{uuid4()}",
        address=person.email,
        secret="",
        person_name=person.name,
        title=_("Sign in to CodeRed"),
        text=says % {"name": person.name, "minutes": SIGN_IN_MINUTES, "url": url},
        url=url,
        is_repeat=False,
        sent_at=now,
    )
