"""Who may see which incident. Nobody learns that there is one they may not see: it is a 404."""

from django.db.models import Q, QuerySet
from django.http import Http404

from crisis.models import Answer, Incident
from escalation.models import EscalationTarget, Person


def incidents_of(person: Person) -> QuerySet[Incident]:
    """The incidents a person may see.

    Officers and managers see whatever is not restricted; everyone sees what they raised and what
    they are asked about. Admins as such read nothing: they author, and the storm is not theirs.
    """
    asked = EscalationTarget.objects.filter(person=person).values("step__escalation__timeline")
    mine = Q(raised_by=person) | Q(timeline__in=asked)
    if person.is_officer or person.is_manager:
        mine |= Q(is_restricted=False)
    return Incident.objects.filter(mine)


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
