"""Raise a code red: two things, then press."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crisis.context import moment_of
from crisis.forms.raising import AS_AGREED, RaiseForm
from crisis.operations.incident import KeyReused, NoChain, Storm, raise_incident
from crisis.queries.desk import briefings_near
from crisis.queries.raising import Offer, offer_of, raised_with
from crisis.rules.shared import shared_post
from crisis.screens.agreed import briefing_row
from crisis.screens.coverage import coverage_of
from crisis.screens.first_run import admins
from crisis.screens.raising import (
    channel_choices,
    channel_for,
    limit_choices,
    playbook_choices,
    raising,
)
from crisis.screens.sentences import listed
from crisis.views.door import PersonRequest, for_officers
from crisis.who import is_anothers
from escalation.queries import coverage

UNPROCESSABLE = 422


@for_officers
def raise_code_red(request: PersonRequest) -> HttpResponse:
    """Ask for the question, and raise: a double press or the back button raises once."""
    now = moment_of(request)
    offer = offer_of(request.organisation)
    if is_anothers(request, request.user):
        raise PermissionDenied
    form = _form(request, offer)
    if request.method != "POST":
        return _show(request, form, offer, now)
    if not form.is_valid():
        return _show(request, form, offer, now, status=UNPROCESSABLE)
    key = form.cleaned_data["nonce"]
    try:
        raised = raise_incident(
            storm=_storm(request, form, offer), by=request.user, key=key, now=now
        )
    except NoChain:
        form.add_error(None, _nobody_to_page())
    except KeyReused:
        form.add_error(None, _raised_already(raised_with(request.user, key)))
    else:
        return redirect("crisis:console", raised.incident.number)
    return _show(request, form, offer, now, status=UNPROCESSABLE)


def _form(request: PersonRequest, offer: Offer) -> RaiseForm:
    playbooks = playbook_choices(offer.playbooks, offer.live)
    get = request.GET.get
    shared = shared_post(title=get("title", ""), text=get("text", ""), url=get("url", ""))
    first = {
        "post_url": shared.url,
        "post_text": shared.text,
        "playbook": playbooks[0][0],
        "limit_seconds": AS_AGREED,
        "nonce": secrets.token_urlsafe(24),
    }
    return RaiseForm(
        request.POST if request.method == "POST" else None,
        initial=first,
        playbooks=playbooks,
        limits=limit_choices(),
        channels=channel_choices(offer.channels),
    )


def _storm(request: PersonRequest, form: RaiseForm, offer: Offer) -> Storm:
    typed = form.cleaned_data
    limit = typed["limit_seconds"]
    return Storm(
        question=typed["question"],
        post_url=typed["post_url"],
        post_text=typed["post_text"],
        author=typed["author"],
        title=typed["title"],
        channel=channel_for(offer.channels, typed["channel"], typed["post_url"]),
        playbook=offer.playbook(typed["playbook"]),
        limit_seconds=None if limit == AS_AGREED else int(limit),
        is_drill="drill" in request.POST,
    )


def _nobody_to_page() -> str:
    says = _("Nobody can be paged: neither the playbook nor the house has anybody on its chain.")
    who = admins()
    mends = _("%(names)s can mend it. Until then, call people yourself.") % {"names": listed(who)}
    return f"{says} {mends}" if who else says


def _raised_already(number: int | None) -> SafeString:
    """Two raises from one page are one storm, unless the officer says otherwise."""
    return format_html(
        '<a href="{}">{}</a> {}',
        reverse("crisis:console", args=[number]) if number else reverse("crisis:home"),
        _("You have raised code red %(n)s from this page already.") % {"n": number},
        _("If this is another storm, press again."),
    )


def _show(
    request: PersonRequest, form: RaiseForm, offer: Offer, now: datetime, status: int = 200
) -> HttpResponse:
    zone = request.organisation.time_zone
    protocol = offer.protocol(offer.playbook(str(form["playbook"].value() or "")))
    chain = offer.chain(protocol)
    covered = coverage_of(chain, coverage(chain, now) if chain else [], now, zone)
    context = {
        "form": form,
        "nonce": _nonce(form),
        "screen": raising(covered, protocol, str(form["question"].value() or "")),
        "briefings": [briefing_row(each, zone) for each in briefings_near(now)],
        "active": "codereds",
    }
    return render(request, "crisis/raise.html", context, status=status)


def _nonce(form: RaiseForm) -> str:
    """Keep the key of this page; a page that has raised already gets a new one."""
    has_raised = form.is_bound and form.is_valid() is False and bool(form.non_field_errors())
    return secrets.token_urlsafe(24) if has_raised else str(form["nonce"].value() or "")
