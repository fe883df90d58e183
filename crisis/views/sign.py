"""The manager's page: what waits for them, and one press that decides it."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from crisis.models import AnswerVersion
from crisis.operations import incident as alarm
from crisis.operations import sign_off
from crisis.operations.answer import StaleVersion
from crisis.operations.incident import NotOpen, NotYours
from crisis.operations.reading import end_reading, note_reading
from crisis.queries.signing import Sheet, State, is_asked
from crisis.screens.sign_pages import signing, waiting
from crisis.screens.sign_told import told
from crisis.views.door import number_in
from crisis.views.sign_door import Visit, for_deciders
from crisis.views.sign_refused import REFUSALS, refused
from escalation.operations.act import NotPaging
from escalation.operations.pages import mark_seen


@require_safe
@for_deciders
def sign(visit: Visit) -> HttpResponseBase:
    """Show the answer that waits for this person, or tell where things stand."""
    sheet = visit.sheet(_chosen(visit))
    if _belongs_to_console(visit, sheet):
        return redirect("crisis:console", visit.incident.number)
    if sheet.state == State.SIGN:
        return visit.show("sign", sheet, page=signing(sheet), turns=True)
    if sheet.state == State.WAITING:
        return visit.show("waiting", sheet, page=waiting(sheet), turns=True)
    return visit.show("told", sheet, page=told(sheet), turns=True)


@require_safe
@for_deciders
def moved(visit: Visit) -> HttpResponseBase:
    """Tell a page that is open whether it still shows what is so."""
    return HttpResponse(visit.sheet(_chosen(visit)).stamp, content_type="text/plain")


def _chosen(visit: Visit) -> int | None:
    return number_in(visit.request.GET, "answer")


def _belongs_to_console(visit: Visit, sheet: Sheet) -> bool:
    """An officer whom nobody asks to sign has come by the link of a page about their own clock."""
    if not visit.person.is_officer or sheet.state == State.SIGN:
        return False
    return not is_asked(visit.incident, visit.person)


@require_POST
@for_deciders
def approve(visit: Visit, pk: int) -> HttpResponseBase:
    """Sign the exact words that were read."""
    answer = visit.answer(pk)
    read = visit.read(answer)
    try:
        sign_off.approve(answer=answer, act=visit.act(read))
    except REFUSALS as refusal:
        return refused(visit, answer, refusal, read)
    return visit.back(answer.pk)


@require_POST
@for_deciders
def take_back(visit: Visit, pk: int) -> HttpResponseBase:
    """Stop an approved answer from going out; where that comes too late, the page says so."""
    answer = visit.answer(pk)
    with suppress(sign_off.NotApproved, sign_off.AlreadyDone, NotYours, NotOpen, StaleVersion):
        sign_off.take_back(answer=answer, act=visit.act(visit.read(answer)))
    return visit.back(answer.pk)


@require_POST
@for_deciders
def on_it(visit: Visit) -> HttpResponseBase:
    """Say "I'm on it"; pressed too late, there is nothing to hold, and the page says why."""
    with suppress(NotOpen, NotPaging):
        alarm.acknowledge(incident=visit.incident, by=visit.person, now=visit.now)
    return visit.back()


@require_POST
@for_deciders
def seen(visit: Visit) -> HttpResponseBase:
    """Note that a page is in front of its person. Only a script says so, never a GET."""
    for run in visit.incident.timeline.escalations.order_by("pk"):
        mark_seen(escalation=run, person_id=visit.person.pk, now=visit.now)
    _note_reading(visit)
    return HttpResponse(status=204)


def _note_reading(visit: Visit) -> None:
    posted = visit.request.POST
    answer, number = number_in(posted, "answer"), number_in(posted, "version")
    if answer is None or number is None:
        return
    versions = AnswerVersion.objects.select_related("answer__incident")
    read = versions.filter(answer__incident=visit.incident, answer_id=answer, number=number).first()
    if read is not None:
        note = end_reading if "gone" in posted else note_reading
        note(version=read, by=visit.person, now=visit.now)
