"""What must always hold, as queries that name the rows for which it does not.

Q1 to Q5 speak of the present, and find what is armed, unsent or sent too often by partial indexes:
the whole past costs them nothing. Q6 to Q10 speak of the record of an incident. What is closed can
hardly change (its events cannot at all), so what is asked every few seconds is asked of what is
open and of what was closed lately; everything is asked in turn, by `check_invariants --all` and by
the audit that walks through all of it within a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.models import Audit, Incident
from crisis.queries.records import (
    Fault,
    Records,
    broken_evidence,
    changed_words,
    fired_in_silence,
    state_beside_events,
    two_parents,
)
from crisis.queries.snapshot import at_one_moment
from escalation.models import Deadline, Escalation, Page, Timeline
from escalation.rules.sending import MOST_UNKNOWNS

SLACK = timedelta(seconds=10)
LONGEST_ON_ITS_WAY = timedelta(seconds=90)
"""How late anything may be before it counts as forgotten."""
LATELY = timedelta(minutes=10)
"""How long what was closed is still looked at with what is open."""
BATCH = 500

Check = Callable[[datetime, int | None], Iterator[Fault]]
"""Names what does not hold at a moment; of each kind of row no more than `most`, where given."""
RecordCheck = Callable[[Records], Iterator[Fault]]


def open_without_clock(now: datetime, most: int | None = None) -> Iterator[Fault]:
    """Q1: an open incident always has a run or a deadline that will speak."""
    runs = Escalation.objects.filter(timeline=OuterRef("timeline"), next_page_at__isnull=False)
    deadlines = Deadline.objects.filter(
        escalation__timeline=OuterRef("timeline"), next_at__isnull=False
    )
    silent = Incident.objects.filter(~Exists(runs), ~Exists(deadlines), status=Incident.Status.OPEN)
    for incident in silent[:most]:
        yield Fault("Q1", f"incident {incident.number}", "is open and nothing will speak for it")


def armed_though_closed(now: datetime, most: int | None = None) -> Iterator[Fault]:
    """Q2: a closed incident is silent."""
    runs = Escalation.objects.filter(next_page_at__isnull=False)
    for run in runs.filter(timeline__closed_at__isnull=False)[:most]:
        yield Fault("Q2", f"escalation {run.pk}", "still pages for a closed incident")
    deadlines = Deadline.objects.filter(next_at__isnull=False)
    for deadline in deadlines.filter(escalation__timeline__closed_at__isnull=False)[:most]:
        yield Fault("Q2", f"deadline {deadline.pk}", "is still armed for a closed incident")


def overdue(now: datetime, most: int | None = None) -> Iterator[Fault]:
    """Q3: nothing is due for longer than the slack."""
    for run in Escalation.objects.filter(next_page_at__lt=now - SLACK)[:most]:
        yield Fault("Q3", f"escalation {run.pk}", f"has been due since {run.next_page_at}")
    for deadline in Deadline.objects.filter(next_at__lt=now - SLACK)[:most]:
        yield Fault("Q3", f"deadline {deadline.pk}", f"has been due since {deadline.next_at}")


def stuck_pages(now: datetime, most: int | None = None) -> Iterator[Fault]:
    """Q4: no page waits for longer than the slack, or is on its way for longer than all its tries.

    Whoever has it in hand says so every second, and would go on saying so for ever.
    """
    unsent = Page.objects.filter(status__in=[Page.Status.QUEUED, Page.Status.SENDING])
    is_stuck = Q(next_send_at__lt=now - SLACK) | Q(queued_at__lt=now - LONGEST_ON_ITS_WAY)
    for page in unsent.filter(is_stuck)[:most]:
        says = f"is {page.status} since {page.next_send_at}, on its way since {page.queued_at}"
        yield Fault("Q4", f"page {page.pk}", says)


def sent_too_often(now: datetime, most: int | None = None) -> Iterator[Fault]:
    """Q5: a page whose fate is not known is never sent a third time."""
    for page in Page.objects.filter(unknowns__gt=MOST_UNKNOWNS)[:most]:
        yield Fault("Q5", f"page {page.pk}", f"was of unknown fate {page.unknowns} times")


SAYS: Mapping[str, str | Promise] = {
    "Q1": _("A code red is open, and nothing will speak for it."),
    "Q2": _("A code red was stood down, and still pages."),
    "Q3": _("Something has been due for more than ten seconds."),
    "Q4": _("A page has waited for more than ten seconds."),
}
"""What is wrong at this moment, in words that tell a stranger nothing of what is going on."""
PRESENT: Mapping[str, Check] = {
    "Q1": open_without_clock,
    "Q2": armed_though_closed,
    "Q3": overdue,
    "Q4": stuck_pages,
    "Q5": sent_too_often,
}
RECORDED: Mapping[str, RecordCheck] = {
    "Q6": changed_words,
    "Q7": fired_in_silence,
    "Q8": broken_evidence,
    "Q9": state_beside_events,
    "Q10": two_parents,
}


def faults(now: datetime) -> list[Fault]:
    """Name what does not hold: now, in what is open or was closed lately, and what an audit found.

    What an audit has found is named until a whole round has not found it again.
    """
    found = [*present_faults(now), *record_faults(open_or_closed_lately(now)), *audited_faults()]
    return list(dict.fromkeys(found))


def audited_faults() -> list[Fault]:
    """List what the audit has found in this round and in the last whole one."""
    rounds = Audit.objects.values_list("faults", "faults_before")
    return [Fault(*each) for both in rounds for found in both for each in found]


def all_faults(now: datetime) -> list[Fault]:
    """Name what does not hold, now and in every record there is."""
    return present_faults(now) + [fault for _, each in walk() for fault in each]


def present_faults(now: datetime, most: int | None = None) -> list[Fault]:
    """Name what does not hold at this moment; what is past costs nothing.

    With `most`, so many of each kind of row at the most: whoever asks from outside may not have
    thousands of them read.
    """
    return [fault for check in PRESENT.values() for fault in check(now, most)]


def record_faults(timeline_ids: list[int]) -> list[Fault]:
    """Name what does not hold in the records of some timelines."""
    found: list[Fault] = []
    for start in range(0, len(timeline_ids), BATCH):
        records = Records(timeline_ids[start : start + BATCH])
        with at_one_moment():
            found += [fault for check in RECORDED.values() for fault in check(records)]
    return found


def open_or_closed_lately(now: datetime) -> list[int]:
    """List the timelines in which something may have changed a moment ago."""
    opened = Incident.objects.filter(status=Incident.Status.OPEN)
    # The index begins with the kind, so both are named.
    closed = Incident.objects.filter(
        status=Incident.Status.STOOD_DOWN,
        is_drill__in=[False, True],
        stood_down_at__gte=now - LATELY,
    )
    ids = {*opened.values_list("timeline_id", flat=True).order_by()}
    return sorted(ids.union(closed.values_list("timeline_id", flat=True).order_by()))


def walk(after: int = 0) -> Iterator[tuple[int, list[Fault]]]:
    """Verify every record from one timeline on: the last id of each batch, and its faults."""
    while batch := timelines_after(after, BATCH):
        after = batch[-1]
        yield after, record_faults(batch)


def timelines_after(position: int, count: int) -> list[int]:
    """List the next timelines by id."""
    rows = Timeline.objects.filter(pk__gt=position).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])
