"""What the events say the state must be. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from escalation.rules.evidence import Entry


@dataclass
class Folded:
    """An incident and its answers as their events tell them."""

    status: str = ""
    answers: dict[int, str] = field(default_factory=dict)


_ANSWER_STATUS = {
    "answer_drafted": "draft",
    "answer_submitted": "awaiting_sign_off",
    "answer_withdrawn": "withdrawn",
    "released": "released",
}
_DECIDED_STATUS = {
    "approve": "approved",
    "amend_and_approve": "approved",
    "send_back": "sent_back",
}


def fold(entries: Iterable[Entry]) -> Folded:
    """Replay events, in order, into the state that they leave."""
    state = Folded()
    for entry in entries:
        if entry.kind in ("raised", "stood_down"):
            state.status = "open" if entry.kind == "raised" else "stood_down"
        status = _answer_status(entry.kind, entry.detail)
        if status:
            state.answers[entry.detail["answer"]] = status
    return state


class Ticked(Protocol):
    """An event about a step of the playbook."""

    @property
    def kind(self) -> str: ...

    @property
    def detail(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=Ticked)
TICKS = ("step_ticked", "step_unticked")


def ticked(events: Iterable[T]) -> dict[int, T]:
    """Give the steps that are ticked off, by their ids, each with the event that did it."""
    found: dict[int, T] = {}
    for event in events:
        if event.kind == "step_ticked":
            found[event.detail["step"]] = event
        elif event.kind == "step_unticked":
            found.pop(event.detail["step"], None)
    return found


Words = dict[str, tuple[int | str, ...]]
"""Which words a row holds: by what the row is called, its hashes and what they belong to."""


def words_told(entries: Iterable[Entry]) -> Words:
    """Give the words of every version, decision, release and fact as their events tell of them.

    Of a version the first event counts, which was written in the same moment as the words.
    """
    told: Words = {}
    for entry in entries:
        if entry.kind == "fact_added":
            told[f"fact {entry.detail['fact']}"] = (entry.detail["words"],)
        if "sha256" not in entry.detail:
            continue
        answer, number, sha256 = (entry.detail[key] for key in ("answer", "version", "sha256"))
        told.setdefault(f"answer {answer} version {number}", (sha256, sha256))
        if entry.kind == "decided":
            told[f"decision {entry.detail['decision']}"] = (answer, number, sha256)
        if entry.kind == "released":
            where = entry.detail["url"]
            told[f"release {entry.detail['release']}"] = (answer, number, sha256, where)
    return told


def _answer_status(kind: str, detail: dict[str, Any]) -> str | None:
    if kind == "answer_changed":
        return "draft" if detail["drops_approval"] else None
    if kind == "decided":
        if detail["kind"] == "take_back":
            return "sent_back"
        return _DECIDED_STATUS.get(detail["kind"]) if detail["settles"] else None
    return _ANSWER_STATUS.get(kind)
