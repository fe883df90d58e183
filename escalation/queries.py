"""Read the engine: when it is due next, how old its clock is, who would be paged now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet
from django.utils.dateformat import format as written

from escalation.models import (
    AccessCode,
    Chain,
    ClockBeat,
    ContactMethod,
    Escalation,
    EscalationTarget,
    Page,
    PageLink,
    Person,
    verified,
)
from escalation.operations.outgoing import message_of, read_outgoing
from escalation.operations.reach import reachable
from escalation.operations.start import resolve, steps_of
from escalation.transports import Message

STALE_CLOCK_SECONDS = 10
"""Older than this, every screen says so and health is red. Source: product promise."""
MOST_LETTERS = 50


def clock_age(now: datetime) -> float | None:
    """Tell how many seconds ago any driver of the clock passed; None when none ever did."""
    return age_of(ClockBeat.objects.aggregate(latest=Max("at"))["latest"], now)


def latest_beat() -> QuerySet[ClockBeat, datetime]:
    """Ask for the last pass of any driver, within a query for something else."""
    return ClockBeat.objects.order_by("-at").values_list("at", flat=True)[:1]


def age_of(latest: datetime | None, now: datetime) -> float | None:
    """Tell how many seconds ago that was. Hosts differ a little: what is to come is now."""
    return max(0.0, (now - latest).total_seconds()) if latest else None


def is_clock_alive(now: datetime) -> bool:
    """Say whether the clock passed recently enough to be trusted."""
    age = clock_age(now)
    return age is not None and age <= STALE_CLOCK_SECONDS


@dataclass(frozen=True)
class Place:
    """One person's place in a chain as it would run now."""

    after_seconds: int
    person: Person
    via: str
    is_for_information: bool
    is_reachable: bool
    kinds: tuple[str, ...]
    last_proven_at: datetime | None


def coverage(chain: Chain, now: datetime) -> list[Place]:
    """Tell who would be paged, after how many seconds, if the chain started now."""
    rows = []
    for step in steps_of(chain, now):
        rows += [(step, target) for target in resolve(list(step.targets.all()), now)]
    ids = {target.person_id for _, target in rows}
    people = Person.objects.in_bulk(ids)
    can_reach = reachable(ids, now)
    ways = _ways(ids)
    return [
        Place(
            after_seconds=step.after_seconds,
            person=people[target.person_id],
            via=target.via,
            is_for_information=target.is_for_information,
            is_reachable=target.person_id in can_reach,
            kinds=tuple(dict.fromkeys(each.kind for each in ways.get(target.person_id, []))),
            last_proven_at=max(
                (
                    each.last_proven_at
                    for each in ways.get(target.person_id, [])
                    if each.last_proven_at
                ),
                default=None,
            ),
        )
        for step, target in rows
    ]


def _ways(person_ids: set[int]) -> dict[int, list[ContactMethod]]:
    found: dict[int, list[ContactMethod]] = {}
    for method in ContactMethod.objects.filter(verified(), person_id__in=person_ids):
        found.setdefault(method.person_id, []).append(method)
    return found


def people_on(escalation: Escalation) -> list[EscalationTarget]:
    """List a run's frozen plan in order, with people and steps."""
    return list(
        EscalationTarget.objects.filter(step__escalation=escalation)
        .select_related("step", "person")
        .order_by("step__position", "pk")
    )


@dataclass(frozen=True)
class Letter:
    """One page as the tray shows it: its text falls apart around the link that it carries."""

    page: Page
    title: str
    before: str
    url: str
    after: str
    sent_label: str


def letters_of(person: Person | None, now: datetime) -> list[Letter]:
    """List what has arrived in the tray, the newest first; everyone's when nobody is named.

    The links are derived for this showing: no token is kept anywhere.
    """
    trays = ContactMethod.objects.filter(kind=ContactMethod.Kind.TRAY)
    mine = trays if person is None else trays.filter(person=person)
    ways = list(mine.values_list("pk", flat=True))
    pages = Page.objects.filter(contact_method__in=ways, sent_at__isnull=False)
    # By age of the row: that is an index, and pages leave in the order in which they are written.
    latest = (pages if person is None else pages.filter(person=person)).order_by("-pk")
    rows = latest.select_related("person", "contact_method", "escalation")[:MOST_LETTERS]
    shown = sorted(rows, key=lambda page: (page.sent_at or page.queued_at, page.pk), reverse=True)
    read = read_outgoing(Page.objects.filter(pk__in=[page.pk for page in shown]))
    outgoing = {each.key: each for each in read}
    return [_letter(page, message_of(outgoing[page.key], now)) for page in shown]


def _letter(page: Page, message: Message) -> Letter:
    url = message.url if message.url in message.text else ""
    before, _, after = message.text.partition(url) if url else (message.text, "", "")
    sent_at = (page.sent_at or page.queued_at).astimezone(ZoneInfo(page.escalation.time_zone))
    return Letter(page, message.title, before, url, after, written(sent_at, "D j M, H:i:s"))


def arrived_by(link: PageLink) -> int | None:
    """Tell which contact method brought a link, where only one was ever used to send it."""
    ways = Page.objects.filter(
        escalation=link.escalation_id,
        person=link.person_id,
        code__isnull=True,
        sent_at__isnull=False,
    )
    used = list(ways.order_by().values_list("contact_method_id", flat=True).distinct()[:2])
    return used[0] if len(used) == 1 else None


def latest_code(link: PageLink) -> AccessCode | None:
    """Give the last code that was sent for a link, spent or not."""
    return link.codes.select_related("contact_method").order_by("-created_at", "-pk").first()
