"""The officer's console of one code red, ready-made out of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Answer, Incident, Question
from crisis.queries.desk import Desk, ways_of
from crisis.queries.people import Reached
from crisis.queries.waiting import count_channels
from crisis.rules.fold import ticked
from crisis.screens.acts import Act, acts_of, decisions_of, next_act
from crisis.screens.answers import AnswerCard, answer_card
from crisis.screens.asking import QuestionRow, question_rows
from crisis.screens.head import PAGED, Head, everyone_clock, head_of, promise
from crisis.screens.known import Known, known
from crisis.screens.parts import Countdown, countdown
from crisis.screens.rows import Entry, PersonRow, person
from crisis.screens.sentences import Cast, entry, is_telling, listed
from escalation.models import Deadline, Person
from escalation.rules.clocktext import hhmmss, mmss
from playbooks.rules.networks import NETWORKS, network_of_url

LAST_EVENTS = 6
MOST_QUESTIONS = 8
"""The rest of either is a page away: what is on the console is read in a storm."""


@dataclass(frozen=True, slots=True)
class NextUp:
    """What the clock will do by itself, unless somebody acts."""

    left: str
    title: str
    says: str
    is_red: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """The public post that started it."""

    network: str
    author: str
    text: str
    question: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """How far the answers on one channel have come, and what to do there next."""

    network: str
    handle: str
    name: str
    counts: tuple[tuple[str, int], ...]
    act: Act | None


@dataclass(frozen=True, slots=True)
class Says:
    """The sentences beside the heads of the cards."""

    asking: str
    waiting: str
    answered: str
    people: str
    again: str
    ended: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """The promises that run beside the answer's."""

    everyone: Countdown | None
    update: Countdown | None
    regulator: Countdown | None


@dataclass(frozen=True, slots=True)
class Console:
    """Everything on the screen. `state` is open, over, answered or closed."""

    state: str
    head: Head
    post: Post
    next_up: NextUp | None
    answers: tuple[AnswerCard, ...]
    out: tuple[AnswerCard, ...]
    channels: tuple[ChannelRow, ...]
    questions: tuple[QuestionRow, ...]
    question_count: int
    people: tuple[PersonRow, ...]
    entries: tuple[Entry, ...]
    event_count: int
    says: Says
    clocks: Clocks
    known: Known
    act: Act | None
    ended_reason: str


def cast_of(desk: Desk, zone: str, *, full_names: bool = False) -> Cast:
    """Introduce everyone and everything that the events name."""
    ways = {step: listed(found).lower() for step, found in ways_of(desk.pages).items()}
    return Cast(
        people=desk.named,
        answers={answer.pk: answer for answer in desk.answers},
        questions={question.pk: question for question in desk.questions},
        started_at=desk.incident.raised_at,
        zone=zone,
        is_drill=desk.incident.is_drill,
        full_names=full_names,
        ways=ways,
        steps={step.pk: step.what for step in desk.steps} if ticked(desk.events) else {},
        facts={each.pk: each.text for each in desk.facts},
    )


def console(desk: Desk, viewer: Person, now: datetime, zone: str) -> Console:
    """Build the screen as this person may use it at this moment."""
    incident = desk.incident
    cast = cast_of(desk, zone)
    acts, act = _acts(desk, viewer)
    cards = [answer_card(each, desk, cast, now, _beside(acts, each, act)) for each in desk.live]
    telling = [each for each in desk.events if is_telling(each)]
    return Console(
        state=state_of(desk, now),
        head=head_of(desk, cast, now),
        post=_post(incident, desk.questions),
        next_up=_next_up(desk, now, zone),
        answers=tuple(card for card in cards if card.is_shown),
        out=tuple(card for card in cards if card.is_out),
        channels=_channels(desk, acts, act, can_write=viewer.is_officer and incident.is_open),
        questions=_still_waiting(desk, question_rows(desk, acts, act, viewer, now, zone)),
        question_count=len(desk.questions),
        people=tuple(person_row(each, zone, incident) for each in desk.people),
        entries=tuple(entry(each, cast) for each in telling[: -LAST_EVENTS - 1 : -1]),
        event_count=len(desk.events),
        says=_says(desk, now, zone),
        clocks=_clocks(desk, now, zone),
        known=known(desk.facts, zone),
        act=act,
        ended_reason=incident.end_reason,
    )


def _acts(desk: Desk, viewer: Person) -> tuple[dict[int, Act], Act | None]:
    """What this person may do with each answer, and which of it comes first."""
    if not desk.incident.is_open:
        return {}, None
    if viewer.is_officer:
        acts = acts_of(desk)
        return acts, next_act(desk, acts)
    acts = decisions_of(desk, viewer)
    return acts, next(iter(acts.values()), None)


def _beside(acts: Mapping[int, Act], answer: Answer, primary: Act | None) -> Act | None:
    act = acts.get(answer.pk)
    return act.beside(primary) if act else None


def _says(desk: Desk, now: datetime, zone: str) -> Says:
    asking = len(desk.questions)
    left = sum(1 for each in desk.questions if each.answered_at is None)
    channels = len({each.channel_id for each in desk.questions if each.channel_id})
    people = ngettext("%(n)d person is asking", "%(n)d people are asking", asking)
    on = ngettext(" on %(n)d channel", " on %(n)d channels", channels) if channels else ""
    waiting = ngettext("%(n)d person is still waiting", "%(n)d people are still waiting", left)
    return Says(
        asking=people % {"n": asking} + on % {"n": channels},
        waiting=waiting % {"n": left},
        answered=_("%(n)d of %(all)d") % {"n": asking - left, "all": asking},
        people=_people_says(desk),
        again=_again_says(desk, now),
        ended=_ended_says(desk.incident, zone),
    )


def _clocks(desk: Desk, now: datetime, zone: str) -> Clocks:
    return Clocks(
        everyone=_everyone(desk, now, zone),
        update=_clock(desk, Deadline.Kind.NEXT_UPDATE, now, zone),
        regulator=_clock(desk, Deadline.Kind.REGULATOR, now, zone),
    )


def state_of(desk: Desk, now: datetime) -> str:
    """Tell which of its four faces the console shows."""
    if not desk.incident.is_open:
        return "closed"
    answer = promise(desk.deadlines, Deadline.Kind.ANSWER)
    if answer is None:
        return "open"
    if answer.met_at is not None:
        return "answered"
    return "over" if now >= answer.due_at else "open"


# ------------------------------------------------------------ the middle: question and answers


def _post(incident: Incident, questions: Sequence[Question]) -> Post:
    first = questions[0] if questions else None
    network = incident.channel.network if incident.channel else network_of_url(incident.post_url)
    name = NETWORKS[network].name if network else ""
    return Post(
        network=network or "",
        author=first.author if first else "",
        text=incident.post_text,
        question=incident.question,
        url=incident.post_url,
        link=_("Open on %(network)s") % {"network": name} if name else _("Open the post"),
    )


def _channels(
    desk: Desk, acts: Mapping[int, Act], primary: Act | None, *, can_write: bool
) -> tuple[ChannelRow, ...]:
    rows = []
    for count in count_channels(desk.questions, desk.live):
        mine = next(
            (acts[a.pk] for a in desk.live if a.channel_id == count.channel.pk and a.pk in acts),
            None,
        )
        draft = Act.draft(desk.incident, count.next_question, count.channel)
        rows.append(
            ChannelRow(
                network=count.channel.network,
                handle=count.channel.handle,
                name=count.channel.network_name,
                counts=(
                    (_("asking"), count.asking),
                    (_("draft"), count.draft),
                    (_("sign-off"), count.sign_off),
                    (_("out"), count.out),
                ),
                act=(mine or draft).beside(primary) if can_write else None,
            )
        )
    return tuple(rows)


def _still_waiting(desk: Desk, rows: Sequence[QuestionRow]) -> tuple[QuestionRow, ...]:
    answered = {each.pk for each in desk.questions if each.answered_at}
    return tuple(row for row in rows if row.pk not in answered)[:MOST_QUESTIONS]


def _everyone(desk: Desk, now: datetime, zone: str) -> Countdown | None:
    """The time left for everyone's own answer; nothing once all have theirs, or it has passed."""
    if not desk.incident.is_open or all(each.answered_at for each in desk.questions):
        return None
    return everyone_clock(desk.incident, now, zone)


def _clock(desk: Desk, kind: str, now: datetime, zone: str) -> Countdown | None:
    deadline = promise(desk.deadlines, kind)
    if deadline is None or deadline.met_at or not desk.incident.is_open:
        return None
    what = str(deadline.get_kind_display())
    return countdown(now, deadline.due_at, zone, deadline.started_at, what=what)


# ------------------------------------------------------------ the side: people and clock


def person_row(reached: Reached, zone: str, incident: Incident) -> PersonRow:
    """Show how far the page to one person has come."""
    one = reached.person
    title = one.title
    if reached.is_for_information:
        title = (
            _("%(title)s, for information") % {"title": title} if title else _("For information")
        )
    at = hhmmss(reached.at, zone) if reached.at else ""
    is_to_come = reached.state in ("next", "then")
    word: str | Promise = ""
    if is_to_come:
        words = {"next": _("Next, at %(time)s"), "then": _("Then, at %(time)s")}
        word = words[reached.state] % {"time": at}
    return person(
        one.name,
        title,
        reached.state,
        word=word,
        time="" if is_to_come else at,
        phone=one.duty_phone if incident.is_open and reached.state in PAGED else "",
    )


def _people_says(desk: Desk) -> str:
    never = ("next", "then", "not_needed", "unreachable")
    paged = sum(each.state not in never for each in desk.people)
    return _("%(paged)d paged, %(on_it)d on it") % {"paged": paged, "on_it": len(desk.on_it)}


def _again_says(desk: Desk, now: datetime) -> str:
    alarm = desk.incident.escalation
    if not alarm.is_running or now < alarm.due_at:
        return ""
    return _("Everyone is paged again every %(time)s until somebody decides.") % {
        "time": mmss(alarm.repeat_seconds)
    }


def _next_up(desk: Desk, now: datetime, zone: str) -> NextUp | None:
    """Say whom the clock pages next, when, and what keeps it from doing so."""
    alarm = desk.incident.escalation
    if not alarm.is_running or alarm.next_page_at is None:
        return None
    says = {"time": hhmmss(alarm.next_page_at, zone), "name": ""}
    names = [person.name for person in _planned(desk, alarm.next_step)]
    holder = next((each.first_name for each in desk.on_it[-1:]), "")
    if holder:
        text = _("at %(time)s, unless %(name)s decides first") % (says | {"name": holder})
    else:
        text = _("at %(time)s, unless somebody is on it first") % says
    if names:
        who = ngettext("%(names)s is next", "%(names)s are next", len(names))
        title = who % {"names": listed(names)}
    else:
        title = _("Everyone is paged again")
    left = max(0.0, (alarm.next_page_at - now).total_seconds())
    return NextUp(mmss(left), title, text, is_red=not names and not holder)


def _planned(desk: Desk, step: int) -> list[Person]:
    """Name who is on a step of the alarm's plan; nobody once every step was reached."""
    started = next((each for each in desk.events if each.kind == "escalation_started"), None)
    plan = started.detail["plan"] if started else []
    ids = plan[step]["people"] if step < len(plan) else []
    return [desk.named[one] for one in ids if one in desk.named]


def _ended_says(incident: Incident, zone: str) -> str:
    if incident.is_open or incident.stood_down_at is None:
        return ""
    by = incident.stood_down_by.name if incident.stood_down_by else ""
    return _("%(end)s. %(by)s, %(time)s") % {
        "end": incident.get_end_display(),
        "by": by,
        "time": hhmmss(incident.stood_down_at, zone),
    }
