"""CodeRed under the bench: armed runs, made in the very shape that the product writes.

python -m tests.bench.ours house URL | arm FILE | wait COUNT
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import django

STEP_SECONDS = 60
LIMIT_SECONDS = 300
TOGETHER = 2_000


def house(url: str) -> None:
    """Write the people of the house; the second manager is paged by webhook at the sink."""
    from django.core.management import call_command

    from escalation.models import ContactMethod
    from tests.story import make_house

    call_command("migrate", verbosity=0)
    made = make_house()
    ContactMethod.objects.filter(person=made.ben).update(kind="webhook", address=url)
    ContactMethod.objects.filter(person=made.anna).update(kind="webhook", address=f"{url}/anna")


def keys() -> dict[str, str]:
    """Give a key for the officer and one for a manager, and the channel they answer on."""
    from django.db import transaction

    from escalation import clock
    from escalation.models import ApiKey, Person
    from escalation.operations.keys import create_key
    from playbooks.models import Channel

    made: dict[str, str] = {"channel": str(Channel.objects.earliest("pk").pk)}
    with transaction.atomic():
        for person in Person.objects.all():
            _, secret = create_key(
                person=person, name="bench", scopes=ApiKey.Scope.values, now=clock.now()
            )
            made[person.first_name] = secret
    return made


def arm(seconds: Sequence[float]) -> None:
    """Arm a run for each of these: in so many seconds the clock has to page Ben for it."""
    from escalation import clock
    from escalation.models import Escalation, Person

    people = {each.first_name: each.pk for each in Person.objects.all()}
    now = clock.now()
    for first in range(0, len(seconds), TOGETHER):
        part = seconds[first : first + TOGETHER]
        runs = [
            Escalation(
                owner_id=people["Olga"],
                subject=f"Code red {first + number}",
                question="Is he one of yours? What are you going to do about it?",
                path=f"/sign/{first + number}/",
                time_zone="Europe/London",
                started_at=now + timedelta(seconds=due - STEP_SECONDS),
                due_at=now + timedelta(seconds=due - STEP_SECONDS + LIMIT_SECONDS),
                next_page_at=now + timedelta(seconds=due),
                grace_seconds=60,
                repeat_seconds=60,
            )
            for number, due in enumerate(part)
        ]
        _write(runs, people["Ben"])


def _write(runs: list, person_id: int) -> None:  # type: ignore[type-arg]
    from django.db import transaction

    from escalation.models import Escalation, EscalationStep, EscalationTarget, Timeline
    from escalation.operations.evidence import record_all
    from escalation.operations.links import links_of
    from escalation.rules.evidence import Entry

    with transaction.atomic():
        timelines = Timeline.objects.bulk_create(Timeline() for _ in runs)
        for run, timeline in zip(runs, timelines, strict=True):
            run.timeline = timeline
        Escalation.objects.bulk_create(runs)
        steps = EscalationStep.objects.bulk_create(
            EscalationStep(escalation=run, position=0, due_at=run.next_page_at) for run in runs
        )
        EscalationTarget.objects.bulk_create(
            EscalationTarget(step=step, person_id=person_id) for step in steps
        )
        links_of([(run.pk, person_id) for run in runs], runs[0].started_at)
        record_all(
            (run.timeline, [Entry("escalation_started", run.started_at, None, {"of": run.pk})])
            for run in runs
        )


def wait(count: int) -> None:
    """Arm so many runs that are due in a year."""
    arm([365 * 86_400.0] * count)


if __name__ == "__main__":
    django.setup()
    task, *arguments = sys.argv[1:]
    if task == "house":
        house(arguments[0])
    elif task == "keys":
        sys.stdout.write(json.dumps(keys()))
    elif task == "arm":
        arm(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    else:
        wait(int(arguments[0]))
