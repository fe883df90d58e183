"""Find what a body points to, where it may point; anything else names the field."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crisis.api.problems import not_together, unknown
from crisis.models import Answer, Incident, Question
from crisis.operations.answer import StaleVersion
from escalation.models import Person
from playbooks.models import Channel, Playbook, Statement
from playbooks.rules.placeholders import fill, names


def channel_in_use(pk: int | None) -> Channel | None:
    return channel_for(pk) if pk is not None else None


def channel_for(pk: int) -> Channel:
    found = Channel.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        raise unknown("channel", _("No channel in use has this id."))
    return found


def playbook_offered(code: str | None) -> Playbook | None:
    if code is None:
        return None
    found = Playbook.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise unknown("playbook", _("No playbook in use has this code."))
    return found


def question_of(incident: Incident, pk: int | None) -> Question | None:
    if pk is None:
        return None
    found = incident.questions.filter(pk=pk).first()
    if found is None:
        raise unknown("question", _("This code red has no such question."))
    return found


def statement_of(incident: Incident, code: str | None) -> Statement | None:
    if code is None:
        return None
    found = Statement.objects.filter(protocol=incident.protocol_id or 0, code=code).first()
    if found is None:
        raise unknown("statement", _("The protocol of this code red has no such statement."))
    return found


def person_named(pk: int | None) -> Person | None:
    if pk is None:
        return None
    found = Person.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        raise unknown("to", _("Nobody active has this id."))
    return found


def values_for(statement: Statement | None, values: dict[str, str]) -> dict[str, str]:
    """Give the values for a statement's blanks. Raises Problem for one that it does not have."""
    known = names(statement.text) if statement else ()
    for name in values:
        if name not in known:
            raise unknown(f"values.{name}", _("The statement has no such blank."))
    return values


def filled(statement: Statement | None, values: dict[str, str]) -> str:
    """Give a statement's words with its blanks filled in. Raises Problem without one."""
    if statement is None:
        raise not_together("text", "required", _("Write the words, or name a statement."))
    return fill(statement.text, values)


def refuse_other_words(answer: Answer, number: int, sha256: str) -> None:
    """Refuse a version whose text is not what the caller says it read. Raises StaleVersion."""
    seen = answer.versions.filter(number=number).first()
    if seen is None or seen.sha256 != sha256:
        current = answer.versions.select_related("written_by").get(number=answer.current)
        raise StaleVersion(current, seen)
