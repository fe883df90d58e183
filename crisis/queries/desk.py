"""Everything of one incident that its console shows, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import F

from crisis.models import Answer, AnswerVersion, Event, Fact, Incident, Question, Reading
from crisis.queries.people import Reached, pages_of, people_of
from crisis.queries.waiting import in_turn
from escalation.models import Deadline, Page, Person
from playbooks.models import Briefing, Placeholder, Statement, Step

BRIEFING_DAYS = 7
"""How near a briefing must be to matter in a storm."""


@dataclass(frozen=True)
class Desk:
    """The rows of one incident, `texts` by the answer's id. What was agreed is read when asked."""

    incident: Incident
    people: list[Reached]
    pages: list[Page]
    questions: list[Question]
    answers: list[Answer]
    texts: dict[int, AnswerVersion]
    deadlines: list[Deadline]
    events: list[Event]
    named: dict[int, Person]
    facts: list[Fact]

    @cached_property
    def steps(self) -> list[Step]:
        return steps_of(self.incident)

    @cached_property
    def readings(self) -> list[Reading]:
        """Who has which answer before their eyes; looked up where one waits for sign-off."""
        waiting = [a.pk for a in self.answers if a.status == Answer.Status.AWAITING_SIGN_OFF]
        if not waiting:
            return []
        found = Reading.objects.filter(answer__in=waiting).select_related("person")
        return list(found.order_by("pk"))

    @cached_property
    def statements(self) -> list[Statement]:
        return statements_of(self.incident)

    @cached_property
    def placeholders(self) -> list[Placeholder]:
        return placeholders_of(self.incident)

    def submitted_at(self, answer: Answer) -> datetime | None:
        """When an answer was sent for sign-off the last time."""
        sent = [
            each.at
            for each in self.events
            if each.kind == "answer_submitted" and each.detail["answer"] == answer.pk
        ]
        return sent[-1] if sent else None

    @property
    def has_spoken(self) -> bool:
        """Whether any words of ours are out: any are a first word."""
        return any(each.status == Answer.Status.RELEASED for each in self.answers)

    @property
    def live(self) -> list[Answer]:
        return in_turn(self.answers)

    @property
    def on_it(self) -> list[Person]:
        return [each.person for each in self.people if each.state == "on_it"]


def desk_of(incident: Incident) -> Desk:
    """Read the rows of an incident, each table once."""
    pages = pages_of(incident)
    people = people_of(incident, pages)
    events = events_of(incident)
    current = current_versions(incident)
    return Desk(
        incident=incident,
        people=people,
        pages=pages,
        questions=list(incident.questions.select_related("channel", "claimed_by").order_by("pk")),
        answers=[each.answer for each in current],
        texts={each.answer_id: each for each in current},
        deadlines=deadlines_of(incident),
        events=events,
        named=named_in(events, [incident.raised_by, *(each.person for each in people)]),
        facts=what_is_known(incident),
    )


def what_is_known(incident: Incident) -> list[Fact]:
    """List what is known, and what was and is no more, the oldest first."""
    return list(incident.facts.select_related("dropped_by").order_by("pk"))


def events_of(incident: Incident) -> list[Event]:
    """List every event, in order, with who did it."""
    return list(incident.timeline.events.select_related("by").order_by("sequence"))


_NAMES_AN_ANSWER = ("question__channel", "channel", "statement", "release__by")


def answers_of(incident: Incident) -> list[Answer]:
    """List every answer, withdrawn ones too, with all that names it."""
    return list(incident.answers.select_related(*_NAMES_AN_ANSWER).order_by("pk"))


def current_versions(incident: Incident) -> list[AnswerVersion]:
    """List the words that every answer has now, each with its answer and all that names it."""
    current = AnswerVersion.objects.filter(answer__incident=incident, number=F("answer__current"))
    related = [f"answer__{name}" for name in _NAMES_AN_ANSWER]
    found = list(current.select_related("written_by", *related).order_by("answer_id"))
    for each in found:
        each.answer.incident = incident
    return found


def deadlines_of(incident: Incident) -> list[Deadline]:
    """List the promises, the first due first."""
    of_it = Deadline.objects.filter(escalation__timeline_id=incident.timeline_id)
    return list(of_it.order_by("due_at", "pk"))


def named_in(events: Sequence[Event], known: Sequence[Person]) -> dict[int, Person]:
    """Give everyone whom the events name; those who are not known yet cost one query."""
    people = {person.pk: person for person in known}
    people |= {event.by.pk: event.by for event in events if event.by}
    ids = {one for event in events for one in _people_in(event)}
    missing = ids - people.keys()
    return people | (Person.objects.in_bulk(missing) if missing else {})


def _people_in(event: Event) -> set[int]:
    planned = (person for step in event.detail.get("plan", []) for person in step["people"])
    one = event.detail.get("person")
    return {*event.detail.get("people", []), *planned, *([one] if one else [])}


def ways_of(pages: Sequence[Page]) -> dict[tuple[int, int], list[str]]:
    """Tell by which contact methods each step of each run was paged."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for page in pages:
        if page.occasion == Page.Occasion.STEP:
            found[page.escalation_id, page.step].append(page.contact_method.get_kind_display())
    return {step: list(dict.fromkeys(ways)) for step, ways in found.items()}


def steps_of(incident: Incident) -> list[Step]:
    """List what is to be done when, if a playbook was raised with."""
    return list(incident.protocol.steps.all()) if incident.protocol else []


def statements_of(incident: Incident) -> list[Statement]:
    """List the words agreed ahead of time, if a playbook was raised with."""
    if incident.protocol is None:
        return []
    return list(incident.protocol.statements.order_by("position", "pk"))


def placeholders_of(incident: Incident) -> list[Placeholder]:
    """List what may stand in the blanks of those words."""
    return list(incident.protocol.placeholders.order_by("pk")) if incident.protocol else []


def briefings_near(now: datetime, days: int = BRIEFING_DAYS) -> list[Briefing]:
    """List what happens these days, and since yesterday, the nearest first."""
    near = Briefing.objects.filter(
        happens_at__gte=now - timedelta(days=1), happens_at__lte=now + timedelta(days=days)
    )
    return list(near.select_related("ask").order_by("happens_at")[:5])
