"""A sender that does as it is told: it is taken, refused, slow, or dies with a page in hand."""

from collections import defaultdict, deque
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from escalation.models import Page
from escalation.operations.claim import begin_again, claim_pages
from escalation.operations.outgoing import Outgoing
from escalation.operations.pages import NOT_NEEDED_ONCE_STOPPED
from escalation.operations.sending import Outcome, stamp
from escalation.rules.sending import Failure
from escalation.transports import Receipt


class Fate(StrEnum):
    """What becomes of one try."""

    TAKEN = "the provider says yes"
    REFUSED = "the provider says never"
    FAULT = "the provider says not now"
    UNKNOWN = "the provider says nothing"
    DIED_BEFORE = "the sender dies before it sends"
    DIED_AFTER = "the sender dies before it writes down that it sent"
    SLEPT = "the sender writes it down long after its lease ran out"


LEFT = {Fate.TAKEN, Fate.UNKNOWN, Fate.DIED_AFTER, Fate.SLEPT}
FAILURES = {
    Fate.REFUSED: Failure(is_permanent=True),
    Fate.FAULT: Failure(),
    Fate.UNKNOWN: Failure(is_unknown=True),
}


class Courier:
    """Claims and stamps as the product's senders do; what happens in between is planned."""

    def __init__(self) -> None:
        self.plan: deque[Fate] = deque()
        self.always: Fate | None = None
        self.tries: dict[UUID, list[Fate]] = defaultdict(list)
        self.in_vain: list[str] = []
        """Pages that left though their run had been stopped before they were claimed."""
        self._asleep: list[Outcome] = []

    def carry(self, moment: datetime) -> None:
        """Send what is due."""
        claimed = claim_pages(limit=500, now=moment)
        self._look_for_stopped(claimed.pages, moment)
        outcomes = [self._try(page, moment) for page in claimed.pages]
        stamp([*claimed.refused, *(each for each in outcomes if each)])

    def wake_up(self) -> None:
        """Let those that slept write down what they did, much too late."""
        stamp(self._asleep)
        self._asleep = []

    def _try(self, page: Outgoing, moment: datetime) -> Outcome | None:
        fate = self.always or (self.plan.popleft() if self.plan else Fate.TAKEN)
        self.tries[page.key].append(fate)
        if fate != Fate.DIED_BEFORE:
            begin_again([page])
        if fate in FAILURES:
            return Outcome(page, moment, failure=FAILURES[fate], error=fate.value)
        if fate == Fate.SLEPT:
            self._asleep.append(Outcome(page, moment, Receipt()))
        return Outcome(page, moment, Receipt()) if fate == Fate.TAKEN else None

    def _look_for_stopped(self, pages: list[Outgoing], moment: datetime) -> None:
        if not pages:
            return
        stopped = Page.objects.filter(
            key__in=[each.key for each in pages],
            occasion__in=NOT_NEEDED_ONCE_STOPPED,
            escalation__stopped_at__lt=moment,
        )
        for page in stopped.select_related("person"):
            self.in_vain.append(f"{page.person.name}, {page.occasion}, tried {page.sends} times")
