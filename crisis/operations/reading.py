"""Note who has an answer before their eyes, so that nobody wonders whether anybody looks."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from crisis.models import AnswerVersion, Reading
from escalation.models import Person
from escalation.operations.news import tell_moved

READING_SECONDS = 25
"""A page that is open says so again every ten."""


def note_reading(*, version: AnswerVersion, by: Person, now: datetime) -> None:
    """Note that a person reads a version, until they have not said so for a while."""
    answer = version.answer
    until = now + timedelta(seconds=READING_SECONDS)
    mine = Reading.objects.filter(answer=answer, person=by)
    if mine.filter(version=version.number, until__gte=now).update(until=until):
        return
    try:
        with transaction.atomic():
            Reading.objects.update_or_create(
                answer=answer, person=by, defaults={"version": version.number, "until": until}
            )
    except IntegrityError:
        # Two pages of the same person began at once; the other has noted it.
        return
    tell_moved([answer.incident.timeline_id])


def end_reading(*, version: AnswerVersion, by: Person, now: datetime) -> None:
    """Note that a page was closed."""
    mine = Reading.objects.filter(answer=version.answer, person=by, until__gt=now)
    if mine.update(until=now):
        tell_moved([version.answer.incident.timeline_id])
