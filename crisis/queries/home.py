"""What is open, what waits for one person, and what the last time was like."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from crisis.access import incidents_of, ways_to_see
from crisis.models import Answer, Incident
from escalation.models import Deadline, Person
from playbooks.models import Playbook

MOST_OPEN = 10
MOST_WAITING = 12


def with_answer_time(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """Add when the first answer of each incident was due, and when it came."""
    answers = Deadline.objects.filter(
        escalation__timeline=OuterRef("timeline"), kind=Deadline.Kind.ANSWER
    )
    return incidents.annotate(
        answer_due_at=Subquery(answers.values("due_at")[:1]),
        answer_met_at=Subquery(answers.values("met_at")[:1]),
    )


def open_for(person: Person) -> list[Incident]:
    """List the open incidents that a person may see, with the counts that a card shows."""
    waiting = Count(
        "answers", filter=Q(answers__status=Answer.Status.AWAITING_SIGN_OFF), distinct=True
    )
    asking = Count("questions", distinct=True)
    mine = incidents_of(person).filter(status=Incident.Status.OPEN)
    rows = mine.select_related("raised_by", "escalation__acknowledged_by")
    return list(with_answer_time(rows.annotate(waiting=waiting, asking=asking))[:MOST_OPEN])


def answers_for(person: Person) -> list[Answer]:
    """List the answers that wait for this officer: to post, to change, to finish."""
    mine = Q(created_by=person, status__in=[Answer.Status.DRAFT, Answer.Status.SENT_BACK])
    opened = incidents_of(person).filter(status=Incident.Status.OPEN)
    # The ids themselves, so that the answers are found by them and never by what else they are.
    rows = Answer.objects.filter(
        mine | Q(status=Answer.Status.APPROVED),
        incident__in=list(opened.values_list("pk", flat=True)),
    ).select_related("incident", "question__channel", "channel", "statement")
    order = {Answer.Status.APPROVED: 0, Answer.Status.SENT_BACK: 1, Answer.Status.DRAFT: 2}
    return sorted(rows[:MOST_WAITING], key=lambda each: order[Answer.Status(each.status)])


def last_of(person: Person, *, drill: bool) -> Incident | None:
    """Give the last incident, or the last drill, that was stood down.

    For whoever sees more than their own, one that everybody sees: a restricted one is nothing for
    the first screen.
    """
    first, *others = ways_to_see(person)
    ways = [first] if person.is_officer or person.is_manager else [first, *others]
    over = Q(status=Incident.Status.STOOD_DOWN, is_drill=drill)
    found = [with_answer_time(way.filter(over)).order_by("-stood_down_at").first() for way in ways]
    return max(filter(None, found), key=lambda each: each.number, default=None)


def playbooks_to_raise() -> list[Playbook]:
    """List the playbooks, those that code reds were raised with most often first."""
    active = Playbook.objects.filter(is_active=True)
    return list(active.order_by("-times_raised", "position", "title"))
