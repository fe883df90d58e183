"""Tick off a step of the playbook. The timeline alone remembers it: there is no other row."""

from datetime import datetime

from django.db import transaction

from crisis.models import Incident
from crisis.operations.incident import NotYours, hold_open
from crisis.rules.fold import TICKS, ticked
from escalation.models import Person
from escalation.operations.evidence import record
from escalation.rules.evidence import Entry
from playbooks.models import Step


@transaction.atomic(durable=True)
def tick_step(*, incident: Incident, step: Step, is_done: bool, by: Person, now: datetime) -> bool:
    """Note that a step is done, or is not after all; False where that was known already.

    Raises NotYours for anyone but officers and managers, NotOpen, and ValueError for a step of
    another playbook than the incident's.
    """
    if not (by.is_officer or by.is_manager):
        raise NotYours
    incident, timeline = hold_open(incident)
    if step.protocol_id != incident.protocol_id:
        raise ValueError(f"Step {step.pk} is not one of incident {incident.number}.")
    ticks = timeline.events.filter(kind__in=TICKS).order_by("sequence")
    if (step.pk in ticked(ticks)) == is_done:
        return False
    detail = {"step": step.pk}
    record(timeline, [Entry("step_ticked" if is_done else "step_unticked", now, by.pk, detail)])
    return True
