"""Is a protocol fit to be published? Asked ahead of the storm, when there is time to mend it. Pure.

`where` in a fault is the path that the same thing has in a playbook file: "statements.HOLD.text".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from escalation.rules.words import gettext as _
from escalation.rules.words import ngettext
from playbooks.rules.counting import HOUSE_LIMIT, fit
from playbooks.rules.durations import write_duration
from playbooks.rules.placeholders import empty, fill, longest, names, problem

LONGEST_SECONDS = 600
"""Source: ready in 5 minutes, 10 if really complex, no more."""
HOLDING = "holding"
FALLS_NOTHING = "nothing"


@dataclass(frozen=True)
class Fault:
    """What keeps a protocol from being published, and where."""

    where: str
    what: str


@dataclass(frozen=True)
class Rung:
    """A step of the chain. `is_reachable` is whether anybody on it can be paged right now."""

    after_seconds: int
    is_reachable: bool


@dataclass(frozen=True)
class Account:
    """A channel in use. Without a limit of its own, the house limit holds."""

    name: str
    network: str
    limit: int | None = None


@dataclass(frozen=True)
class Blank:
    """A placeholder as declared; for `fixed`, the example is the words."""

    kind: str
    max_length: int
    options: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Words:
    """A statement: what kind, its text, and whether it may go on the officer's word."""

    kind: str
    text: str
    is_pre_approved: bool


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A protocol as plain values.

    `signers` counts the people who may sign an answer and whom the chain pages; `never_paged`
    names those who were named to sign and whom it does not.
    """

    limit_seconds: int
    first_word_seconds: int
    chain: tuple[Rung, ...]
    signers: int
    needed: int
    never_paged: tuple[str, ...] = ()
    falls_to_officer: str
    clause: str
    statements: Mapping[str, Words]
    placeholders: Mapping[str, Blank]
    channels: tuple[Account, ...] = ()
    house_limit: int = HOUSE_LIMIT


def faults(draft: Draft) -> tuple[Fault, ...]:
    """Give all that keeps a protocol from being published, at once; empty when it is fit."""
    return (
        *_clock_faults(draft),
        *_chain_faults(draft),
        *_authority_faults(draft),
        *_placeholder_faults(draft),
        *_statement_faults(draft),
    )


def _clock_faults(draft: Draft) -> Iterator[Fault]:
    if draft.limit_seconds > LONGEST_SECONDS:
        yield Fault(
            "clocks.answer",
            _("The answer is due within %(time)s, never later.")
            % {"time": write_duration(LONGEST_SECONDS)},
        )
    if draft.first_word_seconds > draft.limit_seconds:
        yield Fault(
            "clocks.first_word",
            _("The first word at %(first)s comes after the answer at %(answer)s.")
            % {
                "first": write_duration(draft.first_word_seconds),
                "answer": write_duration(draft.limit_seconds),
            },
        )


def _chain_faults(draft: Draft) -> Iterator[Fault]:
    if not draft.chain:
        yield Fault("chain", _("The chain has no steps: nobody would be paged."))
        return
    first = draft.chain[0]
    if first.after_seconds > 0:
        says = _("The first step pages at once, not at %(time)s.")
        yield Fault("chain", says % {"time": write_duration(first.after_seconds)})
    if not first.is_reachable:
        yield Fault("chain", _("Nobody on the first step can be reached."))
    before = first.after_seconds
    for number, step in enumerate(draft.chain[1:], start=2):
        if step.after_seconds <= before:
            yield Fault(
                "chain", _("Step %(n)d is not later than the step before it.") % {"n": number}
            )
        before = step.after_seconds
    yield from _late_step_faults(draft)


def _late_step_faults(draft: Draft) -> Iterator[Fault]:
    for number, step in enumerate(draft.chain, start=1):
        if step.after_seconds > draft.limit_seconds:
            yield Fault(
                "chain",
                _("Step %(n)d pages at %(time)s, after the answer is due at %(due)s.")
                % {
                    "n": number,
                    "time": write_duration(step.after_seconds),
                    "due": write_duration(draft.limit_seconds),
                },
            )


def _authority_faults(draft: Draft) -> Iterator[Fault]:
    if draft.signers < draft.needed:
        yield from _too_few_sign(draft)
    if draft.falls_to_officer != FALLS_NOTHING and not draft.clause.strip():
        yield Fault("on_breach.clause", _("Name the clause by which this falls to the officer."))


def _too_few_sign(draft: Draft) -> Iterator[Fault]:
    says = ngettext(
        "%(n)d signature is needed and %(who)s may sign.",
        "%(n)d signatures are needed and %(who)s may sign.",
        draft.needed,
    )
    yield Fault("sign_off", says % {"n": draft.needed, "who": draft.signers or _("nobody")})
    for name in draft.never_paged:
        yield Fault(
            "sign_off",
            _("%(name)s is named to sign, and the chain does not page them.") % {"name": name},
        )


def _placeholder_faults(draft: Draft) -> Iterator[Fault]:
    for name, blank in draft.placeholders.items():
        where = f"placeholders.{name}"
        if blank.kind == "choice" and not blank.options:
            yield Fault(f"{where}.options", _("A choice needs options to choose from."))
        if blank.kind == "fixed" and not blank.example.strip():
            yield Fault(f"{where}.example", _("Give the words that always stay the same."))
        for value in dict.fromkeys((*blank.options, blank.example)):
            allowed = blank.options if blank.kind == "choice" else (blank.example,)
            wrong = problem(blank.kind, value, allowed, blank.max_length) if value else None
            if wrong:
                says = _("“%(value)s” would be refused: %(wrong)s.")
                yield Fault(where, says % {"value": value, "wrong": wrong})


def _statement_faults(draft: Draft) -> Iterator[Fault]:
    statements = draft.statements
    if not any(each.kind == HOLDING and each.is_pre_approved for each in statements.values()):
        yield Fault("statements", _("No holding statement is approved ahead of time."))
    maxima = {name: blank.max_length for name, blank in draft.placeholders.items()}
    for code, words in statements.items():
        where = f"statements.{code}.text"
        full = longest(words.text, maxima)
        yield from _blank_faults(where, full)
        yield from _length_faults(draft, where, full)


def _blank_faults(where: str, full: str) -> Iterator[Fault]:
    undeclared = names(full)
    for name in undeclared:
        yield Fault(where, _("{%(name)s} is not among the placeholders.") % {"name": name})
    for name in empty(full):
        if name not in undeclared:
            says = _("[%(name)s] is a blank to fill by hand: make it a placeholder.")
            yield Fault(where, says % {"name": name})
    if re.search(r"[{}]", fill(full, dict.fromkeys(undeclared, "x"))):
        says = _("A brace would go out as it stands: write a placeholder as {name}.")
        yield Fault(where, says)


def _length_faults(draft: Draft, where: str, full: str) -> Iterator[Fault]:
    for channel in draft.channels:
        found = fit(full, channel.network, draft.house_limit, channel.limit)
        if found.is_over:
            yield Fault(
                where,
                _(
                    "%(over)d too long for %(name)s with every placeholder at its longest:"
                    " %(used)d of %(limit)d."
                )
                % {
                    "over": found.over,
                    "name": channel.name,
                    "used": found.count,
                    "limit": found.limit,
                },
            )
