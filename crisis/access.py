"""Who may see which incident. Nobody learns that there is one they may not see: it is a 404."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from crisis.models import Answer, Fact, Incident
from escalation.models import EscalationTarget, Person


def incidents_of(person: Person) -> QuerySet[Incident]:
    """The incidents a person may see.

    Officers and managers see whatever is not restricted; everyone sees what they raised and what
    they are asked about. Admins as such read nothing: they author, and the storm is not theirs.
    For one incident, or for those that are open; a list of what is past goes by `ways_to_see`.
    """
    mine = Q(raised_by=person) | Q(_asks(person))
    if _sees_whatever_is_open_to_all(person):
        mine = Q(is_restricted=False) | mine
    return Incident.objects.filter(mine)


def ways_to_see(person: Person) -> list[QuerySet[Incident]]:
    """The same incidents by the reason why they may be seen.

    One way at a time, the newest are found by an index, however many others lie between them; all
    at once, every one of those would be looked at.
    """
    raised = Incident.objects.filter(raised_by=person)
    asked = Incident.objects.filter(_asks(person)).exclude(raised_by=person)
    if not _sees_whatever_is_open_to_all(person):
        return [raised, asked]
    everybodys = Incident.objects.filter(is_restricted=False)
    return [everybodys, raised.filter(is_restricted=True), asked.filter(is_restricted=True)]


def _sees_whatever_is_open_to_all(person: Person) -> bool:
    return person.is_officer or person.is_manager


def _asks(person: Person) -> Exists:
    """Whether the plan of any of its runs names this person."""
    return Exists(
        EscalationTarget.objects.filter(
            person=person, step__escalation__timeline=OuterRef("timeline")
        )
    )


def restricted_among(timeline_ids: Iterable[int]) -> set[int]:
    """Name those of which only whoever raised them or is asked may know that they are."""
    hidden = Incident.objects.filter(timeline__in=timeline_ids, is_restricted=True)
    return set(hidden.values_list("timeline_id", flat=True))


def incident_for(person: Person, number: int) -> Incident:
    """Give the incident, or raise Http404 whether it is missing or merely not theirs."""
    found = (
        incidents_of(person)
        .select_related("protocol__playbook", "channel", "raised_by", "escalation", "timeline")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


def answer_for(person: Person, pk: int) -> Answer:
    """Give the answer of an incident that the person may see, or raise Http404."""
    answers = Answer.objects.filter(incident__in=incidents_of(person))
    found = (
        answers.select_related(
            "incident__protocol", "incident__timeline", "question", "channel", "statement"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def fact_for(person: Person, pk: int) -> Fact:
    """Give the fact of an incident that the person may see, or raise Http404."""
    facts = Fact.objects.filter(incident__in=incidents_of(person))
    found = facts.select_related("incident", "added_by", "dropped_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
