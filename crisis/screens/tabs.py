"""The channels on which the same could be said, and how far the answer on each of them is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crisis.models import Answer, AnswerVersion
from crisis.rules.checks import AnswerFacts, blocks, check_answer
from crisis.screens.rows import counter
from playbooks.models import Channel
from playbooks.rules.counting import fit

SYMBOLS = {
    Answer.Status.AWAITING_SIGN_OFF: ("", "hourglass"),
    Answer.Status.APPROVED: ("good", "circle-check"),
    Answer.Status.RELEASED: ("good", "circle-check"),
}
"""How an answer is drawn that nobody writes on any more, by its status; the others are counted."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a channel's answer is: on a wide tab, on a narrow one, and read aloud."""

    text: str
    short: str
    says: str
    state: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A channel to which the same could be said; a handle where its network has two."""

    network: str
    name: str
    handle: str
    channel: int
    stand: Stand
    is_current: bool

    @property
    def label(self) -> str:
        return ", ".join(each for each in (self.name, self.handle, self.stand.says) if each)


def stand_of(version: AnswerVersion | None, channel: Channel, facts: AnswerFacts) -> Stand:
    """Say how far a channel's answer is, given what is known of another one to everyone."""
    if version is None:
        says = _("None yet")
        return Stand(says, pgettext("no answer", "None"), says)
    if version.answer.status in SYMBOLS:
        return _told(version.answer)
    return counted(_on(channel, version, facts))


def _told(answer: Answer) -> Stand:
    says = str(answer.get_status_display())
    text = _("Waiting") if answer.status == Answer.Status.AWAITING_SIGN_OFF else says
    return Stand(text, text, says, *SYMBOLS[Answer.Status(answer.status)])


def counted(facts: AnswerFacts) -> Stand:
    """Count words as their counter does. A narrow tab has no icon: its words alone say "over"."""
    fits = fit(facts.text, facts.network, facts.house_limit, facts.channel_limit, facts.is_reply)
    full = counter(fits.count, fits.limit, approvable=not blocks(check_answer(facts)))
    text, short = full.text, str(fits.count)
    if full.state == "over":
        text = short = _("%(over)d over") % {"over": fits.over}
    elif full.state == "near":
        short = _("%(left)d left") % {"left": fits.limit - fits.count}
    return Stand(text, short, full.text, full.state, full.icon)


def _on(channel: Channel, version: AnswerVersion, facts: AnswerFacts) -> AnswerFacts:
    """What the checks know of an answer to everyone, of which the house rules are known."""
    statement = version.answer.statement
    return replace(
        facts,
        text=version.text,
        network=channel.network,
        channel_limit=channel.limit,
        answers_question=version.answers_question,
        is_pre_approved=bool(statement and statement.is_pre_approved),
        reason_for_length=version.reason_for_length,
        reason_for_repeat=version.reason_for_repeat,
    )
