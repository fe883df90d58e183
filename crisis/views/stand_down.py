"""Stand a code red down, on a page that says who is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crisis.access import incident_for
from crisis.context import moment_of
from crisis.forms.raising import StandDownForm
from crisis.models import Incident
from crisis.operations import incident as alarm
from crisis.operations.incident import NotOpen
from crisis.queries.desk import deadlines_of
from crisis.queries.people import pages_of
from crisis.screens.head import promise, slim_head
from crisis.screens.sentences import listed
from crisis.views.door import PersonRequest, for_officers_and_managers
from escalation.models import Deadline, Person

UNPROCESSABLE = 422


@for_officers_and_managers
def stand_down(request: PersonRequest, number: int) -> HttpResponse:
    """Ask how it ended, then close it to writing and tell everyone who was paged."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    if not incident.is_open:
        return redirect("crisis:console", number)
    deadlines = deadlines_of(incident)
    answer = promise(deadlines, Deadline.Kind.ANSWER)
    is_answered = bool(answer and answer.met_at)
    first = {"end": Incident.End.ANSWERED if is_answered else ""}
    form = StandDownForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        return _end(request, incident, form, now)
    context = {
        "form": form,
        "head": slim_head(incident, deadlines, now, incident.escalation.time_zone),
        "told": _told(incident, request.user),
        "is_answered": is_answered,
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "crisis/stand_down.html", context, status=status)


def _end(
    request: PersonRequest, incident: Incident, form: StandDownForm, now: datetime
) -> HttpResponse:
    """Close it; a second press finds it closed, and shows how."""
    typed = form.cleaned_data
    with suppress(NotOpen):
        alarm.stand_down(
            incident=incident, by=request.user, end=typed["end"], reason=typed["reason"], now=now
        )
    return redirect("crisis:console", incident.number)


def _told(incident: Incident, viewer: Person) -> str:
    """Name those who are told that it is over: all who were paged, but for who presses."""
    ids = {each.person_id for each in pages_of(incident)} - {viewer.pk, incident.raised_by_id}
    names = Person.objects.filter(pk__in=ids).values_list("name", flat=True)
    return listed(list(names)) or _("Nobody else")
