"""The after-action report, ready-made: figures beside their targets, who was paged, every event."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Decision
from crisis.queries.desk import steps_of, what_is_known
from crisis.queries.figures import EVERYONE_SECONDS
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
    """One figure with its target; `fill` and `target` are where they stand on its bar, in %.

    `is_met` is None while there is time left for it.
    """

    name: str
    figure: str
    unit: str
    target_says: str
    fill: str
    target: str
    is_met: bool | None
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
        facts=_facts(report),
    )


def _facts(report: Report) -> dict[int, str]:
    """What was known; looked up where anybody wrote something down."""
    if all(each.kind != "fact_added" for each in report.events):
        return {}
    return {each.pk: each.text for each in what_is_known(report.incident)}


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
        is_open = report.incident.is_open
        first = _("No answer is out yet.") if is_open else _("No answer went out.")
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
    so_far = report.lasted_seconds
    asked = figures.submitted_seconds
    waited = so_far - asked if asked is not None else 0
    timed = [
        (_("First public answer"), figures.answer_seconds, figures.limit_seconds, so_far),
        (_("Someone on it"), figures.on_it_seconds, ON_IT_SECONDS, so_far),
        (_("Wait for sign-off"), figures.sign_off_wait_seconds, SIGN_OFF_SECONDS, waited),
        (_("First page sent"), figures.first_page_seconds, FIRST_PAGE_SECONDS, so_far),
    ]
    if protocol:
        word = (figures.first_word_seconds, protocol.first_word_seconds, so_far)
        timed.insert(3, (_("First word"), *word))
    tiles = [_tile(*each, is_open=report.incident.is_open) for each in timed]
    tiles.insert(3, _people(report))
    return tiles


def _tile(name: str, seconds: float | None, target: int, passed: float, *, is_open: bool) -> Tile:
    if seconds is not None:
        return _time(name, seconds, target)
    return _not_yet(name, target, passed) if is_open else _never(name, target)


def _time(name: str, seconds: float, target: int) -> Tile:
    """A time beside the time that was promised."""
    full = max(target * 1.2, seconds)
    is_met = int(seconds) <= target
    verdict = _("%(time)s to spare") if is_met else _("%(time)s late")
    return Tile(
        name=name,
        figure=mmss(seconds),
        unit="",
        target_says=_target(target),
        fill=_percent(seconds, full),
        target=_percent(target, full),
        is_met=is_met,
        verdict=verdict % {"time": mmss(target - int(seconds))},
    )


def _not_yet(name: str, target: int, passed: float) -> Tile:
    """What can still happen in an open storm; late as soon as its time is out."""
    full = max(target * 1.2, passed)
    left = target - int(passed)
    verdict = _("%(time)s left") if left >= 0 else _("%(time)s late")
    return Tile(
        name=name,
        figure=_("Not yet"),
        unit="",
        target_says=_target(target),
        fill=_percent(passed, full) if left < 0 else "0%",
        target=_percent(target, full),
        is_met=None if left >= 0 else False,
        verdict=verdict % {"time": mmss(left)},
    )


def _never(name: str, target: int) -> Tile:
    """What never happened was not in time."""
    at = _percent(target, target * 1.2)
    return Tile(name, _("Never"), "", _target(target), "0%", at, False, _("Not met"))


def _target(seconds: int) -> str:
    return _("Target %(time)s") % {"time": mmss(seconds)}


def _people(report: Report) -> Tile:
    figures = report.figures
    asked, done = figures.questions, figures.answered_by_ten_minutes
    left = asked - done
    is_over = not report.incident.is_open or report.lasted_seconds > EVERYONE_SECONDS
    missed = _("%(n)d not in time") if is_over else _("%(n)d to answer")
    says = ngettext("of %(n)d person", "of %(n)d people", asked)
    return Tile(
        name=_("Answered by 10:00"),
        figure=str(done),
        unit=says % {"n": asked},
        target_says=_("Target: all %(n)d") % {"n": asked},
        fill=_percent(done, asked or 1),
        target="100%",
        is_met=True if not left else False if is_over else None,
        verdict=missed % {"n": left} if left else _("Met"),
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
