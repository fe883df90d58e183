"""Note how far everything was verified, and what the watcher outside was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from crisis.models import Audit, Heartbeat
from crisis.rules.heartbeat import LOOK_SECONDS

ONLY = 1
MOST_FAULTS = 50
LONGEST_REASON = 1000


def audit_so_far(now: datetime) -> Audit:
    """Give the one audit there is, begun if need be."""
    return Audit.objects.get_or_create(pk=ONLY, defaults={"began_at": now})[0]


@transaction.atomic(durable=True)
def note_audited(*, audit: Audit, position: int, faults: Sequence[Sequence[str]]) -> bool:
    """Note that everything up to a timeline was verified; False when somebody else was first."""
    known = [*audit.faults, *(list(each) for each in faults)][:MOST_FAULTS]
    before = Audit.objects.filter(pk=audit.pk, position=audit.position, began_at=audit.began_at)
    return bool(before.update(position=position, faults=known))


@transaction.atomic(durable=True)
def end_audit(*, audit: Audit, now: datetime) -> bool:
    """Note that a round is over and begin the next; False when somebody else was first."""
    before = Audit.objects.filter(pk=audit.pk, position=audit.position, began_at=audit.began_at)
    return bool(
        before.update(position=0, began_at=now, ended_at=now, faults_before=audit.faults, faults=[])
    )


@transaction.atomic(durable=True)
def take_look(*, now: datetime) -> Heartbeat | None:
    """Be the one who looks whether all is well; None when somebody did a moment ago."""
    row, is_new = Heartbeat.objects.get_or_create(pk=ONLY, defaults={"looked_at": now})
    old = now - timedelta(seconds=LOOK_SECONDS)
    mine = Heartbeat.objects.filter(pk=row.pk, looked_at=row.looked_at, looked_at__lte=old)
    return row if is_new or mine.update(looked_at=now) else None


@transaction.atomic(durable=True)
def note_ping(*, reason: str, now: datetime) -> None:
    """Note what the watcher outside was told."""
    Heartbeat.objects.filter(pk=ONLY).update(pinged_at=now, reason=reason[:LONGEST_REASON])
