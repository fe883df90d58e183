"""What was agreed ahead of time and holds now: steps, first word, what falls to the officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from crisis.models import Answer, Event, Incident
from crisis.operations.checks import is_holding
from crisis.queries.desk import Desk
from crisis.rules.fold import ticked
from crisis.rules.wording import Stretch
from crisis.screens.acts import Act, holding_statement, release_of
from crisis.screens.answers import AnswerCard
from crisis.screens.head import promise
from crisis.screens.parts import Countdown, countdown
from crisis.screens.when import day_and_time
from escalation.models import Deadline
from escalation.rules.clocktext import hhmm, hhmmss, mmss
from playbooks.models import Briefing, Placeholder, Protocol, Statement, Step
from playbooks.rules.placeholders import blanks

NOTHING: Mapping[int, str] = {}
ROUND_SECONDS = 300
"""A time that one promises in public is on five minutes."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One thing to do: is it done, and has its minute passed, is it now, or late?"""

    pk: int
    mark: str
    what: str
    who: str
    state: str
    says: str

    @property
    def is_done(self) -> bool:
        return self.state == "done"


@dataclass(frozen=True, slots=True)
class PlaybookCard:
    title: str
    code: str
    version: int
    is_officer_signed: bool
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class FirstWord:
    """The holding statement: its words, until when, and how it is released."""

    title: str
    stretches: tuple[Stretch, ...]
    clock: Countdown | None
    act: Act | None
    out_says: str


@dataclass(frozen=True, slots=True)
class Authority:
    """What falls to the officer once nobody has decided in time, and by which clause."""

    title: str
    says: str
    stretches: tuple[Stretch, ...]
    badge: str
    clause: str
    act: Act | None


@dataclass(frozen=True, slots=True)
class BriefingRow:
    title: str
    when: str
    background: str
    ask: str
    is_ready: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """The agreed side of a console."""

    playbook: PlaybookCard | None
    first_word: FirstWord | None
    authority: Authority | None
    never: tuple[str, ...]
    briefings: tuple[BriefingRow, ...]


def agreed(
    desk: Desk,
    cards: Sequence[AnswerCard],
    briefings: Sequence[Briefing],
    now: datetime,
    zone: str,
    *,
    is_officer: bool,
) -> Agreed:
    """Put together what holds for this incident at this moment."""
    incident = desk.incident
    return Agreed(
        playbook=playbook_card(desk, _late_from(desk, now), now, zone),
        first_word=_first_word(desk, now, zone, may_release=is_officer and incident.is_open),
        authority=_authority(desk, cards, now, zone, may_release=is_officer),
        never=tuple(incident.protocol.never) if incident.protocol else (),
        briefings=tuple(briefing_row(each, zone) for each in briefings),
    )


# ------------------------------------------------------------ steps


def _late_from(desk: Desk, now: datetime) -> float | None:
    """The second from which steps count as late: the answer was due then, and is not out."""
    answer = promise(desk.deadlines, Deadline.Kind.ANSWER)
    if answer is None or answer.met_at or now < answer.due_at:
        return None
    return (answer.due_at - desk.incident.raised_at).total_seconds()


def playbook_card(
    desk: Desk, late_from: float | None, now: datetime, zone: str
) -> PlaybookCard | None:
    """Show the steps with their minutes, and who has ticked them off."""
    incident = desk.incident
    protocol = incident.protocol
    if protocol is None:
        return None
    done = {pk: _ticked_by(event, desk, zone) for pk, event in ticked(desk.events).items()}
    until = now if incident.is_open else incident.stood_down_at or now
    gone = (until - incident.raised_at).total_seconds()
    return PlaybookCard(
        title=protocol.playbook.title,
        code=protocol.playbook.code,
        version=protocol.version,
        is_officer_signed=protocol.is_officer_signed,
        steps=step_rows(desk.steps, gone, late_from, done),
    )


def _ticked_by(event: Event, desk: Desk, zone: str) -> str:
    by = desk.named[event.by_id].first_name if event.by_id in desk.named else _("Somebody")
    return _("%(by)s, %(time)s") % {"by": by, "time": hhmmss(event.at, zone)}


def step_rows(
    steps: Sequence[Step],
    gone: float | None = None,
    late_from: float | None = None,
    done: Mapping[int, str] = NOTHING,
) -> tuple[StepRow, ...]:
    """Show steps in order; without `gone` nothing has begun. `done` says who has ticked them."""
    reached = [each.at_seconds for each in steps if gone is not None and each.at_seconds <= gone]
    current = max(reached, default=-1)
    rows = []
    for step in steps:
        state = ""
        if step.at_seconds in reached:
            state = "now" if step.at_seconds == current else "passed"
            if late_from is not None and state == "now" and step.at_seconds >= late_from:
                state = "late"
        state = "done" if step.pk in done else state
        who = done.get(step.pk, step.who)
        says = _STEP_SAYS[state]()
        rows.append(StepRow(step.pk, mmss(step.at_seconds), step.what, who, state, says))
    return tuple(rows)


_STEP_SAYS = {
    "": lambda: "",
    "passed": lambda: _("Its time has passed"),
    "done": lambda: _("Done"),
    "now": lambda: _("Now"),
    "late": lambda: _("Late"),
}


# ------------------------------------------------------------ first word


def _first_word(desk: Desk, now: datetime, zone: str, *, may_release: bool) -> FirstWord | None:
    statement = holding_statement(desk)
    if statement is None:
        return None
    deadline = promise(desk.deadlines, Deadline.Kind.FIRST_WORD)
    values = prefilled(desk.placeholders, desk.incident, now, zone)
    return FirstWord(
        title=statement.title,
        stretches=in_words(statement, values, desk.placeholders),
        clock=_first_word_clock(desk, deadline, now, zone),
        act=release_of(desk.incident, statement) if may_release else None,
        out_says=_spoken(desk, zone),
    )


def _first_word_clock(
    desk: Desk, deadline: Deadline | None, now: datetime, zone: str
) -> Countdown | None:
    if deadline is None or desk.has_spoken or not desk.incident.is_open:
        return None
    return countdown(now, deadline.due_at, zone, deadline.started_at, what=_("First word"))


def _spoken(desk: Desk, zone: str) -> str:
    out = [each for each in desk.answers if each.status == Answer.Status.RELEASED]
    first = min(out, key=lambda each: each.release.at, default=None)
    if first is None:
        return ""
    after = (first.release.at - desk.incident.raised_at).total_seconds()
    says = {"after": mmss(after), "time": hhmmss(first.release.at, zone)}
    return _("First word out in %(after)s, at %(time)s") % says


def prefilled(
    placeholders: Sequence[Placeholder], incident: Incident, now: datetime, zone: str
) -> dict[str, str]:
    """Fill in what always stays the same, and by when there is more to say."""
    seconds = incident.protocol.next_update_seconds if incident.protocol else ROUND_SECONDS
    update = now + timedelta(seconds=min(seconds, 3600))
    on_five = update + timedelta(seconds=-update.timestamp() % ROUND_SECONDS)
    values = {
        each.name: each.example for each in placeholders if each.kind == Placeholder.Kind.FIXED
    }
    times = [each for each in placeholders if each.kind == Placeholder.Kind.TIME]
    return values | {each.name: hhmm(on_five, zone) for each in times}


def in_words(
    statement: Statement, values: Mapping[str, str], placeholders: Sequence[Placeholder]
) -> tuple[Stretch, ...]:
    """Show a statement with its blanks: filled in where they are known, named where not."""
    labels = {each.name: each.label for each in placeholders}
    found: list[Stretch] = []
    at = 0
    for blank in blanks(statement.text):
        if blank.start < at:
            continue
        value = values.get(blank.name, "")
        label = labels.get(blank.name) or blank.name.replace("_", " ")
        found.append(Stretch("", statement.text[at : blank.start]))
        found.append(Stretch("slot", value) if value else Stretch("empty", label))
        at = blank.end
    return tuple(each for each in [*found, Stretch("", statement.text[at:])] if each.text)


# ------------------------------------------------------------ what falls to the officer


def _authority(
    desk: Desk, cards: Sequence[AnswerCard], now: datetime, zone: str, *, may_release: bool
) -> Authority | None:
    """Say what the protocol lets the officer do alone, once the answer is overdue."""
    protocol = desk.incident.protocol
    if _late_from(desk, now) is None or not desk.incident.is_open or not may_release:
        return None
    if protocol is None:
        return _nothing(desk, "")
    if protocol.falls_to_officer == Protocol.Falls.ANSWER and protocol.clause:
        return _own_answer(desk, cards, protocol.clause)
    if protocol.falls_to_officer == Protocol.Falls.HOLDING:
        return _holding(desk, protocol.clause, now, zone) or _nothing(desk, protocol.clause)
    return _nothing(desk, protocol.clause)


def _own_answer(desk: Desk, cards: Sequence[AnswerCard], clause: str) -> Authority:
    """The officer's own answer may go out; the one that was sent for sign-off comes first."""
    waiting = [each for each in desk.live if each.pk in {card.pk for card in cards}]
    mine = [each for each in waiting if not is_holding(each) and not hasattr(each, "release")]
    if not mine:
        asked = next((each for each in desk.questions if each.answered_at is None), None)
        channel = asked.channel if asked else desk.incident.channel
        return Authority(
            title=_("Nobody has decided. The answer is yours to write and release"),
            says=_("The time is over, and the authority has passed to you."),
            stretches=(),
            badge="",
            clause=clause,
            act=Act.draft(desk.incident, asked, channel),
        )
    card = next(each for each in cards if each.pk == mine[0].pk)
    return Authority(
        title=_("Nobody has decided. It’s yours to release"),
        says=_("The time is over, and the authority has passed to you."),
        stretches=(Stretch("", card.text),),
        badge=_("Falls to the officer"),
        clause=clause,
        act=Act.release(mine[0]),
    )


def _holding(desk: Desk, clause: str, now: datetime, zone: str) -> Authority | None:
    statement = holding_statement(desk)
    if statement is None:
        return None
    title = _("Nobody has decided. The holding statement is yours to release")
    if desk.has_spoken:
        title = _("Nobody has decided. Say again by when there is more")
    values = prefilled(desk.placeholders, desk.incident, now, zone)
    return Authority(
        title=title,
        says=_("The time is over. These words were approved ahead of time."),
        stretches=in_words(statement, values, desk.placeholders),
        badge=_("Approved ahead of time"),
        clause=clause,
        act=release_of(desk.incident, statement),
    )


def _nothing(desk: Desk, clause: str) -> Authority:
    ready = [each.title for each in desk.statements if each.is_pre_approved]
    says = _("Call them. Until somebody decides, only words approved ahead of time may go out.")
    if not ready:
        says = _("Call them. No words were approved ahead of time.")
    return Authority(
        title=_("Nobody has decided, and no authority passes to you"),
        says=says,
        stretches=(),
        badge="",
        clause=clause,
        act=None,
    )


# ------------------------------------------------------------ briefings


def briefing_row(briefing: Briefing, zone: str) -> BriefingRow:
    """Show what is coming up, and whether somebody has written down what to say."""
    return BriefingRow(
        title=briefing.title,
        when=day_and_time(briefing.happens_at, zone),
        background=briefing.background,
        ask=briefing.ask.name if briefing.ask else "",
        is_ready=briefing.is_ready,
    )
