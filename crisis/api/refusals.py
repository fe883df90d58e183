"""What the operations refuse, as problems: each exception's code, and what is there instead."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from crisis.api.problems import FieldError, Problem, stamp
from crisis.models import AnswerVersion, Decision
from crisis.operations import answer, fact, incident, question, release, sign_off
from crisis.rules.diff import word_diff
from escalation.models import Person
from escalation.operations import act

_PLAIN: dict[type[Exception], str] = {
    incident.NotAnOfficer: "not_an_officer",
    incident.NoChain: "no_chain",
    incident.KeyReused: "key_reused",
    incident.NotOpen: "closed",
    incident.NotYours: "not_yours",
    act.NotPaging: "not_paging",
    act.NotOnTheChain: "not_on_the_chain",
    answer.NotEditable: "not_editable",
    answer.NotSubmittable: "not_submittable",
    answer.NobodyToSign: "nobody_to_sign",
    sign_off.NotASigner: "not_a_signer",
    sign_off.FourEyes: "four_eyes",
    sign_off.AlreadySigned: "already_signed",
    sign_off.NotApproved: "not_approved",
    release.NotReleasable: "not_releasable",
    release.TextMismatch: "text_mismatch",
    release.AlreadyOut: "already_out",
}
_OF_A_FIELD: dict[type[Exception], tuple[str, str]] = {
    act.CannotBeReached: ("cannot_be_reached", "to"),
    sign_off.NoReason: ("reason_missing", "reason"),
    release.ProofMissing: ("proof_missing", "url"),
}


def refusal_of(exc: Exception) -> Problem | None:
    """Turn an operation's exception into its problem; None for any other exception."""
    if isinstance(exc, answer.StaleVersion):
        return stale_version(exc.current, exc.seen)
    if isinstance(exc, answer.Blocked):
        return Problem("blocked", more={"checks": [asdict(check) for check in exc.checks]})
    if isinstance(exc, sign_off.NotAwaitingSignOff):
        return _not_awaiting(exc)
    if isinstance(exc, question.AlreadyAdded):
        return Problem("already_added", more={"question": exc.question.pk})
    if isinstance(exc, fact.AlreadyKnown):
        return Problem("already_known", more={"fact": exc.fact.pk})
    if type(exc) in _OF_A_FIELD:
        code, field = _OF_A_FIELD[type(exc)]
        problem = Problem(code)
        return Problem(code, errors=[FieldError(field, code, problem.detail)])
    code_only = _PLAIN.get(type(exc))
    return Problem(code_only) if code_only else None


def stale_version(current: AnswerVersion, seen: AnswerVersion | None) -> Problem:
    """Show what the words are now, and what changed since the version that was seen."""
    now = {
        "version": current.number,
        "sha256": current.sha256,
        "text": current.text,
        "written_by": brief(current.written_by),
        "written_at": stamp(current.written_at),
    }
    pieces = word_diff(seen.text, current.text) if seen else ()
    return Problem("stale_version", more={"current": now, "diff": [asdict(p) for p in pieces]})


def _not_awaiting(exc: sign_off.NotAwaitingSignOff) -> Problem:
    status = {"answer_status": exc.answer.status}
    if exc.settled_by is None:
        return Problem("not_awaiting_sign_off", more=status)
    return Problem("already_decided", more=status | {"decided": _decided(exc.settled_by)})


def _decided(decision: Decision) -> dict[str, Any]:
    return {
        "kind": decision.kind,
        "version": decision.version.number,
        "by": brief(decision.by),
        "at": stamp(decision.at),
    }


def brief(person: Person) -> dict[str, Any]:
    """Name a person as everywhere in the API."""
    return {"id": person.pk, "name": person.name, "title": person.title}
