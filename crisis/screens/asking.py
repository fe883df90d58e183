"""The people who ask, and the people who can be paged for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crisis.models import Answer, Incident, Question
from crisis.queries.desk import Desk
from crisis.queries.people import people_of
from crisis.screens.acts import Act, acts_of
from crisis.screens.rows import DELIVERIES, ChoiceLabel
from crisis.screens.sentences import asker
from escalation.models import Person
from escalation.operations.reach import reachable
from escalation.rules.clocktext import hhmmss


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One person who asks: who, where, what, and what stands between them and their answer."""

    pk: int
    network: str
    where: str
    who: str
    text: str
    url: str
    state: str
    act: Act | None
    held: str = ""
    """Who is replying, and until when nobody else needs to."""
    is_mine: bool = False
    may_claim: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """Everyone who asks: those who wait first, then those who have their answer."""

    number: int
    waiting: tuple[QuestionRow, ...]
    answered: tuple[QuestionRow, ...]


def asking(desk: Desk, viewer: Person, now: datetime, zone: str) -> Asking:
    """List the people who ask."""
    is_writing = desk.incident.is_open and viewer.is_officer
    rows = question_rows(desk, acts_of(desk) if is_writing else {}, None, viewer, now, zone)
    answered = {each.pk for each in desk.questions if each.answered_at}
    return Asking(
        number=desk.incident.number,
        waiting=tuple(row for row in rows if row.pk not in answered),
        answered=tuple(row for row in rows if row.pk in answered),
    )


def question_rows(
    desk: Desk,
    acts: Mapping[int, Act],
    primary: Act | None,
    viewer: Person,
    now: datetime,
    zone: str,
) -> list[QuestionRow]:
    """Everyone who asks: what is begun first, what is answered last."""
    by_question = {each.question_id: each for each in desk.live if each.question_id}
    can_write = viewer.is_officer and desk.incident.is_open
    answered = {each.pk for each in desk.questions if each.answered_at}
    rows = [
        _held(
            _question_row(desk, each, by_question.get(each.pk), acts, primary, can_write),
            each,
            viewer,
            now,
            zone,
        )
        for each in desk.questions
    ]
    return sorted(rows, key=lambda row: (row.pk in answered, not (row.act and row.act.is_begun)))


def _question_row(
    desk: Desk,
    question: Question,
    answer: Answer | None,
    acts: Mapping[int, Act],
    primary: Act | None,
    can_write: bool,
) -> QuestionRow:
    act = acts.get(answer.pk) if answer else None
    if answer is None and question.answered_at is None and can_write:
        act = Act.draft(desk.incident, question, question.channel)
    return QuestionRow(
        pk=question.pk,
        network=question.channel.network if question.channel else "",
        where=question.channel.network_name if question.channel else "",
        who=asker(question),
        text=question.text,
        url=question.url,
        state=answer.get_status_display() if answer else _("Nobody has answered yet"),
        act=act.beside(primary) if act else None,
    )


def _held(
    row: QuestionRow, question: Question, viewer: Person, now: datetime, zone: str
) -> QuestionRow:
    """Say who is replying; whoever may write can take what nobody has taken."""
    if row.act is None or question.answered_at:
        return row
    holder = question.holder(now)
    if holder is None or question.claimed_until is None:
        return replace(row, may_claim=True)
    if holder != viewer:
        return replace(row, held=held_by_another(question, viewer, now, zone))
    held = _("You are replying, until %(time)s") % {"time": hhmmss(question.claimed_until, zone)}
    return replace(row, held=held, is_mine=True)


def held_by_another(question: Question | None, viewer: Person, now: datetime, zone: str) -> str:
    """Say who else is replying to a question; empty when nobody is."""
    holder = question.holder(now) if question else None
    if question is None or holder is None or holder == viewer or question.claimed_until is None:
        return ""
    says = {"name": holder.first_name, "time": hhmmss(question.claimed_until, zone)}
    return _("%(name)s is replying, until %(time)s") % says


def people_to_page(
    incident: Incident, viewer: Person, now: datetime
) -> list[tuple[str, ChoiceLabel]]:
    """Offer whoever is next, then everyone on the plan who can be reached, but oneself."""
    people = [each for each in people_of(incident) if each.person != viewer]
    can_reach = reachable([each.person.pk for each in people], now, even_when_away=True)
    next_one = ChoiceLabel(_("Whoever is next"), _("The chain’s own order, at once"))
    return [
        ("next", next_one),
        *(
            (str(each.person.pk), ChoiceLabel(each.person.name, _state(each.state)))
            for each in people
            if each.person.pk in can_reach and not each.is_for_information
        ),
    ]


_NOT_YET = gettext_lazy("Not paged yet")


def _state(state: str) -> str:
    return str(_NOT_YET if state in ("next", "then") else DELIVERIES[state].word)
