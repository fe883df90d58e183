"""Queue pages: a row per person and contact method, before any wire is touched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from escalation.models import ContactMethod, Escalation, Page, Person, verified
from escalation.operations.links import links_for

NOT_NEEDED_ONCE_STOPPED = (
    Page.Occasion.STEP,
    Page.Occasion.ROUND,
    Page.Occasion.HAND_OVER,
    Page.Occasion.ANSWER_READY,
    Page.Occasion.NOBODY,
)


@dataclass(frozen=True)
class Occasion:
    """Why people are paged: what, at which step, for which time, and by whose act."""

    kind: str
    step: int
    attempt: int
    due_at: datetime
    by: int | None = None


def reachable(
    person_ids: Iterable[int], now: datetime, *, even_when_away: bool = False
) -> set[int]:
    """Tell which people are active, not away, and have at least one verified contact method."""
    people = Person.objects.filter(pk__in=set(person_ids), is_active=True)
    if not even_when_away:
        away = Q(out_of_office_from__lte=now) & (
            Q(out_of_office_until__gt=now) | Q(out_of_office_until__isnull=True)
        )
        people = people.exclude(away)
    return set(
        people.filter(contact_methods__in=ContactMethod.objects.filter(verified())).values_list(
            "pk", flat=True
        )
    )


def queue_pages(
    *,
    escalation: Escalation,
    person_ids: Sequence[int],
    occasion: Occasion,
    kinds: Sequence[str] = (),
    now: datetime,
) -> int:
    """Write one page per person and contact method, and tell how many.

    `kinds` narrows the contact methods; a person who has none of them is paged by all they have,
    so that a wish about the way never silences the page.
    """
    methods = _methods(person_ids, kinds)
    links = links_for(escalation=escalation, person_ids=list(methods), now=now)
    rows = [
        Page(
            escalation=escalation,
            person_id=person_id,
            contact_method=method,
            link=links[person_id],
            occasion=occasion.kind,
            step=occasion.step,
            attempt=occasion.attempt,
            by_id=occasion.by,
            due_at=occasion.due_at,
            queued_at=now,
            next_send_at=now,
        )
        for person_id, each in methods.items()
        for method in each
    ]
    Page.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _methods(person_ids: Iterable[int], kinds: Sequence[str]) -> dict[int, list[ContactMethod]]:
    everything: dict[int, list[ContactMethod]] = defaultdict(list)
    for method in ContactMethod.objects.filter(verified(), person_id__in=set(person_ids)):
        everything[method.person_id].append(method)
    return {
        person_id: [each for each in methods if each.kind in kinds] or methods
        for person_id, methods in everything.items()
    }


def drop_unsent(escalation: Escalation) -> None:
    """Take back the pages of a stopped run that nobody has begun to send."""
    Page.objects.filter(
        escalation=escalation, status=Page.Status.QUEUED, occasion__in=NOT_NEEDED_ONCE_STOPPED
    ).update(status=Page.Status.DROPPED, next_send_at=None)


def mark_seen(*, escalation: Escalation, person_id: int, now: datetime) -> int:
    """Note that a person has opened what they were paged about."""
    return Page.objects.filter(
        escalation=escalation,
        person_id=person_id,
        seen_at__isnull=True,
        status__in=[Page.Status.SENDING, Page.Status.SENT, Page.Status.DELIVERED],
    ).update(status=Page.Status.SEEN, seen_at=now, next_send_at=None)


def mark_acted(*, escalation: Escalation, person_id: int, now: datetime) -> None:
    """Note that a person has acted on what they were paged about."""
    pages = Page.objects.filter(escalation=escalation, person_id=person_id, acted_at__isnull=True)
    pages.filter(status=Page.Status.QUEUED).update(status=Page.Status.DROPPED, next_send_at=None)
    pages.exclude(status__in=[Page.Status.FAILED, Page.Status.DROPPED]).update(
        status=Page.Status.ACTED, acted_at=now, next_send_at=None
    )
