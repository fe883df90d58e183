"""What is known of a storm: write it down, and take it back when it turns out not to be so."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crisis.access import fact_for, incident_for
from crisis.context import moment_of
from crisis.forms.raising import FactForm
from crisis.models import Incident
from crisis.operations.fact import AlreadyKnown, Learned, add_fact, drop_fact
from crisis.operations.incident import NotOpen
from crisis.queries.desk import deadlines_of, what_is_known
from crisis.screens.head import slim_head
from crisis.screens.known import known
from crisis.views.door import PersonRequest, for_officers_and_managers
from escalation.rules.clocktext import hhmmss

UNPROCESSABLE = 422


def to_facts(number: int, back: str = "") -> str:
    """Give the address of the page, from which one comes back to an answer that one was at."""
    url = reverse("crisis:facts", args=[number])
    return f"{url}?{urlencode({'back': back})}" if back else url


@for_officers_and_managers
def facts(request: PersonRequest, number: int) -> HttpResponse:
    """Show what is known and what is not, and write down one thing more."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    form = FactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        learned = Learned(typed["text"], typed["source"], is_known=not typed["is_unknown"])
        try:
            add_fact(incident=incident, learned=learned, by=request.user, now=now)
        except AlreadyKnown:
            form.add_error("text", _("This is written down already"))
        except NotOpen:
            form.add_error(None, _("It was stood down meanwhile. Nothing can be added any more."))
        else:
            return redirect(to_facts(number, _back(request, number)))
    return _show(request, incident, form, now)


@require_POST
@for_officers_and_managers
def drop(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that something is not so, or no longer; pressed twice, it is said once."""
    fact = fact_for(request.user, pk)
    with suppress(NotOpen):
        drop_fact(fact=fact, by=request.user, now=moment_of(request))
    return redirect(to_facts(fact.incident.number, _back(request, fact.incident.number)))


def _back(request: PersonRequest, number: int) -> str:
    """Where one came from, if that is an answer: anything else is nowhere."""
    back = request.GET.get("back", "")
    return back if back.startswith(("/answers/", f"/code-reds/{number}/draft/")) else ""


def _show(
    request: PersonRequest, incident: Incident, form: FactForm, now: datetime
) -> HttpResponse:
    zone = incident.escalation.time_zone
    back = _back(request, incident.number)
    context = {
        "form": form,
        "known": known(what_is_known(incident), zone, most=None),
        "back": back,
        "query": f"?{urlencode({'back': back})}" if back else "",
        "is_open": incident.is_open,
        "head": slim_head(incident, deadlines_of(incident), now, zone),
        "loaded_at": hhmmss(now, zone),
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    return render(
        request, "crisis/facts.html", context, status=UNPROCESSABLE if form.is_bound else 200
    )
