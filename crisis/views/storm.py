"""Small acts in a storm: who replies to whom, and what of the playbook is done."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from crisis.access import incident_for
from crisis.context import moment_of
from crisis.operations.incident import NotOpen
from crisis.operations.question import HasAnswer, Taken, claim_question, let_go_question
from crisis.operations.steps import tick_step
from crisis.views.door import PersonRequest, for_officers, for_officers_and_managers
from playbooks.models import Step


@require_POST
@for_officers
def claim(request: PersonRequest, number: int, pk: int) -> HttpResponseBase:
    """Take a question for three minutes, or leave it to the others; the list says how it stands."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    question = get_object_or_404(incident.questions.select_related("incident"), pk=pk)
    with suppress(NotOpen, Taken, HasAnswer):
        if request.POST.get("do") == "let_go":
            let_go_question(question=question, by=request.user, now=now)
        else:
            claim_question(question=question, by=request.user, now=now)
    if "quietly" not in request.POST:
        return redirect("crisis:add_question", number)
    return HttpResponse(status=204)


@require_POST
@for_officers_and_managers
def tick(request: PersonRequest, number: int, pk: int) -> HttpResponseBase:
    """Tick off a step, or take the tick back; pressed twice, it stays as it was left."""
    incident = incident_for(request.user, number)
    step = get_object_or_404(Step, pk=pk, protocol_id=incident.protocol_id)
    is_done = request.POST.get("done") == "1"
    with suppress(NotOpen):
        tick_step(
            incident=incident, step=step, is_done=is_done, by=request.user, now=moment_of(request)
        )
    return redirect("crisis:console", number)
