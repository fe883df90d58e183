"""What must hold after every step, whatever was done before it."""

from __future__ import annotations

from django.db.models import F

from crisis.models import Answer, Decision, Incident, Release
from crisis.queries.invariants import faults
from escalation.models import EscalationTarget, Page
from escalation.rules.sending import MOST_UNKNOWNS
from tests.machine.courier import LEFT, Fate
from tests.machine.world import Alarm, World, pages_of_chain
from tests.story import at

SIGNED = (Decision.Kind.APPROVE, Decision.Kind.AMEND)
LONGEST_SILENCE = 120


def broken(world: World) -> list[str]:
    """Name every promise that does not hold right now."""
    found = [f"{each.code} {each.row} {each.why}" for each in faults(world.now)]
    found += [f"{each} left for a run that was stopped" for each in world.courier.in_vain]
    found += _sent_too_often(world) + _early() + _strangers() + _unsigned_words()
    found += _own_words() + _loud_though_closed()
    for alarm in world.alarms:
        found += _rung_while_on_it(alarm) + _dead_air(world, alarm) + _unlike_reference(alarm)
    return found


def _sent_too_often(world: World) -> list[str]:
    found = []
    for key, fates in world.courier.tries.items():
        unknown = sum(each in LEFT and each != Fate.TAKEN for each in fates)
        if unknown > MOST_UNKNOWNS or Fate.TAKEN in fates[:-1]:
            found.append(f"page {key} was sent too often: {[each.name for each in fates]}")
    return found


def _early() -> list[str]:
    early = Page.objects.filter(queued_at__lt=F("due_at")) | Page.objects.filter(
        sent_at__lt=F("due_at")
    )
    return [f"page {each.pk} left before it was due" for each in early]


def _strangers() -> list[str]:
    asked = set(EscalationTarget.objects.values_list("step__escalation_id", "person_id"))
    pages = Page.objects.exclude(person=F("escalation__owner"))
    rows = pages.values_list("escalation_id", "person_id", "occasion").distinct()
    return [
        f"person {p} is not on run {run}: {why}" for run, p, why in rows if (run, p) not in asked
    ]


def _unsigned_words() -> list[str]:
    """What is approved, and what went out on an approval, are the words that were signed."""
    found = []
    for answer in Answer.objects.filter(status=Answer.Status.APPROVED):
        signed = _signatures(answer.pk).filter(is_effective=True).order_by("-pk").first()
        words = answer.versions.get(number=answer.current)
        if signed is None or signed.version.text != words.text:
            found.append(f"answer {answer.pk} is approved in other words")
    for release in Release.objects.filter(basis=Release.Basis.APPROVED):
        if not _signatures(release.answer_id).filter(version__text=release.version.text).exists():
            found.append(f"release {release.pk} was never signed")
    return found


def _signatures(answer_id: int):  # type: ignore[no-untyped-def]
    return Decision.objects.filter(sign_off__answer=answer_id, kind__in=SIGNED).select_related(
        "version"
    )


def _own_words() -> list[str]:
    own = Decision.objects.filter(kind=Decision.Kind.APPROVE, by=F("version__written_by"))
    own |= Decision.objects.filter(kind__in=SIGNED, by=F("sign_off__answer__created_by"))
    return [f"decision {each.pk} signs its author's own words" for each in own]


def _loud_though_closed() -> list[str]:
    found = []
    for incident in Incident.objects.filter(status=Incident.Status.STOOD_DOWN):
        pages = Page.objects.filter(escalation__timeline=incident.timeline_id)
        late = pages.filter(queued_at__gt=incident.stood_down_at)
        late |= pages.filter(due_at__gt=incident.stood_down_at)
        found += [f"page {each.pk} was written for a closed incident" for each in late]
    return found


def _rung_while_on_it(alarm: Alarm) -> list[str]:
    """Saying "I'm on it" stops the chain's pages to whoever says it, until it is late."""
    run = alarm.incident.escalation
    found = []
    for name, since in alarm.on_it.items():
        ends = [since + run.grace_seconds, alarm.raised + alarm.incident.limit_seconds]
        ends += [second for second in alarm.handed_over if second >= since]
        pages = Page.objects.filter(
            escalation=run,
            person__name=name,
            occasion__in=[Page.Occasion.STEP, Page.Occasion.ROUND],
            queued_at__gt=at(since),
            queued_at__lt=at(min(ends)),
        )
        found += [f"{name} was rung while on it, page {each.pk}" for each in pages]
    return found


def _dead_air(world: World, alarm: Alarm) -> list[str]:
    """Until a decision, somebody is paged or told every two minutes."""
    incident = Incident.objects.get(pk=alarm.incident.pk)
    if alarm.was_decided or not incident.is_open:
        return []
    moments = Page.objects.filter(escalation__timeline=incident.timeline_id)
    told = {(each - at(0)).total_seconds() for each in moments.values_list("queued_at", flat=True)}
    spoken = sorted({alarm.raised, world.second, *told, *alarm.contacts})
    gaps = zip(spoken, spoken[1:], strict=False)
    return [f"silence from {a} to {b}" for a, b in gaps if b - a > LONGEST_SILENCE]


def _unlike_reference(alarm: Alarm) -> list[str]:
    """The pages are those of the reference, as long as nothing happened that it knows not of."""
    dead = Page.objects.filter(escalation=alarm.incident.escalation_id, status=Page.Status.FAILED)
    if dead.filter(occasion=Page.Occasion.STEP).exists():
        alarm.is_modelled = False
    if not alarm.is_modelled:
        return []
    real, told = pages_of_chain(alarm), alarm.reference.pages
    if real == told:
        return []
    return [f"paged but not told: {sorted(real - told)}; told but not: {sorted(told - real)}"]
