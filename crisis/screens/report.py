"""The after-action report, ready-made: figures beside their targets, who was paged, every event."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Decision
from crisis.queries.desk import steps_of
from crisis.report import PersonPaged, Report
from crisis.rules.fold import ticked
from crisis.screens.plot import Plot, plot
from crisis.screens.rows import DELIVERIES, Delivery
from crisis.screens.sentences import Cast, addressee, listed, sentence
from crisis.screens.when import long_day
from escalation.models import Event
from escalation.rules.clocktext import hhmmss, mmss

FIRST_PAGE_SECONDS = 5
"""Source: the first page leaves within 5 seconds."""
ON_IT_SECONDS = 60
SIGN_OFF_SECONDS = 90
"""Source: a manager has a minute to see it, and half a minute more to decide."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its target; `fill` and `target` are where they stand on its bar, in %."""

    name: str
    figure: str
    unit: str
    target_says: str
    fill: str
    target: str
    is_met: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class EventRow:
    after: str
    at: str
    iso: str
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person, and how far their pages came, as times after the alarm."""

    name: str
    title: str
    ways: str
    delivery: Delivery
    paged: str
    delivered: str
    seen: str
    acted: str


@dataclass(frozen=True, slots=True)
class OutRow:
    """One answer that went out."""

    network: str
    to: str
    text: str
    when: str
    basis: str
    url: str


@dataclass(frozen=True, slots=True)
class ReportScreen:
    number: int
    is_drill: bool
    heading: str
    question: str
    span_says: str
    says: str
    tiles: tuple[Tile, ...]
    plot: Plot
    events: tuple[EventRow, ...]
    people: tuple[PersonRow, ...]
    out: tuple[OutRow, ...]
    evidence_says: str
    is_evidence_whole: bool
    head_hash: str
    pages_say: str
    ended_says: str
    is_open: bool


def report_screen(report: Report, zone: str) -> ReportScreen:
    """Build the report's page."""
    incident = report.incident
    cast = _cast(report, zone)
    return ReportScreen(
        number=incident.number,
        is_drill=incident.is_drill,
        heading=incident.heading,
        question=incident.question,
        span_says=_span(report, zone),
        says=_says(report),
        tiles=tuple(_tiles(report)),
        plot=plot(report),
        events=tuple(_event_row(each, cast) for each in report.events),
        people=tuple(_person_row(each, cast) for each in report.people),
        out=tuple(_out_rows(report, cast)),
        evidence_says=_evidence(report),
        is_evidence_whole=report.fault is None,
        head_hash=incident.timeline.head_hash,
        pages_say=_pages(report),
        ended_says=_ended(report),
        is_open=incident.is_open,
    )


def _cast(report: Report, zone: str) -> Cast:
    ways: dict[tuple[int, int], list[str]] = {}
    for page in report.rows.pages:
        if page.occasion == page.Occasion.STEP:
            kinds = ways.setdefault((page.escalation_id, page.step), [])
            kinds.append(str(page.contact_method.get_kind_display()).lower())
    return Cast(
        people=report.named,
        answers={each.pk: each for each in report.answers},
        questions={each.pk: each for each in report.rows.questions},
        started_at=report.incident.raised_at,
        zone=zone,
        is_drill=report.incident.is_drill,
        full_names=True,
        ways={step: listed(list(dict.fromkeys(kinds))) for step, kinds in ways.items()},
        steps=_steps(report),
    )


def _steps(report: Report) -> dict[int, str]:
    """What the steps say; looked up where somebody has ticked one off."""
    if not ticked(report.events):
        return {}
    return {step.pk: step.what for step in steps_of(report.incident)}


def _span(report: Report, zone: str) -> str:
    incident = report.incident
    start = f"{long_day(incident.raised_at, zone)}, {hhmmss(incident.raised_at, zone)}"
    if incident.stood_down_at is None:
        return _("%(start)s, still open") % {"start": start}
    return _("%(start)s to %(end)s") % {
        "start": start,
        "end": hhmmss(incident.stood_down_at, zone),
    }


def _says(report: Report) -> str:
    """Say in two sentences how it went and who did it."""
    figures = report.figures
    limit = figures.limit_seconds // 60
    if figures.answer_seconds is None:
        first = _("No answer went out.")
    elif figures.is_answered_in_time:
        first = _("First answer in %(time)s, inside the %(n)d minutes.")
    else:
        first = _("First answer in %(time)s, after the %(n)d minutes were over.")
    says = {"time": mmss(figures.answer_seconds or 0), "n": limit}
    who = {"by": report.incident.raised_by.name, "deciders": _deciders(report)}
    second = _("Raised by %(by)s, decided by %(deciders)s.") if who["deciders"] else ""
    return " ".join([first % says, (second or _("Raised by %(by)s.")) % who])


def _deciders(report: Report) -> str:
    kinds = (Decision.Kind.APPROVE, Decision.Kind.AMEND)
    ids = [each.by_id for each in report.rows.decisions if each.kind in kinds]
    names = [report.named[one].name for one in dict.fromkeys(ids) if one in report.named]
    return listed(names)


def _ended(report: Report) -> str:
    incident = report.incident
    if incident.is_open:
        return ""
    end = str(incident.get_end_display())
    return f"{end}: {incident.end_reason}" if incident.end_reason else f"{end}."


def _pages(report: Report) -> str:
    figures = report.figures
    sent = ngettext("%(n)d page", "%(n)d pages", figures.pages) % {"n": figures.pages}
    to = ngettext("to %(n)d person", "to %(n)d people", figures.people_paged)
    failed = _("%(n)d not delivered") % {"n": figures.pages_failed}
    return f"{sent} {to % {'n': figures.people_paged}}, {failed}"


# ------------------------------------------------------------ figures


def _tiles(report: Report) -> list[Tile]:
    figures, protocol = report.figures, report.incident.protocol
    tiles = [
        _time(_("First public answer"), figures.answer_seconds, figures.limit_seconds),
        _time(_("Someone on it"), figures.on_it_seconds, ON_IT_SECONDS),
        _time(_("Wait for sign-off"), figures.sign_off_wait_seconds, SIGN_OFF_SECONDS),
        _people(report),
        _time(_("First page sent"), figures.first_page_seconds, FIRST_PAGE_SECONDS),
    ]
    if protocol:
        word = _time(_("First word"), figures.first_word_seconds, protocol.first_word_seconds)
        tiles.insert(4, word)
    return tiles


def _time(name: str, seconds: float | None, target: int) -> Tile:
    """A time beside the time that was promised. What never happened was not in time."""
    full = max(target * 1.2, seconds or 0)
    target_says = _("Target %(time)s") % {"time": mmss(target)}
    if seconds is None:
        return Tile(
            name, _("Never"), "", target_says, "0%", _percent(target, full), False, _("Not met")
        )
    is_met = int(seconds) <= target
    left = mmss(target - int(seconds))
    verdict = _("%(time)s to spare") if is_met else _("%(time)s late")
    return Tile(
        name=name,
        figure=mmss(seconds),
        unit="",
        target_says=target_says,
        fill=_percent(seconds, full),
        target=_percent(target, full),
        is_met=is_met,
        verdict=verdict % {"time": left},
    )


def _people(report: Report) -> Tile:
    figures = report.figures
    asked, done = figures.questions, figures.answered_by_ten_minutes
    late = asked - done
    says = ngettext("of %(n)d person", "of %(n)d people", asked)
    return Tile(
        name=_("Answered by 10:00"),
        figure=str(done),
        unit=says % {"n": asked},
        target_says=_("Target: all %(n)d") % {"n": asked},
        fill=_percent(done, asked or 1),
        target="100%",
        is_met=late == 0,
        verdict=_("Met") if late == 0 else _("%(n)d not in time") % {"n": late},
    )


def _percent(part: float, whole: float) -> str:
    return f"{min(part, whole) * 100 / whole:.1f}%"


# ------------------------------------------------------------ rows


def _event_row(event: Event, cast: Cast) -> EventRow:
    return EventRow(
        after=cast.after(event.at),
        at=hhmmss(event.at, cast.zone),
        iso=event.at.isoformat(),
        what=sentence(event, cast),
        who=event.by.name if event.by else _("Clock"),
    )


def _person_row(paged: PersonPaged, cast: Cast) -> PersonRow:
    title = paged.person.title
    if paged.is_for_information:
        title = (
            _("%(title)s, for information") % {"title": title} if title else _("For information")
        )
    moments = (paged.paged_at, paged.delivered_at, paged.seen_at, paged.acted_at)
    at = [cast.after(moment) if moment else "" for moment in moments]
    state = "not_needed" if paged.state in ("next", "then") else paged.state
    ways = listed([way.lower() for way in paged.ways])
    return PersonRow(paged.person.name, title, ways, DELIVERIES[state], *at)


def _out_rows(report: Report, cast: Cast) -> list[OutRow]:
    from_pk = {each.pk: each for each in report.answers}
    rows = []
    for release in report.rows.releases:
        answer = from_pk[release.answer_id]
        rows.append(
            OutRow(
                network=answer.channel.network,
                to=addressee(answer),
                text=release.version.text,
                when=cast.after(release.at),
                basis=str(release.get_basis_display()),
                url=release.url,
            )
        )
    return rows


def _evidence(report: Report) -> str:
    count = len(report.events)
    if report.fault:
        says = _("The evidence does not hold at event %(n)d: %(why)s.")
        return says % {"n": report.fault.sequence, "why": report.fault.why}
    says = ngettext(
        "%(n)d event, chained. Nothing was changed or removed afterwards",
        "%(n)d events, chained. Nothing was changed or removed afterwards",
        count,
    )
    return says % {"n": count}
