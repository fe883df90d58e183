"""What each event of a timeline says, in the words of the screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Answer, Event, Question
from crisis.screens.rows import Entry
from escalation.models import Person
from escalation.rules.clocktext import hhmmss, mmss


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what the events of one incident name, by id; `ways` by which each step was paged."""

    people: Mapping[int, Person]
    answers: Mapping[int, Answer]
    questions: Mapping[int, Question]
    started_at: datetime
    zone: str
    is_drill: bool = False
    full_names: bool = False
    ways: Mapping[tuple[int, int], str] = field(default_factory=dict)
    steps: Mapping[int, str] = field(default_factory=dict)
    """What the steps of the playbook say."""
    facts: Mapping[int, str] = field(default_factory=dict)
    """What is known, or was."""

    def name(self, person_id: int | None) -> str:
        """The first name once people are introduced; the full one in a report."""
        person = self.people.get(person_id or 0)
        if person is None:
            return _("Somebody")
        return person.name if self.full_names or self._is_shared(person) else person.first_name

    def _is_shared(self, person: Person) -> bool:
        return sum(one.first_name == person.first_name for one in self.people.values()) > 1

    def names(self, people: Sequence[int]) -> str:
        return listed([self.name(person) for person in people])

    def after(self, moment: datetime) -> str:
        return mmss((moment - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Telling:
    """How one kind of event is told. A quiet one is bookkeeping: in the full list alone."""

    icon: str
    says: Callable[[Event, Cast], str]
    kind: str = ""
    is_quiet: bool = False


def listed(names: Sequence[str]) -> str:
    """Join names as one says them: "Anna, Ben and Ruth"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def addressee(answer: Answer | None) -> str:
    """Name whom an answer is for: the person who asks, or everyone on its channel."""
    if answer is None:
        return _("somebody")
    if answer.question is None:
        return _("everyone on %(channel)s") % {"channel": answer.channel.network_name}
    return asker(answer.question)


def asker(question: Question | None) -> str:
    """Name a person who asks as they name themselves."""
    if question and question.author:
        return question.author
    if question and question.channel:
        return _("somebody on %(channel)s") % {"channel": question.channel.network_name}
    return _("somebody")


# ------------------------------------------------------------ the alarm


def _raised(event: Event, cast: Cast) -> str:
    says = _("%(by)s started a drill") if cast.is_drill else _("%(by)s raised code red")
    if not cast.full_names:
        return says % {"by": cast.name(event.by_id)}
    minutes = event.detail["limit_seconds"] // 60
    kind = _("Drill started") if cast.is_drill else _("Code red raised")
    return ngettext("%(kind)s, %(n)d minute", "%(kind)s, %(n)d minutes", minutes) % {
        "kind": kind,
        "n": minutes,
    }


def _started(event: Event, cast: Cast) -> str:
    people = [person for step in event.detail.get("plan", []) for person in step["people"]]
    return _("The chain starts: %(names)s") % {"names": cast.names(list(dict.fromkeys(people)))}


def _paged(event: Event, cast: Cast) -> str:
    names = cast.names(event.detail["people"])
    ways = cast.ways.get((event.detail["escalation"], event.detail["step"]), "")
    if event.detail.get("together"):
        says = _("%(names)s paged together: too little time is left for one after the other")
    else:
        says = _("%(names)s paged: %(ways)s") if ways else _("%(names)s paged")
    return says % {"names": names, "ways": ways}


def _unreachable(event: Event, cast: Cast) -> str:
    says = _("Nobody on step %(n)d of the chain could be reached. It goes on at once")
    return says % {"n": event.detail["step"] + 1}


def _everyone(event: Event, cast: Cast) -> str:
    return _("Everyone paged again: %(names)s") % {"names": cast.names(event.detail["people"])}


def _on_it(event: Event, cast: Cast) -> str:
    says = {"name": cast.name(event.by_id), "after": cast.after(event.at)}
    return _("%(name)s is on it, %(after)s after the alarm") % says


def _handed_over(event: Event, cast: Cast) -> str:
    says = {"by": cast.name(event.by_id), "to": cast.names(event.detail["people"])}
    if not says["to"]:
        return _("%(by)s handed over, and nobody could be reached") % says
    return _("%(by)s handed over to %(to)s") % says


def _stopped(event: Event, cast: Cast) -> str:
    words = {
        "decided": _("The paging stops: it is decided"),
        "withdrawn": _("The paging stops: the answer was withdrawn"),
        "stood_down": _("The paging stops: stood down"),
    }
    return words[event.detail["reason"]]


def _failed(event: Event, cast: Cast) -> str:
    return _("A page to %(name)s was not delivered") % {"name": cast.name(event.detail["person"])}


# ------------------------------------------------------------ the promises


def _promise(kind: str) -> str:
    words = {
        "first_word": _("First word"),
        "answer": _("Answer"),
        "next_update": _("Next update"),
        "regulator": _("Regulator’s clock"),
    }
    return words[kind]


def _armed(event: Event, cast: Cast) -> str:
    due_at = datetime.fromisoformat(event.detail["due_at"])
    says = {"what": _promise(event.detail["of"]), "time": hhmmss(due_at, cast.zone)}
    return _("%(what)s due by %(time)s") % says


def _breached(event: Event, cast: Cast) -> str:
    return _("%(what)s is overdue") % {"what": _promise(event.detail["of"])}


def _met(event: Event, cast: Cast) -> str:
    says = _("%(what)s in time") if event.detail["in_time"] else _("%(what)s came late")
    return says % {"what": _promise(event.detail["of"])}


def _dropped(event: Event, cast: Cast) -> str:
    return _("%(what)s is not waited for any more") % {"what": _promise(event.detail["of"])}


# ------------------------------------------------------------ the words


def _about(event: Event, cast: Cast) -> dict[str, str]:
    answer = cast.answers.get(event.detail["answer"])
    return {"by": cast.name(event.by_id), "to": addressee(answer)}


def _question(event: Event, cast: Cast) -> str:
    who = asker(cast.questions.get(event.detail["question"]))
    return _("%(by)s added a question from %(who)s") % {"by": cast.name(event.by_id), "who": who}


def _fact(event: Event, cast: Cast) -> dict[str, str]:
    return {"by": cast.name(event.by_id), "what": cast.facts.get(event.detail["fact"], "…")}


def _learned(event: Event, cast: Cast) -> str:
    if event.detail["is_known"]:
        return _("%(by)s wrote down what we know: %(what)s") % _fact(event, cast)
    return _("%(by)s wrote down what we don’t know yet: %(what)s") % _fact(event, cast)


def _unlearned(event: Event, cast: Cast) -> str:
    return _("%(by)s took back: %(what)s") % _fact(event, cast)


def _taken(event: Event, cast: Cast) -> str:
    who = asker(cast.questions.get(event.detail["question"]))
    return _("%(by)s is replying to %(who)s") % {"by": cast.name(event.by_id), "who": who}


def _given_back(event: Event, cast: Cast) -> str:
    who = asker(cast.questions.get(event.detail["question"]))
    return _("%(by)s leaves %(who)s to the others") % {"by": cast.name(event.by_id), "who": who}


def _step(event: Event, cast: Cast) -> dict[str, str]:
    what = cast.steps.get(event.detail["step"]) or _("a step of the playbook")
    return {"by": cast.name(event.by_id), "what": what}


def _ticked(event: Event, cast: Cast) -> str:
    return _("%(by)s ticked off: %(what)s") % _step(event, cast)


def _unticked(event: Event, cast: Cast) -> str:
    return _("%(by)s took the tick back: %(what)s") % _step(event, cast)


def _drafted(event: Event, cast: Cast) -> str:
    return _("%(by)s drafted the answer to %(to)s") % _about(event, cast)


def _changed(event: Event, cast: Cast) -> str:
    if event.detail["drops_approval"]:
        return _("%(by)s changed the answer to %(to)s, so its approval is gone") % _about(
            event, cast
        )
    return _("%(by)s changed the answer to %(to)s") % _about(event, cast)


def _submitted(event: Event, cast: Cast) -> str:
    return _("%(by)s sent the answer to %(to)s for sign-off") % _about(event, cast)


def _withdrawn(event: Event, cast: Cast) -> str:
    return _("%(by)s withdrew the answer to %(to)s") % _about(event, cast)


def _decided(event: Event, cast: Cast) -> str:
    words = {
        "approve": _("%(by)s approved the answer to %(to)s"),
        "amend_and_approve": _("%(by)s amended and approved the answer to %(to)s"),
        "send_back": _("%(by)s asked for a change to the answer to %(to)s"),
        "hand_over": _("%(by)s handed over the decision on the answer to %(to)s"),
        "take_back": _("%(by)s took back the approval of the answer to %(to)s"),
    }
    kind = event.detail["kind"]
    if kind in ("approve", "amend_and_approve") and not event.detail["settles"]:
        return _("%(by)s signed the answer to %(to)s. It waits for the others") % _about(
            event, cast
        )
    return words[kind] % _about(event, cast)


def _released(event: Event, cast: Cast) -> str:
    words = {
        "approved": _("The answer to %(to)s is out"),
        "pre_approved": _("Out, in words approved ahead of time: the answer to %(to)s"),
        "clause": _("Out under the officer’s authority: the answer to %(to)s"),
    }
    return words[event.detail["basis"]] % _about(event, cast)


def _stood_down(event: Event, cast: Cast) -> str:
    words = {
        "answered": _("%(by)s closed it: answered"),
        "over": _("%(by)s stood down: it is over"),
        "mistake": _("%(by)s stood down: raised by mistake"),
    }
    return words[event.detail["end"]] % {"by": cast.name(event.by_id)}


TELLINGS: dict[str, Telling] = {
    "raised": Telling("siren", _raised, "red"),
    "escalation_started": Telling("bell", _started, is_quiet=True),
    "step_paged": Telling("bell-ring", _paged),
    "step_unreachable": Telling("circle-x", _unreachable, "red"),
    "everyone_paged": Telling("bell-ring", _everyone),
    "nobody_reachable": Telling(
        "circle-x", lambda event, cast: _("Nobody could be reached. Call them"), "red"
    ),
    "acknowledged": Telling("user-check", _on_it, "green"),
    "handed_over": Telling("arrow-right-left", _handed_over),
    "escalation_stopped": Telling("bell", _stopped, is_quiet=True),
    "page_failed": Telling("circle-x", _failed, "red"),
    "deadline_armed": Telling("clock", _armed, is_quiet=True),
    "deadline_breached": Telling("alarm-clock", _breached, "red"),
    "deadline_met": Telling("circle-check", _met, is_quiet=True),
    "deadline_dropped": Telling("clock", _dropped, is_quiet=True),
    "question_added": Telling("plus", _question),
    "question_claimed": Telling("message-square", _taken, is_quiet=True),
    "question_let_go": Telling("message-square", _given_back, is_quiet=True),
    "fact_added": Telling("circle-check", _learned),
    "fact_dropped": Telling("undo-2", _unlearned),
    "step_ticked": Telling("check", _ticked),
    "step_unticked": Telling("undo-2", _unticked),
    "answer_drafted": Telling("pen-line", _drafted),
    "answer_changed": Telling("square-pen", _changed),
    "answer_submitted": Telling("send", _submitted, "accent"),
    "answer_withdrawn": Telling("undo-2", _withdrawn),
    "decided": Telling("signature", _decided),
    "released": Telling("megaphone", _released, "green"),
    "stood_down": Telling("circle-stop", _stood_down),
}
"""By kind of event. A kind without an entry is a mistake: nothing happens that cannot be told."""

NEWER = Telling("file-text", lambda event, cast: event.kind, is_quiet=True)
"""What a newer release wrote down while this one still runs, in an upgrade."""

DECISIONS = {
    "approve": ("check", "green"),
    "amend_and_approve": ("check", "green"),
    "send_back": ("corner-up-left", "accent"),
}


def sentence(event: Event, cast: Cast) -> str:
    """Tell one event."""
    return telling_of(event.kind).says(event, cast)


def telling_of(kind: str) -> Telling:
    """Give the words for a kind of event."""
    return TELLINGS.get(kind, NEWER)


def entry(event: Event, cast: Cast) -> Entry:
    """Put one event into a line of the timeline."""
    telling = telling_of(event.kind)
    icon, kind = DECISIONS.get(event.detail.get("kind", ""), (telling.icon, telling.kind))
    return Entry(
        time=hhmmss(event.at, cast.zone),
        iso=event.at.isoformat(),
        icon=icon,
        text=sentence(event, cast),
        kind=kind,
    )


def is_telling(event: Event) -> bool:
    """Say whether an event belongs among the last few that somebody reads in a storm."""
    return not telling_of(event.kind).is_quiet
