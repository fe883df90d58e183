"""The rows of a screen, ready-made: people, counters, entries of the timeline, choices."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crisis.rules.checks import AnswerFacts

Text = str | Promise

NEAR_PERCENT = 95
"""From here on a counter warns that little room is left."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a page has come: four bars and one phrase."""

    state: str
    bars: int
    icon: str
    word: Text
    kind: str = ""


# Keyed by the states of crisis.queries.people.Reached.
DELIVERIES = {
    delivery.state: delivery
    for delivery in (
        Delivery("paged", 1, "bell-ring", gettext_lazy("Paged")),
        Delivery("delivered", 2, "check-check", gettext_lazy("Delivered, not seen")),
        Delivery("seen", 3, "eye", gettext_lazy("Seen")),
        Delivery("acted", 4, "user-check", gettext_lazy("Has acted"), "green"),
        Delivery("on_it", 4, "user-check", gettext_lazy("On it"), "green"),
        Delivery("failed", 1, "circle-x", gettext_lazy("Not delivered"), "red"),
        Delivery("unreachable", 0, "circle-x", gettext_lazy("Cannot be reached"), "red"),
        Delivery("next", 0, "clock", gettext_lazy("Next"), "next"),
        Delivery("then", 0, "clock", gettext_lazy("Then")),
        Delivery("not_needed", 0, "bell", gettext_lazy("Not needed, not paged")),
    )
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in the list of who is paged."""

    name: str
    role: str
    delivery: Delivery
    initials: str = ""
    word: Text = ""
    time: str = ""
    phone: str = ""

    @property
    def is_on_it(self) -> bool:
        return self.delivery.state == "on_it"

    @property
    def tel(self) -> str:
        return dialled(self.phone)

    @property
    def says(self) -> Text:
        return self.word or self.delivery.word

    @property
    def bars(self) -> tuple[bool, ...]:
        """Four bars, on or off; none at all for somebody who was not paged."""
        full = self.delivery.bars
        return tuple(number < full for number in range(4)) if full else ()


def person(
    name: str, role: str, state: str, *, word: Text = "", time: str = "", phone: str = ""
) -> PersonRow:
    """Place a person and how far their page has come. Raises KeyError for an unknown state."""
    return PersonRow(name, role, DELIVERIES[state], initials_of(name), word, time, phone)


def dialled(number: str) -> str:
    """Return what a telephone dials; people write spaces and brackets."""
    return "".join(sign for sign in number if sign.isdecimal() or sign in "+*#")


def initials_of(name: str) -> str:
    words = name.split()
    ends = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


@dataclass(frozen=True, slots=True)
class Counter:
    """How much of a limit is used."""

    text: str
    state: str = ""
    icon: str = ""


def counter(used: int, limit: int, *, approvable: bool = False) -> Counter:
    """Count against a limit; `approvable` says aloud that it fits."""
    says = {"used": used, "limit": limit, "over": used - limit}
    if used > limit:
        return Counter(_("%(used)d of %(limit)d: %(over)d over") % says, "over", "circle-x")
    text = _("%(used)d of %(limit)d") % says
    if used * 100 >= limit * NEAR_PERCENT:
        return Counter(text, "near", "triangle-alert")
    return Counter(text, "good", "check") if approvable else Counter(text)


def counting(facts: AnswerFacts) -> str:
    """Give what a browser needs to count while somebody types, in JSON."""
    told = {
        "network": facts.network,
        "limit": facts.house_limit if facts.channel_limit is None else facts.channel_limit,
        "isReply": facts.is_reply,
        "near": NEAR_PERCENT,
        "says": {
            "fits": _("%(used)d of %(limit)d"),
            "over": _("%(used)d of %(limit)d: %(over)d over"),
        },
    }
    return json.dumps(told)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    time: str
    iso: str
    icon: str
    text: str
    kind: str = ""
    is_new: bool = False


class ChoiceLabel(str):
    """A choice's name with a line of explanation under it."""

    hint: Text

    def __new__(cls, name: str, hint: Text = "") -> ChoiceLabel:
        label = super().__new__(cls, name)
        label.hint = hint
        return label
