"""The slow look at everything: a little with every pass, all of it within a day."""

from __future__ import annotations

import logging
from dataclasses import astuple
from datetime import datetime

from django.db.models import Max

from crisis.operations.watch import audit_so_far, end_audit, note_audited
from crisis.queries.invariants import record_faults, timelines_after
from escalation.models import Timeline

logger = logging.getLogger(__name__)

PASSES = 1_200
"""In how many passes everything is verified: with one a minute, in twenty hours."""
LEAST = 25


def walk_on(*, now: datetime) -> int:
    """Verify the next records, remember how far it came, and tell how many they were.

    Any number may walk at once: what two have verified counts once.
    """
    audit = audit_so_far(now)
    batch = timelines_after(audit.position, _share())
    if not batch:
        end_audit(audit=audit, now=now)
        return 0
    found = record_faults(batch)
    for fault in found:
        logger.error("%s %s %s", fault.code, fault.row, fault.why)
    note_audited(audit=audit, position=batch[-1], faults=[astuple(each) for each in found])
    return len(batch)


def _share() -> int:
    """How many to take at once, so that all are had in a day."""
    last = Timeline.objects.aggregate(last=Max("pk"))["last"] or 0
    return max(LEAST, -(-last // PASSES))
