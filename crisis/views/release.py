"""Let an answer out: copy the exact words, post them, and paste the link back as proof."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crisis.access import answer_for, incident_for
from crisis.context import moment_of
from crisis.forms.drafting import ReleaseForm
from crisis.models import Answer, Decision
from crisis.operations.answer import Blocked, StaleVersion
from crisis.operations.incident import NotOpen, NotYours
from crisis.operations.release import (
    AlreadyOut,
    NotReleasable,
    ProofMissing,
    TextMismatch,
    authority_over,
    release_answer,
)
from crisis.operations.sign_off import Act, NotApproved, settling_decision, take_back
from crisis.queries.desk import deadlines_of
from crisis.screens.head import slim_head
from crisis.screens.release import release_screen
from crisis.screens.rows import Text
from crisis.views.door import PersonRequest, for_officers, number_in
from playbooks.rules.networks import NETWORKS, network_of_url

CONFLICT = 409
UNPROCESSABLE = 422

REFUSALS: dict[type[Exception], Text] = {
    NotOpen: gettext_lazy("It was stood down meanwhile, and is closed to writing."),
    AlreadyOut: gettext_lazy("It is out already, or somebody else has answered meanwhile."),
    StaleVersion: gettext_lazy("The answer changed while you were here. Read it again below."),
    NotReleasable: gettext_lazy("It may not go out any more. The approval was taken back."),
    TextMismatch: gettext_lazy(
        "The words that are kept are not the words that were signed. Nothing has gone out. "
        "Take it back, and have it signed again."
    ),
    ProofMissing: gettext_lazy("Paste the link to your answer"),
    NotYours: gettext_lazy("An officer releases it."),
}
"""Why an answer did not go out, as it is told on the page."""
REFUSED = tuple(REFUSALS)


@for_officers
def release(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the exact words; record that they are out, or take the approval back."""
    now = moment_of(request)
    answer = _answer(request, pk)
    if request.method != "POST":
        return _show(request, answer, now)
    if request.POST.get("do") == "take_back":
        return _take_back(request, answer, now)
    form = ReleaseForm(request.POST, is_drill=answer.incident.is_drill)
    if form.is_valid():
        _check_place(form, answer)
    if form.is_valid():
        return _release(request, answer, form, now)
    return _show(request, answer, now, form, UNPROCESSABLE)


def _answer(request: PersonRequest, pk: int) -> Answer:
    answer = answer_for(request.user, pk)
    answer.incident = incident_for(request.user, answer.incident.number)
    return answer


def _release(
    request: PersonRequest, answer: Answer, form: ReleaseForm, now: datetime
) -> HttpResponse:
    typed = form.cleaned_data
    try:
        release_answer(
            answer=answer, seen=typed["seen"], url=typed["url"], by=request.user, now=now
        )
    except Blocked as blocked:
        for check in blocked.checks:
            form.add_error(None, f"{check.title}. {check.text}")
        return _show(request, answer, now, form, UNPROCESSABLE)
    except REFUSED as refusal:
        form.add_error(None, str(REFUSALS[type(refusal)]))
        return _show(request, _answer(request, answer.pk), now, form, CONFLICT)
    return redirect("crisis:console", answer.incident.number)


def _check_place(form: ReleaseForm, answer: Answer) -> None:
    """Refuse a link that leads to another network: it is the wrong one that was pasted."""
    network = network_of_url(form.cleaned_data["url"])
    if network and network != answer.channel.network:
        says = _("That link leads to %(there)s. This answer is for %(here)s.")
        names = {"there": NETWORKS[network].name, "here": answer.channel.network_name}
        form.add_error("url", says % names)


def _take_back(request: PersonRequest, answer: Answer, now: datetime) -> HttpResponse:
    """Stop it from going out; where that comes too late, the page says where it stands."""
    seen = number_in(request.POST, "seen") or 0
    act = Act(by=request.user, at=now, via=Decision.Via.SESSION, seen=seen)
    with suppress(NotApproved, NotOpen, NotYours, StaleVersion):
        take_back(answer=answer, act=act)
        return redirect("crisis:answer", answer.pk)
    return redirect("crisis:release", answer.pk)


def _show(
    request: PersonRequest,
    answer: Answer,
    now: datetime,
    form: ReleaseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    incident = answer.incident
    version = answer.versions.get(number=answer.current)
    authority = authority_over(answer, version, now) if incident.is_open else None
    settled = settling_decision(answer)
    context = {
        "form": form or ReleaseForm(is_drill=incident.is_drill),
        "answer": answer,
        "version": version,
        "screen": release_screen(answer, version, authority, settled, request.organisation),
        "head": slim_head(incident, deadlines_of(incident), now, incident.escalation.time_zone),
        "is_drill": incident.is_drill,
        "active": "codereds",
    }
    return render(request, "crisis/release.html", context, status=status)
