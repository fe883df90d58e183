"""The people who ask, and the people who can be paged for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crisis.models import Incident
from crisis.queries.desk import Desk
from crisis.queries.people import people_of
from crisis.screens.acts import acts_of
from crisis.screens.console import QuestionRow, question_rows
from crisis.screens.rows import DELIVERIES, ChoiceLabel
from escalation.models import Person
from escalation.operations.reach import reachable


@dataclass(frozen=True, slots=True)
class Asking:
    """Everyone who asks: those who wait first, then those who have their answer."""

    number: int
    waiting: tuple[QuestionRow, ...]
    answered: tuple[QuestionRow, ...]
    is_open: bool


def asking(desk: Desk, viewer: Person) -> Asking:
    """List the people who ask."""
    is_writing = desk.incident.is_open and viewer.is_officer
    rows = question_rows(desk, acts_of(desk) if is_writing else {}, None, viewer)
    answered = {each.pk for each in desk.questions if each.answered_at}
    return Asking(
        number=desk.incident.number,
        waiting=tuple(row for row in rows if row.pk not in answered),
        answered=tuple(row for row in rows if row.pk in answered),
        is_open=desk.incident.is_open,
    )


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
