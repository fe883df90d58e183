"""Not as it stands: the manager's own words, a change asked for, or somebody else to decide."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crisis.forms.sign import AmendForm, ChangeForm, HandOverForm
from crisis.models import Answer, AnswerVersion
from crisis.operations import sign_off
from crisis.operations.answer import Blocked, StaleVersion, Wording
from crisis.operations.incident import NotOpen, hand_over_paging
from crisis.queries.signing import Sheet, State
from crisis.rules.text import sha256_of
from crisis.screens.sign import choices, whys
from crisis.screens.sign_pages import amending, changed_by, signing
from crisis.views.sign_door import SEE_OTHER, Visit, for_deciders
from crisis.views.sign_refused import REFUSALS, refused, too_late
from escalation.models import Person
from escalation.operations.act import CannotBeReached, NotOnTheChain, NotPaging

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@reads_and_writes
@for_deciders
def amend(visit: Visit, pk: int) -> HttpResponseBase:
    """Take the manager's own words: the first press shows what they change, the next approves."""
    answer = visit.answer(pk)
    sheet = visit.sheet(answer.pk)
    if not visit.is_post:
        return _show_amend(visit, sheet) if sheet.state == State.SIGN else visit.back(answer.pk)
    if "undo" in visit.request.POST:
        return HttpResponseRedirect(visit.request.path, status=SEE_OTHER)
    if sheet.state != State.SIGN:
        return too_late(visit, answer, visit.read(answer))
    return _amended(visit, sheet, answer, AmendForm(visit.request.POST))


def _amended(visit: Visit, sheet: Sheet, answer: Answer, form: AmendForm) -> HttpResponseBase:
    if visit.request.POST.get("do") == "check":
        return _show_checked(visit, sheet, answer, form)
    if not form.is_valid():
        return _show_amend(visit, sheet, form, status=422)
    words, current = _words(form, answer), sheet.current
    if visit.read(answer) != current:
        return _show_amend(visit, sheet, form, words, stale=current)
    if words.text == current.text:
        says = _("Nothing is changed yet. Change a word, or go back and approve it as it is.")
        form.add_error("text", says)
        return _show_amend(visit, sheet, form, status=422)
    if visit.request.POST.get("shown") != sha256_of(words.text):
        return _show_amend(visit, sheet, form, words)
    return _approve_with_changes(visit, sheet, answer, form)


def _show_checked(visit: Visit, sheet: Sheet, answer: Answer, form: AmendForm) -> HttpResponseBase:
    """Show what the words so far change, while they are typed; nothing is approved by this."""
    words = _words(form, answer) if form.is_valid() else None
    is_other = words is not None and words.text != sheet.current.text
    return _show_amend(visit, sheet, form, words if is_other else None)


def _words(form: AmendForm, answer: Answer) -> AnswerVersion:
    """What the manager wrote, as a version that is not kept yet."""
    values = form.cleaned_data
    return AnswerVersion(
        answer=answer,
        text=values["text"],
        answers_question=values["answers_question"],
        reason_for_length=values["reason_for_length"],
        reason_for_repeat=values["reason_for_repeat"],
    )


def _approve_with_changes(
    visit: Visit, sheet: Sheet, answer: Answer, form: AmendForm
) -> HttpResponseBase:
    wording = Wording(values=sheet.current.values, **form.cleaned_data)
    try:
        sign_off.amend_and_approve(answer=answer, wording=wording, act=visit.act(sheet.current))
    except Blocked:
        return _show_amend(visit, sheet, form, _words(form, answer), status=422)
    except StaleVersion as moved:
        again = visit.sheet(answer.pk)
        return _show_amend(visit, again, form, _words(form, answer), stale=moved.current)
    except REFUSALS as refusal:
        return refused(visit, answer, refusal, sheet.current)
    return visit.back(answer.pk)


def _show_amend(
    visit: Visit,
    sheet: Sheet,
    form: AmendForm | None = None,
    words: AnswerVersion | None = None,
    *,
    stale: AnswerVersion | None = None,
    status: int = 200,
) -> HttpResponseBase:
    current = stale or sheet.current
    return visit.show(
        "amend",
        sheet,
        form=form or AmendForm(initial=_as_it_stands(current)),
        page=amending(sheet, current, words),
        stale=changed_by(stale, sheet.run.time_zone) if stale else "",
        status=409 if stale else status,
    )


def _as_it_stands(current: AnswerVersion) -> dict[str, object]:
    return {
        "text": current.text,
        "answers_question": current.answers_question is not False,
        "reason_for_length": current.reason_for_length,
        "reason_for_repeat": current.reason_for_repeat,
    }


@reads_and_writes
@for_deciders
def change(visit: Visit, pk: int) -> HttpResponseBase:
    """Send an answer back to the officer, with what should change."""
    answer = visit.answer(pk)
    sheet = visit.sheet(answer.pk)
    if not visit.is_post:
        form = ChangeForm(whys())
        return _show_change(visit, sheet, form) if sheet.state == State.SIGN else visit.back(pk)
    form, read = ChangeForm(whys(), visit.request.POST), visit.read(answer)
    if sheet.state != State.SIGN:
        return too_late(visit, answer, read)
    if not form.is_valid():
        return _show_change(visit, sheet, form, status=422)
    try:
        sign_off.send_back(answer=answer, act=visit.act(read, form.reason))
    except StaleVersion as moved:
        return _show_change(visit, visit.sheet(answer.pk), form, stale=moved.current)
    except REFUSALS as refusal:
        return refused(visit, answer, refusal, read)
    return visit.back(answer.pk)


def _show_change(
    visit: Visit,
    sheet: Sheet,
    form: ChangeForm,
    *,
    stale: AnswerVersion | None = None,
    status: int = 200,
) -> HttpResponseBase:
    return visit.show(
        "change",
        sheet,
        form=form,
        page=signing(sheet, stale),
        stale=changed_by(stale, sheet.run.time_zone) if stale else "",
        status=409 if stale else status,
    )


@reads_and_writes
@for_deciders
def hand_over(visit: Visit, pk: int) -> HttpResponseBase:
    """Pass the decision on an answer to another signer, who is paged at once."""
    answer = visit.answer(pk)
    sheet = visit.sheet(answer.pk)
    read = visit.read(answer)
    if sheet.state != State.SIGN:
        return too_late(visit, answer, read) if visit.is_post else visit.back(answer.pk)

    def pass_on(to: Person) -> None:
        sign_off.hand_over(answer=answer, to=to, act=visit.act(read))

    try:
        return _hand_over(visit, sheet, pass_on)
    except REFUSALS as refusal:
        return refused(visit, answer, refusal, read)


@reads_and_writes
@for_deciders
def hand_over_page(visit: Visit) -> HttpResponseBase:
    """Pass the page itself on while there is no answer yet."""

    def pass_on(to: Person) -> None:
        hand_over_paging(incident=visit.incident, by=visit.person, to=to, now=visit.now)

    try:
        return _hand_over(visit, visit.sheet(), pass_on)
    except NotOpen:
        return visit.back()


def _hand_over(visit: Visit, sheet: Sheet, pass_on: Callable[[Person], None]) -> HttpResponseBase:
    people = choices(sheet)
    form = HandOverForm(people, visit.request.POST if visit.is_post else None)
    if not (form.is_bound and form.is_valid()):
        return _show_hand_over(visit, sheet, form, status=422 if form.is_bound else 200)
    try:
        pass_on(get_object_or_404(Person, pk=form.cleaned_data["to"]))
    except CannotBeReached as nobody:
        says = _("%(name)s cannot be reached. Choose somebody else.") % {"name": nobody}
        form.add_error("to", says)
        return _show_hand_over(visit, sheet, form, status=409)
    except NotOnTheChain:
        form.add_error("to", _("They are not on the chain. Choose somebody else."))
        return _show_hand_over(visit, sheet, form, status=409)
    except NotPaging:
        form.add_error(None, _("Nobody is paged for this any more, so nothing was handed over."))
        return _show_hand_over(visit, sheet, form, status=409)
    return visit.back(sheet.answer.pk if sheet.answer else None)


def _show_hand_over(
    visit: Visit, sheet: Sheet, form: HandOverForm, status: int
) -> HttpResponseBase:
    page = signing(sheet) if sheet.state == State.SIGN else None
    return visit.show("hand_over", sheet, form=form, page=page, status=status)
