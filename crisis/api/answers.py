"""Questions and answers: who asks, the words, and sending them for sign-off."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from crisis.api import incoming, outgoing, outgoing_answers, references
from crisis.api.endpoint import READ, Endpoint, written, written_part
from crisis.api.keyset import Part, Window, part, part_of
from crisis.api.schema import tells, told
from crisis.api.shown import answer_now, lines_of
from crisis.operations.answer import (
    Wording,
    draft_answer,
    revise_answer,
    submit_answer,
    withdraw_answer,
)
from crisis.operations.question import Post, add_question
from crisis.operations.release import release_answer
from escalation.models import ApiKey
from playbooks.models import Statement

ANSWER = ApiKey.Scope.ANSWER
LOCATION = told("Location", "Where the answer is.", str, 201)


class Questions(Endpoint):
    scopes: ClassVar = {"GET": READ, "HEAD": READ, "POST": ApiKey.Scope.RAISE}

    @tells(
        "list_questions",
        "The people who ask, in the order in which they were added",
        part(outgoing.QuestionOut),
        asked=[Window],
    )
    def get(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        rows = incident.questions.select_related("channel")
        found = part_of(rows, request, self.asked(Window), "id")
        return written_part(outgoing.QuestionOut, found)

    @tells(
        "add_question",
        "Put one more person on the list of those who want an answer",
        outgoing.QuestionOut,
        status=201,
        given=incoming.QuestionIn,
        problems=["closed", "not_yours", "already_added", "unknown_reference"],
    )
    def post(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        given = self.given(incoming.QuestionIn)
        channel = references.channel_in_use(given.pop("channel", None))
        post = Post(**given, channel=channel)
        question = add_question(incident=incident, post=post, by=self.person, now=self.now)
        return written(outgoing.QuestionOut, question, 201)


class Answers(Endpoint):
    scopes: ClassVar = {"GET": READ, "HEAD": READ, "POST": ANSWER}

    @tells(
        "list_answers",
        "The answers of a code red, withdrawn ones too",
        part(outgoing_answers.AnswerLineOut),
        asked=[Window],
    )
    def get(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        rows = incident.answers.select_related("incident", "channel", "statement", "created_by")
        found = part_of(rows, request, self.asked(Window), "id")
        shown = Part(lines_of(found.results), found.next)
        return written_part(outgoing_answers.AnswerLineOut, shown)

    @tells(
        "draft_answer",
        "Write the first version of an answer",
        outgoing_answers.AnswerOut,
        status=201,
        given=incoming.DraftIn,
        asked=[LOCATION],
        problems=["closed", "not_yours", "unknown_reference", "not_together"],
    )
    def post(self, request: Request, number: int) -> Response:
        incident = self.incident_for(number)
        given = self.given(incoming.DraftIn)
        question = references.question_of(incident, given.pop("question", None))
        channel = references.channel_for(given.pop("channel"))
        statement = references.statement_of(incident, given.pop("statement", None))
        answer = draft_answer(
            incident=incident,
            question=question,
            channel=channel,
            statement=statement,
            wording=wording_of(given, statement),
            by=self.person,
            now=self.now,
        )
        url = reverse("api:answer", args=[answer.pk])
        shown = answer_now(answer.pk, self.now)
        return written(outgoing_answers.AnswerOut, shown, 201, {"Location": url})


def wording_of(given: dict[str, Any], statement: Statement | None) -> Wording:
    """Take the words as written, else the statement with its blanks filled in."""
    values = references.values_for(statement, given.pop("values", {}))
    text = given.pop("text", None) or references.filled(statement, values)
    return Wording(text=text, values=values, **given)


class Answer(Endpoint):
    scopes: ClassVar = {"GET": READ, "HEAD": READ, "PUT": ANSWER}

    @tells("read_answer", "An answer as it stands", outgoing_answers.AnswerOut)
    def get(self, request: Request, pk: int) -> Response:
        answer = self.answer_for(pk)
        return written(outgoing_answers.AnswerOut, answer_now(answer.pk, self.now))

    @tells(
        "revise_answer",
        "Write a new version; signatures on the old one no longer count",
        outgoing_answers.AnswerOut,
        given=incoming.ReviseIn,
        problems=[
            "closed",
            "not_yours",
            "not_editable",
            "stale_version",
            "unknown_reference",
            "not_together",
        ],
    )
    def put(self, request: Request, pk: int) -> Response:
        answer = self.answer_for(pk)
        given = self.given(incoming.ReviseIn)
        seen = given.pop("version")
        wording = wording_of(given, answer.statement)
        revise_answer(answer=answer, seen=seen, wording=wording, by=self.person, now=self.now)
        return written(outgoing_answers.AnswerOut, answer_now(answer.pk, self.now))


class Submit(Endpoint):
    scopes: ClassVar = {"POST": ANSWER}

    @tells(
        "submit_answer",
        "Send an answer for sign-off, and page whoever may sign",
        outgoing_answers.AnswerOut,
        given=incoming.SeenIn,
        problems=[
            "closed",
            "not_yours",
            "not_submittable",
            "stale_version",
            "blocked",
            "nobody_to_sign",
        ],
    )
    def post(self, request: Request, pk: int) -> Response:
        answer = self.answer_for(pk)
        seen = self.given(incoming.SeenIn)["version"]
        submit_answer(answer=answer, seen=seen, by=self.person, now=self.now)
        return written(outgoing_answers.AnswerOut, answer_now(answer.pk, self.now))


class Releases(Endpoint):
    scopes: ClassVar = {"POST": ANSWER}

    @tells(
        "release_answer",
        "Record that the exact words are out, and stop the clocks that they meet",
        outgoing_answers.AnswerOut,
        status=201,
        given=incoming.ReleaseIn,
        problems=[
            "closed",
            "not_yours",
            "already_out",
            "stale_version",
            "not_releasable",
            "text_mismatch",
            "blocked",
            "proof_missing",
        ],
    )
    def post(self, request: Request, pk: int) -> Response:
        answer = self.answer_for(pk)
        given = self.given(incoming.ReleaseIn)
        release_answer(
            answer=answer,
            seen=given["version"],
            url=given.get("url", ""),
            by=self.person,
            now=self.now,
        )
        return written(outgoing_answers.AnswerOut, answer_now(answer.pk, self.now), 201)


class Withdraw(Endpoint):
    scopes: ClassVar = {"POST": ANSWER}

    @tells(
        "withdraw_answer",
        "Take an answer out of use for good",
        outgoing_answers.AnswerOut,
        given=incoming.NothingIn,
        problems=["closed", "not_yours", "not_editable"],
    )
    def post(self, request: Request, pk: int) -> Response:
        answer = self.answer_for(pk)
        self.given(incoming.NothingIn)
        withdraw_answer(answer=answer, by=self.person, now=self.now)
        return written(outgoing_answers.AnswerOut, answer_now(answer.pk, self.now))
