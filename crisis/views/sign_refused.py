"""What a manager reads when their press changed nothing: why, what is true now, what is left."""

from __future__ import annotations

from django.http import HttpResponseBase

from crisis.models import Answer, AnswerVersion
from crisis.operations.answer import Blocked, StaleVersion
from crisis.operations.incident import NotOpen
from crisis.operations.sign_off import (
    AlreadyDone,
    AlreadySigned,
    FourEyes,
    NotASigner,
    NotAwaitingSignOff,
)
from crisis.queries.signing import State
from crisis.screens.sign import findings
from crisis.screens.sign_pages import changed, signing
from crisis.screens.sign_told import Late, told, withdrawn
from crisis.views.sign_door import Visit, kept_words

REFUSALS = (
    StaleVersion,
    NotAwaitingSignOff,
    NotASigner,
    FourEyes,
    AlreadySigned,
    AlreadyDone,
    Blocked,
    NotOpen,
)


def refused(
    visit: Visit, answer: Answer, refusal: Exception, read: AnswerVersion | None
) -> HttpResponseBase:
    """Turn a refusal of an operation into its page, with what was typed still on it."""
    if isinstance(refusal, StaleVersion):
        return _stale(visit, answer, refusal)
    if isinstance(refusal, Blocked):
        sheet = visit.sheet(answer.pk)
        trouble = findings(refusal.checks)
        return visit.show("sign", sheet, page=signing(sheet), trouble=trouble, status=422)
    if isinstance(refusal, NotAwaitingSignOff | NotOpen):
        return too_late(visit, answer, read)
    if isinstance(refusal, AlreadySigned | AlreadyDone):
        return visit.back(answer.pk)
    return _not_theirs(visit, answer)


def _stale(visit: Visit, answer: Answer, refusal: StaleVersion) -> HttpResponseBase:
    sheet = visit.sheet(answer.pk)
    page = changed(sheet, refusal.current, refusal.seen)
    return visit.show("changed", sheet, page=page, status=409)


def too_late(visit: Visit, answer: Answer, read: AnswerVersion | None) -> HttpResponseBase:
    """Say who was first, and how long before; a second press of the same person is no fault."""
    visit.incident.refresh_from_db()
    answer.refresh_from_db()
    sheet = visit.sheet(answer.pk)
    settled = sheet.settled
    is_own = sheet.state == State.APPROVED and settled and settled.by == visit.person
    if is_own or sheet.state in (State.SIGN, State.SIGNED):
        return visit.back(answer.pk)
    is_withdrawn = visit.incident.is_open and answer.status == Answer.Status.WITHDRAWN
    page = withdrawn(visit.incident) if is_withdrawn else told(sheet, Late(visit.now, read))
    return visit.show("told", sheet, page=page, kept=kept_words(visit.request), status=409)


def _not_theirs(visit: Visit, answer: Answer) -> HttpResponseBase:
    """Say who can; whoever has signed these words already reads that instead."""
    sheet = visit.sheet(answer.pk)
    if sheet.state in (State.SIGN, State.SIGNED):
        return visit.back(answer.pk)
    page = told(sheet, Late(visit.now, None))
    return visit.show("told", sheet, page=page, kept=kept_words(visit.request), status=403)
