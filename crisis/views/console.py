"""The officer's console, the full timeline, and what is done from them on pages of their own."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crisis.access import incident_for
from crisis.context import moment_of
from crisis.forms.raising import WHOEVER_IS_NEXT, HandOverForm, QuestionForm
from crisis.models import Incident
from crisis.operations.incident import NotOpen, hand_over_paging
from crisis.operations.question import AlreadyAdded, Post, add_question
from crisis.queries.desk import briefings_near, deadlines_of, desk_of
from crisis.screens.agreed import agreed
from crisis.screens.asking import asking, people_to_page
from crisis.screens.console import cast_of, console
from crisis.screens.head import head_of, slim_head
from crisis.screens.raising import channel_choices, channel_for
from crisis.screens.sentences import entry
from crisis.views.door import PersonRequest, for_officers_and_managers, signed_in
from crisis.views.shell import kept
from escalation.models import Person
from escalation.operations.act import CannotBeReached, NotOnTheChain, NotPaging
from escalation.rules.clocktext import hhmmss
from playbooks.models import Channel

UNPROCESSABLE = 422


@signed_in
def show(request: PersonRequest, number: int) -> HttpResponse:
    """Show one code red as it stands; the template is that of its state."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    desk = desk_of(incident)
    zone = incident.escalation.time_zone
    screen = console(desk, request.user, now, zone)
    face = "open" if "keep" in request.GET and screen.state == "over" else screen.state
    context = {
        "screen": screen,
        "agreed": agreed(
            desk,
            screen.answers,
            briefings_near(now) if face == "open" else [],
            now,
            zone,
            is_officer=request.user.is_officer,
        ),
        "loaded_at": hhmmss(now, zone),
        "may_end": incident.is_open and (request.user.is_officer or request.user.is_manager),
        "is_officer": request.user.is_officer,
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    page = render(request, f"crisis/console_{face}.html", context)
    return page if incident.is_restricted else kept(page)


@signed_in
def timeline(request: PersonRequest, number: int) -> HttpResponse:
    """Show every event of one code red, the latest first."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    desk = desk_of(incident)
    cast = cast_of(desk, incident.escalation.time_zone)
    context = {
        "head": head_of(desk, cast, now),
        "entries": [entry(each, cast) for each in reversed(desk.events)],
        "loaded_at": hhmmss(now, cast.zone),
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    return render(request, "crisis/timeline.html", context)


@for_officers_and_managers
def add(request: PersonRequest, number: int) -> HttpResponse:
    """Put one more person on the list of those who want an answer."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    channels = list(Channel.objects.filter(is_active=True))
    posted = request.POST if request.method == "POST" else None
    form = QuestionForm(posted, channels=channel_choices(channels))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        channel = channel_for(channels, typed["channel"], typed["url"])
        post = Post(typed["text"], channel, typed["author"], typed["url"])
        try:
            add_question(incident=incident, post=post, by=request.user, now=now)
        except AlreadyAdded:
            form.add_error("url", _("This post is on the list already"))
        except NotOpen:
            form.add_error(None, _("It was stood down meanwhile. Nothing can be added any more."))
        else:
            return redirect("crisis:add_question", number)
    return _show_asking(request, incident, form, now)


def _show_asking(
    request: PersonRequest, incident: Incident, form: QuestionForm, now: datetime
) -> HttpResponse:
    zone = incident.escalation.time_zone
    desk = desk_of(incident)
    context = {
        "form": form,
        "head": slim_head(incident, desk.deadlines, now, zone),
        "screen": asking(desk, request.user, now, zone),
        "is_open": incident.is_open,
        "is_drill": incident.is_drill,
        "active": "codereds",
        "loaded_at": hhmmss(now, zone),
    }
    return render(request, "crisis/questions.html", context, status=_status(form))


def _status(form: QuestionForm | HandOverForm) -> int:
    return UNPROCESSABLE if form.is_bound else 200


@for_officers_and_managers
def hand_over(request: PersonRequest, number: int) -> HttpResponse:
    """Page somebody now who would be paged later, or not at all."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    zone = incident.escalation.time_zone
    posted = request.POST if request.method == "POST" else None
    people = people_to_page(incident, request.user, now)
    form = HandOverForm(posted, initial={"to": WHOEVER_IS_NEXT}, people=people)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["to"]
        to = None if chosen == WHOEVER_IS_NEXT else Person.objects.get(pk=chosen)
        try:
            hand_over_paging(incident=incident, by=request.user, to=to, now=now)
        except (NotPaging, NotOpen):
            form.add_error(
                None, _("Nobody is being paged any more, so there is nothing to pass on.")
            )
        except (CannotBeReached, NotOnTheChain):
            form.add_error("to", _("They cannot be paged now. Choose somebody else."))
        else:
            return redirect("crisis:console", number)
    context = {
        "form": form,
        "head": slim_head(incident, deadlines_of(incident), now, zone),
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    return render(request, "crisis/hand_over.html", context, status=_status(form))
