"""The first screen, and the list of every code red."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render

from crisis.context import moment_of
from crisis.queries.desk import BRIEFING_DAYS, briefings_near
from crisis.queries.home import answers_for, last_of, open_for
from crisis.queries.listing import closed_page
from crisis.queries.waiting import queue_of
from crisis.screens.agreed import briefing_row
from crisis.screens.coverage import coverage_of
from crisis.screens.home import (
    Home,
    Quiet,
    heading_of,
    open_card,
    quiet,
    today,
    waiting_answer,
    waiting_sign_off,
)
from crisis.screens.listing import incidents_screen
from crisis.views.door import PersonRequest, number_in, signed_in
from escalation.models import Person
from escalation.queries import coverage
from escalation.rules.clocktext import hhmmss


@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """Show what is open, what waits, and what would happen if it broke now."""
    now = moment_of(request)
    house, person = request.organisation, request.user
    zone, chain = house.time_zone, house.default_chain
    incidents = open_for(person)
    waiting = [waiting_answer(each) for each in answers_for(person)] if person.is_officer else []
    if person.is_manager:
        waiting += [waiting_sign_off(each) for each in queue_of(person)]
    screen = Home(
        heading=heading_of(incidents),
        today=today(now, zone),
        open=tuple(open_card(each, person, now) for each in incidents),
        waiting=tuple(waiting),
        coverage=coverage_of(chain, coverage(chain, now) if chain else [], now, zone),
        briefings=tuple(
            briefing_row(each, zone) for each in briefings_near(now, 2 * BRIEFING_DAYS)
        ),
        quiet=None if incidents else _quiet(person, now, zone),
        is_drill=bool(incidents) and all(each.is_drill for each in incidents),
        may_raise=person.is_officer,
    )
    context = {
        "screen": screen,
        "loaded_at": hhmmss(now, zone),
        "active": "home",
        "is_drill": screen.is_drill,
    }
    return render(request, "crisis/home.html", context)


def _quiet(person: Person, now: datetime, zone: str) -> Quiet:
    return quiet(last_of(person, drill=False), last_of(person, drill=True), now, zone)


@signed_in
def incidents(request: PersonRequest) -> HttpResponse:
    """List every code red that this person may see, what is open first."""
    before = number_in(request.GET, "before")
    screen = incidents_screen(
        [] if before else open_for(request.user),
        closed_page(request.user, before),
        is_first_page=before is None,
        zone=request.organisation.time_zone,
        to="crisis:console",
    )
    return render(request, "crisis/incidents.html", {"screen": screen, "active": "codereds"})


@signed_in
def reports(request: PersonRequest) -> HttpResponse:
    """List what is over, each with its report."""
    before = number_in(request.GET, "before")
    screen = incidents_screen(
        [],
        closed_page(request.user, before),
        is_first_page=before is None,
        zone=request.organisation.time_zone,
        to="crisis:report",
    )
    return render(request, "crisis/reports.html", {"screen": screen, "active": "reports"})
