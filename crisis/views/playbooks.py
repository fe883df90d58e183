"""What was agreed ahead of time, to be read: playbooks, chains and rotas."""

from django.http import HttpResponse
from django.shortcuts import render

from crisis.context import moment_of
from crisis.queries.playbook import playbook_at, playbooks_listed
from crisis.queries.rota import chains_listed, rotas_of
from crisis.screens.chains import chains_screen
from crisis.screens.coverage import coverage_of
from crisis.screens.playbooks import playbook_row, playbook_screen
from crisis.views.door import PersonRequest, number_in, signed_in
from escalation.queries import coverage


@signed_in
def playbooks(request: PersonRequest) -> HttpResponse:
    """List the playbooks, those in use first."""
    rows = [playbook_row(each) for each in playbooks_listed()]
    return render(request, "crisis/playbooks.html", {"rows": rows, "active": "playbooks"})


@signed_in
def playbook(request: PersonRequest, code: str) -> HttpResponse:
    """Show one playbook as it was agreed."""
    shelf = playbook_at(code, request.organisation)
    screen = playbook_screen(shelf, request.user, request.organisation.time_zone)
    context = {"screen": screen, "playbook": shelf.playbook, "active": "playbooks"}
    return render(request, "crisis/playbook.html", context)


@signed_in
def chains(request: PersonRequest) -> HttpResponse:
    """Show who is paged now, and by which rota."""
    now, zone = moment_of(request), request.organisation.time_zone
    known = chains_listed()
    asked = number_in(request.GET, "chain") or request.organisation.default_chain_id
    chain = next((each for each in known if each.pk == asked), next(iter(known), None))
    screen = chains_screen(
        known,
        chain,
        coverage_of(chain, coverage(chain, now) if chain else [], now, zone),
        rotas_of(chain, now) if chain else [],
        request.user,
        zone,
    )
    return render(request, "crisis/chains.html", {"screen": screen, "active": "rota"})
