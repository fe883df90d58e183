"""What is asked of an answer before it may be signed off or go out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from crisis.rules.text import has_bidi_override, has_hidden_characters, is_blank
from escalation.rules.words import gettext as _
from escalation.rules.words import ngettext
from playbooks.rules.counting import HOUSE_LIMIT, fit, link_count, network_limit
from playbooks.rules.jargon import flags
from playbooks.rules.networks import network
from playbooks.rules.placeholders import empty

ALIKE_PERCENT = 80
"""From here on two answers read as nearly the same. Source: measured; other answers reach 52."""
SAME_PERCENT = 92
"""From here on an answer is a copy with another name. Source: measured; a light edit has 95."""

Level = Literal["block", "advise", "good"]

_LEVELS: tuple[Level, ...] = ("block", "advise", "good")
_NAME = r"[^\W\d_a-z][\w'’-]*(?: [^\W\d_a-z][\w'’-]*){0,2}"
_LEADING_NAMES = re.compile(r"\s*(?:@[\w.-]+(?:@[\w.-]+)?[\s,:]+)+")
_GREETING = re.compile(
    r"(?i:hi|hiya|hello|hey|dear|thanks|thank you|sorry|good (?:morning|afternoon|evening))"
    rf"(?:,? (?:there|all|@[\w.-]+|{_NAME}))?\s*[,.!:;–—-]+\s+"
)
_NAME_FIRST = re.compile(rf"(?!(?:Yes|No)\b){_NAME},\s+")


@dataclass(frozen=True)
class Check:
    """One finding: what it is, how much it weighs, and what the writer reads."""

    code: str
    level: Level
    title: str
    text: str = ""


@dataclass(frozen=True)
class SentText:
    """An answer that went out to somebody else, and when, as wall-clock words."""

    text: str
    to: str
    at_label: str


@dataclass(frozen=True, kw_only=True)
class AnswerFacts:
    """All that the checks need to know. Limits are in the network's own units.

    answers_question is what the writer ticked, None before that. A written reason turns a block
    for length or repetition into advice, so that it can be read by whoever signs.
    """

    text: str
    network: str
    house_limit: int = HOUSE_LIMIT
    channel_limit: int | None = None
    is_reply: bool = False
    question: str = ""
    answers_question: bool | None = None
    jargon: tuple[str, ...] = ()
    others: tuple[SentText, ...] = ()
    is_pre_approved: bool = False
    reason_for_length: str = ""
    reason_for_repeat: str = ""


def check_answer(facts: AnswerFacts) -> tuple[Check, ...]:
    """Check an answer: what blocks first, then what to read again, then what is good."""
    if is_blank(facts.text):
        return (Check("empty", "block", _("Nothing is written yet"), _("Write the answer first.")),)
    found = list(_checks(facts))
    return tuple(check for level in _LEVELS for check in found if check.level == level)


def blocks(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Give those that stop the answer."""
    return tuple(check for check in checks if check.level == "block")


def alike_percent(one: str, other: str) -> float:
    """Say how alike two answers are, 0 to 100, once names, greeting, case and spaces are off.

    Source: rapidfuzz ratio. The same text to another name measures 97, a light edit 95.
    """
    return fuzz.ratio(_normalised(one), _normalised(other))


def _checks(facts: AnswerFacts) -> Iterator[Check]:
    yield _length(facts)
    yield from _links(facts)
    yield _blanks(facts)
    yield from _question(facts)
    yield _plain_words(facts)
    yield _repeat(facts)
    yield from _hidden(facts)


def _length(facts: AnswerFacts) -> Check:
    fits = fit(facts.text, facts.network, facts.house_limit, facts.channel_limit, facts.is_reply)
    name = network(facts.network).name
    if not fits.is_over:
        says = _("Fits %(name)s: %(used)d of %(limit)d")
        return Check("fits", "good", says % {"name": name, "used": fits.count, "limit": fits.limit})
    title = _("%(over)d too long for %(name)s") % {"over": fits.over, "name": name}
    text = _("%(used)d of %(limit)d.") % {"used": fits.count, "limit": fits.limit}
    hard_limit = network_limit(facts.text, facts.network)
    if fits.count > hard_limit:
        most = _("%(name)s takes %(limit)d at most.") % {"name": name, "limit": hard_limit}
        return Check("too_long", "block", title, f"{text} {most}")
    if facts.reason_for_length.strip():
        return Check("too_long", "advise", title, f"{text} {_why(facts.reason_for_length)}")
    advice = _("Cut a sentence, or say why it has to be this long.")
    return Check("too_long", "block", title, f"{text} {advice}")


def _why(reason: str) -> str:
    return _("The reason given: %(reason)s") % {"reason": reason.strip()}


def _links(facts: AnswerFacts) -> Iterator[Check]:
    net = network(facts.network)
    found = link_count(facts.text) if net.max_links is not None else 0
    if net.max_links is not None and found > net.max_links:
        says = {"n": _number(found), "name": net.name, "most": _number(net.max_links).lower()}
        title = _("%(n)s links, and %(name)s takes %(most)s") % says
        yield Check("too_many_links", "block", title, _("Keep the ones that people need."))


def _blanks(facts: AnswerFacts) -> Check:
    blanks = empty(facts.text)
    if not blanks:
        return Check("no_blanks", "good", _("No blanks left"))
    title = ngettext("%(n)s blank is empty", "%(n)s blanks are empty", len(blanks))
    said = ", ".join(blank.replace("_", " ") for blank in blanks)
    text = _("Fill in, or take out: %(name)s") % {"name": said}
    return Check("blank_left", "block", title % {"n": _number(len(blanks))}, text)


def _question(facts: AnswerFacts) -> Iterator[Check]:
    """Nobody ticks the question of a pre-approved statement: its words were agreed before it."""
    if is_blank(facts.question) or (facts.is_pre_approved and facts.answers_question is None):
        return
    asked = " ".join(facts.question.split())
    named = {"what": _("“%(asked)s”") % {"asked": asked} if len(asked) <= 60 else _("the question")}
    if facts.answers_question:
        yield Check("answered", "good", _("Answers %(what)s") % named)
    elif facts.answers_question is False:
        text = _("Say it, or say when you will know.")
        yield Check("not_answered", "advise", _("It doesn’t answer %(what)s") % named, text)
    else:
        text = _("Read both once more, then tick it.")
        yield Check("not_answered", "advise", _("Does it answer what they ask?"), text)


def _plain_words(facts: AnswerFacts) -> Check:
    found = (facts.text[span.start : span.end] for span in flags(facts.text, facts.jargon))
    phrases = {" ".join(phrase.split()).casefold(): None for phrase in found}
    if not phrases:
        return Check("plain_words", "good", _("Plain words"))
    title = ngettext(
        "%(n)s phrase a neighbour wouldn’t use",
        "%(n)s phrases a neighbour wouldn’t use",
        len(phrases),
    )
    return Check("jargon", "advise", title % {"n": _number(len(phrases))}, ", ".join(phrases))


def _repeat(facts: AnswerFacts) -> Check:
    closest, percent = None, 0
    for other in facts.others:
        alike = int(alike_percent(facts.text, other.text))
        if closest is None or alike > percent:
            closest, percent = other, alike
    if closest is None:
        return Check("unlike_others", "good", _("Not like any answer sent so far"))
    to = closest.to or _("everyone")
    if percent < ALIKE_PERCENT:
        text = _("Closest: %(n)d%% like the one to %(to)s") % {"n": percent, "to": to}
        return Check("unlike_others", "good", _("Not like any answer sent so far"), text)
    return _near_identical(facts, closest, to, percent)


def _near_identical(facts: AnswerFacts, other: SentText, to: str, percent: int) -> Check:
    title = _("The same went to %(to)s") if percent == 100 else _("Nearly the same went to %(to)s")
    title %= {"to": to}
    says = {"n": percent, "time": other.at_label}
    text = _("%(n)d%% the same words, sent %(time)s.") % says
    if percent < SAME_PERCENT:
        advice = _("Write to this person.")
        return Check("near_identical", "advise", title, f"{text} {advice}")
    if facts.reason_for_repeat.strip():
        return Check("near_identical", "advise", title, f"{text} {_why(facts.reason_for_repeat)}")
    advice = _("Write to this person, or say why it has to be the same.")
    return Check("near_identical", "block", title, f"{text} {advice}")


def _hidden(facts: AnswerFacts) -> Iterator[Check]:
    if has_bidi_override(facts.text):
        text = _("People may read it in another order than you do. Type the words again.")
        yield Check("turned_text", "advise", _("Some of the text runs backwards"), text)
    if has_hidden_characters(facts.text):
        text = _("They come with pasted text and count towards the limit. Type the words again.")
        yield Check("hidden_characters", "advise", _("Some characters can’t be seen"), text)


def _normalised(text: str) -> str:
    """Leave out what differs between copies anyway; all of it when nothing else would be left."""
    rest = _LEADING_NAMES.sub("", text, count=1) if _LEADING_NAMES.match(text) else text
    rest = rest.strip()
    opening = _GREETING.match(rest) or _NAME_FIRST.match(rest)
    rest = rest[opening.end() :] if opening else rest
    return " ".join((rest or text).casefold().split())


def _number(number: int) -> str:
    words = _("No One Two Three Four Five Six Seven Eight Nine Ten").split()
    return words[number] if number < len(words) else str(number)
