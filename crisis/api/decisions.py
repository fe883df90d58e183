"""Decisions: one person's act on the exact words that they had before their eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from crisis.access import incidents_of
from crisis.api import incoming, outgoing_answers, references
from crisis.api.endpoint import Endpoint, written, written_part
from crisis.api.keyset import Part, Window, part, part_of
from crisis.api.schema import tells
from crisis.api.shown import answer_now, waiting_of
from crisis.models import Answer, Decision
from crisis.operations.answer import Wording
from crisis.operations.sign_off import (
    Act,
    amend_and_approve,
    approve,
    hand_over,
    send_back,
    take_back,
)
from crisis.queries.waiting import queue_of
from escalation.models import ApiKey

Given = dict[str, Any]

APPROVE_EXAMPLE = OpenApiExample(
    "Approve",
    request_only=True,
    value={
        "kind": "approve",
        "version": 1,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
)
SEND_BACK_EXAMPLE = OpenApiExample(
    "Send back",
    request_only=True,
    value=APPROVE_EXAMPLE.value | {"kind": "send_back", "reason": "Say when we will know more."},
)


def _approve(answer: Answer, act: Act, given: Given) -> None:
    approve(answer=answer, act=act)


def _amend(answer: Answer, act: Act, given: Given) -> None:
    said = {name: given[name] for name in incoming.OF_AMENDED_WORDS if name in given}
    amend_and_approve(answer=answer, wording=Wording(**said), act=act)


def _send_back(answer: Answer, act: Act, given: Given) -> None:
    send_back(answer=answer, act=act)


def _hand_over(answer: Answer, act: Act, given: Given) -> None:
    hand_over(answer=answer, to=references.person_named(given.get("to")), act=act)


def _take_back(answer: Answer, act: Act, given: Given) -> None:
    take_back(answer=answer, act=act)


_ACTS: dict[str, Callable[[Answer, Act, Given], None]] = {
    Decision.Kind.APPROVE: _approve,
    Decision.Kind.AMEND: _amend,
    Decision.Kind.SEND_BACK: _send_back,
    Decision.Kind.HAND_OVER: _hand_over,
    Decision.Kind.TAKE_BACK: _take_back,
}


class Decisions(Endpoint):
    scopes: ClassVar = {"POST": ApiKey.Scope.DECIDE}
    is_urgent = True

    @tells(
        "decide",
        "Approve, amend and approve, send back, hand over, or take back",
        outgoing_answers.AnswerOut,
        status=201,
        given=incoming.DecisionIn,
        problems=[
            "closed",
            "stale_version",
            "already_decided",
            "not_awaiting_sign_off",
            "already_signed",
            "not_approved",
            "not_a_signer",
            "four_eyes",
            "not_yours",
            "not_paging",
            "blocked",
            "not_together",
            "reason_missing",
            "cannot_be_reached",
            "unknown_reference",
        ],
        examples=[APPROVE_EXAMPLE, SEND_BACK_EXAMPLE],
    )
    def post(self, request: Request, pk: int) -> Response:
        answer = self.answer_for(pk)
        given = self.given(incoming.DecisionIn)
        references.refuse_other_words(answer, given["version"], given["sha256"])
        act = Act(
            by=self.person,
            at=self.now,
            via=Decision.Via.API if request.auth else Decision.Via.SESSION,
            seen=given["version"],
            reason=given.get("reason", ""),
        )
        _ACTS[given["kind"]](answer, act, given)
        return written(outgoing_answers.AnswerOut, answer_now(answer.pk, self.now), 201)


class Queue(Endpoint):
    @tells(
        "read_queue",
        "What waits for my sign-off, the oldest first",
        part(outgoing_answers.WaitingOut),
        asked=[Window],
    )
    def get(self, request: Request) -> Response:
        mine = queue_of(self.person).filter(answer__incident__in=incidents_of(self.person))
        found = part_of(mine, request, self.asked(Window), "id")
        return written_part(
            outgoing_answers.WaitingOut, Part(waiting_of(found.results), found.next)
        )
