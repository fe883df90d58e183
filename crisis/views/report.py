"""The after-action report of one code red, and its evidence to take along."""

from django.http import HttpResponse
from django.shortcuts import render

from crisis.access import incident_for
from crisis.context import moment_of
from crisis.evidence.bundle import bundle_of
from crisis.report import report_of
from crisis.screens.report import report_screen
from crisis.views.door import PersonRequest, signed_in


@signed_in
def report(request: PersonRequest, number: int) -> HttpResponse:
    """Show what happened, minute by minute, and whether the evidence still holds."""
    incident = incident_for(request.user, number)
    screen = report_screen(report_of(incident, moment_of(request)), incident.escalation.time_zone)
    context = {"screen": screen, "is_drill": incident.is_drill, "active": "reports"}
    return render(request, "crisis/report.html", context)


@signed_in
def evidence(request: PersonRequest, number: int) -> HttpResponse:
    """Give the evidence, to be checked by anybody who trusts neither us nor this server."""
    incident = incident_for(request.user, number)
    name = f"{'drill' if incident.is_drill else 'codered'}-{incident.number}-evidence.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    body = bundle_of(incident, request.organisation.name)
    return HttpResponse(body, content_type="application/zip", headers=headers)
