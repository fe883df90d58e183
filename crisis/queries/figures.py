"""The figures of one incident: minutes and people answered; never likes or followers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.models import AnswerVersion, Decision, Incident, Release, SignOff
from crisis.operations.checks import is_holding
from escalation.models import Acknowledgement, Deadline, Page

EVERYONE_SECONDS = 600
"""By when everyone who asked has an answer of their own. Source: 10 minutes, no more."""


@dataclass(frozen=True)
class Figures:
    """Seconds after the alarm, or counts; None for what has not happened."""

    limit_seconds: int
    first_word_seconds: float | None
    first_page_seconds: float | None
    on_it_seconds: float | None
    submitted_seconds: float | None
    signed_off_seconds: float | None
    sign_off_wait_seconds: float | None
    answer_seconds: float | None
    is_answered_in_time: bool | None
    is_breached: bool
    questions: int
    answered: int
    answered_by_ten_minutes: int
    versions: int
    amended: int
    sent_back: int
    people_paged: int
    pages: int
    pages_failed: int
    stood_down_seconds: float | None


def figures_of(incident: Incident) -> Figures:
    """Read every figure from the rows; nothing is typed in afterwards."""
    since = _Since(incident.raised_at)
    releases = list(_releases(incident))
    answer_out = next((each for each in releases if not is_holding(each.answer)), None)
    submitted, settled = _first_sign_off(incident)
    pages = _pages(incident)
    deadline = _answer_deadline(incident)
    decisions = Decision.objects.filter(sign_off__answer__incident=incident)
    answered = list(incident.questions.filter(answered_at__isnull=False))
    by_ten = incident.raised_at + timedelta(seconds=EVERYONE_SECONDS)
    return Figures(
        limit_seconds=incident.limit_seconds,
        first_word_seconds=since(releases[0].at if releases else None),
        first_page_seconds=since(_first(pages, "sent_at")),
        on_it_seconds=since(_first_on_it(incident)),
        submitted_seconds=since(submitted),
        signed_off_seconds=since(settled),
        sign_off_wait_seconds=(settled - submitted).total_seconds()
        if settled and submitted
        else None,
        answer_seconds=since(answer_out.at if answer_out else None),
        is_answered_in_time=answer_out.at <= deadline.due_at if answer_out and deadline else None,
        is_breached=bool(deadline and deadline.breached_at),
        questions=incident.questions.count(),
        answered=len(answered),
        answered_by_ten_minutes=sum(
            1 for q in answered if q.answered_at and q.answered_at <= by_ten
        ),
        versions=AnswerVersion.objects.filter(answer__incident=incident).count(),
        amended=decisions.filter(kind=Decision.Kind.AMEND).count(),
        sent_back=decisions.filter(kind=Decision.Kind.SEND_BACK).count(),
        people_paged=len({page.person_id for page in pages}),
        pages=len(pages),
        pages_failed=sum(1 for page in pages if page.status == Page.Status.FAILED),
        stood_down_seconds=since(incident.stood_down_at),
    )


@dataclass(frozen=True)
class _Since:
    start: datetime

    def __call__(self, moment: datetime | None) -> float | None:
        return (moment - self.start).total_seconds() if moment else None


def _releases(incident: Incident) -> list[Release]:
    rows = Release.objects.filter(answer__incident=incident)
    return list(rows.select_related("answer__statement").order_by("at", "pk"))


def _first_sign_off(incident: Incident) -> tuple[datetime | None, datetime | None]:
    """When the answer that was settled first was sent for sign-off, and when it was settled.

    The wait counts from the first time it was sent, through every change that was asked for.
    """
    settled = (
        Decision.objects.filter(
            sign_off__answer__incident=incident,
            kind__in=[Decision.Kind.APPROVE, Decision.Kind.AMEND],
            sign_off__status=SignOff.Status.APPROVED,
        )
        .order_by("at", "pk")
        .first()
    )
    sign_offs = SignOff.objects.filter(answer__incident=incident).order_by("started_at", "pk")
    if settled is None:
        first = sign_offs.first()
        return (first.started_at if first else None), None
    first = sign_offs.filter(answer=settled.sign_off.answer).first()
    return (first.started_at if first else None), settled.at


def _pages(incident: Incident) -> list[Page]:
    pages = Page.objects.filter(escalation__timeline_id=incident.timeline_id)
    about_the_storm = pages.exclude(occasion=Page.Occasion.CODE).exclude(status=Page.Status.DROPPED)
    return list(about_the_storm.order_by("queued_at", "pk"))


def _first(pages: list[Page], field: str) -> datetime | None:
    return min((getattr(page, field) for page in pages if getattr(page, field)), default=None)


def _first_on_it(incident: Incident) -> datetime | None:
    """The first who said "I'm on it", or who decided without saying so."""
    said = Acknowledgement.objects.filter(escalation__timeline_id=incident.timeline_id)
    did = Decision.objects.filter(sign_off__answer__incident=incident)
    moments = [said.order_by("at").values_list("at", flat=True).first()]
    moments.append(did.order_by("at").values_list("at", flat=True).first())
    return min((each for each in moments if each), default=None)


def _answer_deadline(incident: Incident) -> Deadline | None:
    return Deadline.objects.filter(
        escalation__timeline_id=incident.timeline_id, kind=Deadline.Kind.ANSWER
    ).first()
