"""The figures of one incident: minutes and people answered; never likes or followers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.models import AnswerVersion, Decision, Incident, Question, Release, SignOff
from crisis.operations.checks import is_holding
from crisis.queries.people import acknowledgements_of, pages_of
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


@dataclass(frozen=True)
class Rows:
    """The rows that the figures are read from, each table once."""

    releases: list[Release]
    decisions: list[Decision]
    sign_offs: list[SignOff]
    pages: list[Page]
    acknowledgements: list[Acknowledgement]
    deadlines: list[Deadline]
    questions: list[Question]
    versions: int


def rows_of(incident: Incident) -> Rows:
    """Read what happened in an incident."""
    of_run = {"escalation__timeline_id": incident.timeline_id}
    decisions = Decision.objects.filter(sign_off__answer__incident=incident)
    releases = Release.objects.filter(answer__incident=incident)
    return Rows(
        releases=list(releases.select_related("answer__statement", "version").order_by("at", "pk")),
        decisions=list(decisions.select_related("sign_off").order_by("at", "pk")),
        sign_offs=list(
            SignOff.objects.filter(answer__incident=incident).order_by("started_at", "pk")
        ),
        pages=pages_of(incident),
        acknowledgements=acknowledgements_of(incident),
        deadlines=list(Deadline.objects.filter(**of_run).order_by("due_at", "pk")),
        questions=list(incident.questions.select_related("channel").order_by("pk")),
        versions=AnswerVersion.objects.filter(answer__incident=incident).count(),
    )


def figures_of(incident: Incident) -> Figures:
    """Read every figure from the rows; nothing is typed in afterwards."""
    return figures_from(incident, rows_of(incident))


def figures_from(incident: Incident, rows: Rows) -> Figures:
    """Work out the figures of rows that have been read already."""
    since = _Since(incident.raised_at)
    out = rows.releases
    answer_out = next((each for each in out if not is_holding(each.answer)), None)
    submitted, settled = _first_sign_off(rows)
    deadline = next((d for d in rows.deadlines if d.kind == Deadline.Kind.ANSWER), None)
    answered = [each.answered_at for each in rows.questions if each.answered_at]
    by_ten = incident.raised_at + timedelta(seconds=EVERYONE_SECONDS)
    return Figures(
        limit_seconds=incident.limit_seconds,
        first_word_seconds=since(out[0].at if out else None),
        first_page_seconds=since(_earliest(page.sent_at for page in rows.pages)),
        on_it_seconds=since(_first_on_it(rows)),
        submitted_seconds=since(submitted),
        signed_off_seconds=since(settled),
        sign_off_wait_seconds=(settled - submitted).total_seconds()
        if settled and submitted
        else None,
        answer_seconds=since(answer_out.at if answer_out else None),
        is_answered_in_time=answer_out.at <= deadline.due_at if answer_out and deadline else None,
        is_breached=bool(deadline and deadline.breached_at),
        questions=len(rows.questions),
        answered=len(answered),
        answered_by_ten_minutes=sum(1 for moment in answered if moment <= by_ten),
        versions=rows.versions,
        amended=sum(each.kind == Decision.Kind.AMEND for each in rows.decisions),
        sent_back=sum(each.kind == Decision.Kind.SEND_BACK for each in rows.decisions),
        people_paged=len({page.person_id for page in rows.pages}),
        pages=len(rows.pages),
        pages_failed=sum(page.status == Page.Status.FAILED for page in rows.pages),
        stood_down_seconds=since(incident.stood_down_at),
    )


@dataclass(frozen=True)
class _Since:
    start: datetime

    def __call__(self, moment: datetime | None) -> float | None:
        return (moment - self.start).total_seconds() if moment else None


def _first_sign_off(rows: Rows) -> tuple[datetime | None, datetime | None]:
    """When the answer that was settled first was sent for sign-off, and when it was settled.

    The wait counts from the first time it was sent, through every change that was asked for.
    """
    approvals = (Decision.Kind.APPROVE, Decision.Kind.AMEND)
    settled = next((d for d in rows.decisions if d.is_effective and d.kind in approvals), None)
    asked = [
        each
        for each in rows.sign_offs
        if settled is None or each.answer_id == settled.sign_off.answer_id
    ]
    return (asked[0].started_at if asked else None), (settled.at if settled else None)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in moments if each), default=None)


def _first_on_it(rows: Rows) -> datetime | None:
    """The first who said "I'm on it", or who decided without saying so."""
    said = [each.at for each in rows.acknowledgements]
    return _earliest([*said, *(each.at for each in rows.decisions)])
