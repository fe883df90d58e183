"""Write an answer: from a statement or freely, checked at each press, never lost."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crisis.access import answer_for, incident_for
from crisis.context import moment_of
from crisis.models import Answer
from crisis.operations.answer import (
    SUBMITTABLE,
    AlreadyBegun,
    ApprovedMeanwhile,
    Blocked,
    NobodyToSign,
    NotEditable,
    NotSubmittable,
    StaleVersion,
    draft_answer,
    revise_answer,
    submit_answer,
    withdraw_answer,
)
from crisis.operations.checks import facts_of
from crisis.operations.incident import NotOpen
from crisis.operations.release import is_pre_approved
from crisis.queries.drafting import new_writing, writing_of
from crisis.rules.checks import blocks, check_answer
from crisis.screens.draft import cannot_be_signed, is_editable, tab_urls
from crisis.views.door import PersonRequest, for_officers, number_in
from crisis.views.draft_page import CONFLICT, Page, refused, show, show_blocked, show_changed
from crisis.views.facts import to_facts

USE = "use:"
"""What a button's value starts with that begins from a statement; its code follows."""
GO = "go:"
"""What a button's value starts with that leads away: to the facts, or to a channel by its key."""
FACTS = "facts"


@for_officers
def new(request: PersonRequest, number: int) -> HttpResponse:
    """Begin an answer to one person, or to everyone on a channel."""
    now = moment_of(request)
    incident = incident_for(request.user, number)
    asked = request.POST if request.method == "POST" else request.GET
    writing = new_writing(
        incident,
        question=number_in(asked, "question"),
        channel=number_in(asked, "channel"),
        statement=asked.get("statement", ""),
    )
    if writing is None:
        says = _("No channel is in use, so there is nowhere to answer. An admin adds one.")
        return refused(request, incident, says, now)
    return _answer(Page(request, writing, now))


@for_officers
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Go on with an answer; what is out or withdrawn keeps its words."""
    now = moment_of(request)
    answer = answer_for(request.user, pk)
    incident = incident_for(request.user, answer.incident.number)
    if not is_editable(answer) and request.method != "POST":
        return redirect("crisis:release", pk)
    return _answer(Page(request, writing_of(answer, incident), now))


def _answer(page: Page) -> HttpResponse:
    if page.request.method != "POST":
        return show(page)
    do = page.request.POST.get("do", "")
    try:
        return _do(page, do)
    except StaleVersion as stale:
        return show_changed(page, stale)
    except AlreadyBegun as begun:
        return _answer(page.at(begun.answer))
    except ApprovedMeanwhile as approved:
        return show(replace(page.at(approved.answer), is_told=True), status=CONFLICT)
    except NotOpen:
        says = _("It was stood down meanwhile, and is closed to writing.")
        return refused(page.request, page.writing.incident, says, page.now, page.typed)
    except NotEditable:
        says = _("This answer is out, or was withdrawn. Its words stay as they are.")
        return refused(page.request, page.writing.incident, says, page.now, page.typed)


def _do(page: Page, do: str) -> HttpResponse:
    """Do what the button says; anything unknown only checks."""
    if do.startswith(USE):
        return show(page.starting_from(do.removeprefix(USE)))
    if do.startswith(GO):
        return _go(page, do.removeprefix(GO))
    if do == "withdraw" and page.writing.answer:
        withdraw_answer(answer=page.writing.answer, by=page.request.user, now=page.now)
        return redirect("crisis:console", page.writing.incident.number)
    if do not in ("save", "send") or not page.form.is_valid():
        return show(page)
    answer = _store(page)
    return _send(page, answer) if do == "send" else redirect("crisis:answer", answer.pk)


def _go(page: Page, where: str) -> HttpResponse:
    """Go elsewhere. What was written here is kept first, where that undoes nothing."""
    url = tab_urls(page.writing).get(where)
    if url is None and where != FACTS:
        return show(page)
    answer = page.writing.answer
    if page.is_touched:
        if not page.form.is_valid():
            return show(page)
        if answer and answer.status not in SUBMITTABLE:
            page.form.add_error(None, _("Save what you changed here first, or it is lost"))
            return show(page)
        answer = _store(page)
    return redirect(url or to_facts(page.writing.incident.number, _place(page, answer)))


def _place(page: Page, answer: Answer | None) -> str:
    """Give the address at which one goes on writing."""
    if answer:
        return reverse("crisis:answer", args=[answer.pk])
    begun = {name: page.request.POST.get(name) for name in ("question", "channel", "statement")}
    base = reverse("crisis:draft", args=[page.writing.incident.number])
    return f"{base}?{urlencode({name: each for name, each in begun.items() if each})}"


def _store(page: Page) -> Answer:
    """Keep the words. Pressing twice keeps them once; words changed in between are a version."""
    if page.writing.answer:
        return _revise(page, page.writing.answer)
    return draft_answer(
        incident=page.writing.incident,
        question=page.writing.question,
        channel=page.writing.channel,
        statement=page.writing.statement,
        wording=page.wording,
        by=page.request.user,
        now=page.now,
        key=page.key,
    )


def _revise(page: Page, answer: Answer) -> Answer:
    revise_answer(
        answer=answer,
        seen=page.seen,
        wording=page.wording,
        by=page.request.user,
        now=page.now,
        drops_approval=page.knows_of_approval,
    )
    return answer


def _send(page: Page, answer: Answer) -> HttpResponse:
    """Send an answer for sign-off; words that were approved ahead of time need none."""
    stored = page.stored(answer)
    current = stored.writing.current
    if current is None or stored.writing.answer is None:
        return redirect("crisis:answer", answer.pk)
    if is_pre_approved(stored.writing.answer, current):
        blocking = blocks(check_answer(facts_of(stored.writing.answer, current)))
        if blocking:
            return show_blocked(stored, blocking)
        return redirect("crisis:release", answer.pk)
    try:
        submit_answer(answer=answer, seen=current.number, by=page.request.user, now=page.now)
    except Blocked as blocked:
        return show_blocked(stored, blocked.checks)
    except NobodyToSign as nobody:
        stored.form.add_error(None, cannot_be_signed(nobody.needed, nobody.left))
        return show(stored)
    except NotSubmittable:
        pass  # pressed twice: it was sent the first time
    return redirect("crisis:console", stored.writing.incident.number)
