"""The desk for one answer, ready-made: what to answer, in which words, and what is amiss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.forms.drafting import Slot
from crisis.models import Answer, AnswerVersion, Decision
from crisis.queries.drafting import Signers, Writing
from crisis.rules.checks import AnswerFacts, Check, blocks, check_answer
from crisis.rules.text import clean
from crisis.rules.wording import Limits, Stretch, stretches
from crisis.screens.agreed import in_words
from crisis.screens.rows import Counter, counter, counting
from crisis.screens.sentences import asker, listed
from crisis.screens.tabs import Tab, counted, stand_of
from escalation.rules.clocktext import hhmmss
from playbooks.models import Channel, Placeholder, Statement
from playbooks.rules.counting import fit
from playbooks.rules.networks import Network, network
from playbooks.rules.placeholders import fill, names

CHECK_KINDS = {"block": "bad", "advise": "warn", "good": "good"}


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, where, and what; or that it is for everyone."""

    network: str
    who: str
    at: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """Words to start from."""

    code: str
    title: str
    guard: str
    is_pre_approved: bool
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class StatementGroup:
    kind: str
    rows: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything on the desk but the form itself."""

    title: str
    ask: Ask
    network: str
    network_name: str
    handle: str
    tabs: tuple[Tab, ...]
    statement: StatementRow | None
    version: int
    groups: tuple[StatementGroup, ...]
    preview: tuple[Stretch, ...]
    counter: Counter
    counts: str
    counting: str
    checks: tuple[CheckRow, ...]
    is_ready: bool
    says: str
    asks_for_length: bool
    asks_for_repeat: bool
    goes_to: str
    is_pre_approved: bool
    never: tuple[str, ...]


def draft(
    writing: Writing, facts: AnswerFacts, values: Mapping[str, str], signers: Signers, zone: str
) -> Draft:
    """Lay out the desk for a text as it stands."""
    found = check_answer(facts)
    blocking = blocks(found)
    is_ready_made = is_untouched(writing.statement, facts.text, values)
    fits = fit(facts.text, facts.network, facts.house_limit, facts.channel_limit, facts.is_reply)
    statement = writing.statement
    return Draft(
        title=title_of(writing),
        ask=ask_of(writing, zone),
        network=writing.channel.network,
        network_name=writing.channel.network_name,
        handle=writing.channel.handle,
        tabs=_tabs(writing, facts),
        statement=_row(statement, writing, values) if statement else None,
        version=writing.incident.protocol.version if writing.incident.protocol else 0,
        groups=_groups(writing, values),
        preview=preview(facts, writing, values),
        counter=counter(fits.count, fits.limit, approvable=not blocking),
        counts=how_it_counts(network(facts.network)),
        counting=counting(facts),
        checks=check_rows(found),
        is_ready=all(check.level == "good" for check in found),
        says=checks_say(found),
        asks_for_length=bool(facts.reason_for_length) or _has(found, "too_long"),
        asks_for_repeat=bool(facts.reason_for_repeat) or _has(found, "near_identical"),
        goes_to=_("Approved ahead of time: you release it alone")
        if is_ready_made
        else goes_to(signers),
        is_pre_approved=is_ready_made,
        never=tuple(writing.incident.protocol.never) if writing.incident.protocol else (),
    )


def _has(checks: Sequence[Check], code: str) -> bool:
    return any(check.code == code and check.level != "good" for check in checks)


def is_untouched(statement: Statement | None, text: str, values: Mapping[str, str]) -> bool:
    """Say whether a text is a pre-approved statement with nothing but its blanks filled in."""
    if statement is None or not statement.is_pre_approved:
        return False
    return clean(fill(statement.text, values)) == text


def title_of(writing: Writing) -> str:
    if writing.question is None:
        return _("Say it to everyone on %(channel)s") % {"channel": writing.channel.network_name}
    return _("Answer %(who)s") % {"who": asker(writing.question)}


def ask_of(writing: Writing, zone: str) -> Ask:
    """What the answer has to answer."""
    question, incident = writing.question, writing.incident
    if question is None:
        channel = incident.channel
        return Ask(
            network=channel.network if channel else "",
            who=_("Everybody asks"),
            at=hhmmss(incident.raised_at, zone),
            text=incident.question,
            url=incident.post_url,
        )
    return Ask(
        network=question.channel.network if question.channel else "",
        who=asker(question),
        at=hhmmss(question.added_at, zone),
        text=question.text,
        url=question.url,
    )


def _tabs(writing: Writing, facts: AnswerFacts) -> tuple[Tab, ...]:
    """The channels, where nobody in particular is answered: what is in use, and this one."""
    here = writing.channel
    channels = writing.channels if here in writing.channels else [here, *writing.channels]
    if writing.question is not None or len(channels) < 2:
        return ()
    networks = [each.network for each in channels]
    said = _said(writing)
    return tuple(
        Tab(
            each.network,
            each.network_name,
            each.handle if networks.count(each.network) > 1 else "",
            each.pk,
            counted(facts) if each == here else stand_of(said.get(each.pk), each, facts),
            each == here,
        )
        for each in channels
    )


def tab_urls(writing: Writing) -> dict[str, str]:
    """Tell where one can go on from here, by the keys of the channels in use."""
    said = _said(writing)
    return {str(one.pk): _tab_url(writing, one, said.get(one.pk)) for one in writing.channels}


def _said(writing: Writing) -> dict[int, AnswerVersion]:
    """Index the latest words to everyone by their channel."""
    return {each.answer.channel_id: each for each in writing.to_everyone}


def _tab_url(writing: Writing, channel: Channel, said: AnswerVersion | None) -> str:
    """Where a channel's answer is written."""
    answer = said.answer if said else None
    if answer is not None and is_editable(answer):
        return reverse("crisis:answer", args=[answer.pk])
    base = reverse("crisis:draft", args=[writing.incident.number])
    using = f"&statement={writing.statement.code}" if writing.statement else ""
    return f"{base}?channel={channel.pk}{using}"


# ------------------------------------------------------------ statements and their blanks


def _groups(writing: Writing, values: Mapping[str, str]) -> tuple[StatementGroup, ...]:
    groups: dict[str, list[StatementRow]] = {}
    for each in writing.statements:
        row = _row(each, writing, values)
        groups.setdefault(str(each.get_kind_display()), []).append(row)
    return tuple(StatementGroup(kind, tuple(rows)) for kind, rows in groups.items())


def _row(statement: Statement, writing: Writing, values: Mapping[str, str]) -> StatementRow:
    return StatementRow(
        code=statement.code,
        title=statement.title,
        guard=statement.guard,
        is_pre_approved=statement.is_pre_approved,
        stretches=in_words(statement, values, writing.placeholders),
    )


def slots_of(statement: Statement | None, placeholders: Sequence[Placeholder]) -> list[Slot]:
    """List the blanks that the writer fills in; what always stays the same is none of them."""
    if statement is None:
        return []
    known = {each.name: each for each in placeholders}
    slots = []
    for name in names(statement.text):
        found = known.get(name)
        if found is None:
            label = name.replace("_", " ").capitalize()
            slots.append(Slot(name, label, "text", 280, (), "", ""))
        elif found.kind != Placeholder.Kind.FIXED:
            slots.append(_slot(found))
    return slots


def _slot(placeholder: Placeholder) -> Slot:
    return Slot(
        name=placeholder.name,
        label=placeholder.label,
        kind=placeholder.kind,
        max_length=placeholder.max_length,
        options=tuple(placeholder.options),
        example=placeholder.example,
        rule=placeholder.rule,
    )


def addressed(writing: Writing, values: dict[str, str]) -> dict[str, str]:
    """Fill in the name of the person who is answered, where it fits."""
    author = writing.question.author if writing.question else ""
    fits = any(
        each.name == "name" and len(author) <= each.max_length for each in writing.placeholders
    )
    return values | {"name": author} if author and fits else values


# ------------------------------------------------------------ checks


def preview(facts: AnswerFacts, writing: Writing, values: Mapping[str, str]) -> tuple[Stretch, ...]:
    """Show how the text reads, with its blanks named, where there is anything to see in it."""
    limits = Limits(facts.network, facts.house_limit, facts.channel_limit, facts.is_reply)
    template = writing.statement.text if writing.statement else ""
    labels = {f"{{{each.name}}}": each.label for each in writing.placeholders}
    found = stretches(facts.text, template, values, facts.jargon, limits)
    if not any(each.look for each in found):
        return ()
    return tuple(
        replace(each, text=labels.get(each.text, each.text.strip("{}[]")))
        if each.look == "empty"
        else each
        for each in found
    )


def check_rows(checks: Sequence[Check]) -> tuple[CheckRow, ...]:
    return tuple(CheckRow(CHECK_KINDS[c.level], c.title, c.text) for c in checks)


def checks_say(checks: Sequence[Check]) -> str:
    """Write "2 to fix, 3 to read"; nothing when all is well."""
    fix = sum(check.level == "block" for check in checks)
    read = sum(check.level == "advise" for check in checks)
    said = [
        ngettext("%(n)d to fix", "%(n)d to fix", fix) % {"n": fix} if fix else "",
        ngettext("%(n)d to read", "%(n)d to read", read) % {"n": read} if read else "",
    ]
    return ", ".join(each for each in said if each)


def how_it_counts(net: Network) -> str:
    """Say what counts differently on a network: "Links count as 23, emoji as 2"."""
    links = _("Links count as %(n)d") % {"n": net.link_weight} if net.link_weight else ""
    emoji = _("emoji as %(n)d") % {"n": net.emoji_weight} if net.emoji_weight else ""
    return ", ".join(each for each in (links, emoji) if each)


def goes_to(signers: Signers) -> str:
    """Say who decides: whoever is on it, or whoever may."""
    if signers.needed > len(signers.people):
        return cannot_be_signed(signers.needed, len(signers.people))
    says = {"names": listed([each.name for each in signers.people]), "n": signers.needed}
    if signers.needed == len(signers.people) > 1:
        return _("Goes to %(names)s. All of them sign") % says
    if signers.needed > 1:
        return _("Goes to %(names)s. %(n)d of them sign") % says
    if signers.on_it:
        return _("Goes to %(name)s, who is on it") % {"name": signers.on_it[-1].name}
    return _("Goes to %(names)s, whoever is first") % says


def cannot_be_signed(needed: int, left: int) -> str:
    """Say why fewer are left to sign than have to."""
    if not left:
        return _("Nobody may sign it but you, and nobody signs their own.")
    says = _("%(needed)d must sign it and only %(left)d may: nobody signs their own.")
    return says % {"needed": needed, "left": left}


def is_editable(answer: Answer | None) -> bool:
    """Say whether the words may still be changed."""
    return answer is None or answer.status not in (
        Answer.Status.RELEASED,
        Answer.Status.WITHDRAWN,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a kept answer stands, and what a change would do to it."""

    kind: str
    icon: str
    title: str
    text: str
    is_editable_draft: bool
    is_quiet: bool = False


def standing(writing: Writing, change: Decision | None, zone: str) -> Standing | None:
    """Say where the answer stands; nothing about one that is not kept yet."""
    answer, current = writing.answer, writing.current
    if answer is None or current is None:
        return None
    if answer.status == Answer.Status.APPROVED:
        return Standing(
            "warn",
            "triangle-alert",
            _("It is approved"),
            _("If you change a word, the approval is gone and it has to be signed again."),
            is_editable_draft=False,
        )
    if answer.status == Answer.Status.AWAITING_SIGN_OFF:
        return Standing(
            "plain",
            "hourglass",
            _("It waits for sign-off"),
            _("What you change they see at once. Signatures on the old words do not count."),
            is_editable_draft=False,
        )
    if change is not None:
        return _sent_back(change, zone)
    kept = {"n": current.number, "time": hhmmss(current.written_at, zone)}
    return Standing(
        "good",
        "circle-check",
        _("Version %(n)d is kept, since %(time)s") % kept,
        "",
        is_editable_draft=True,
        is_quiet=True,
    )


def _sent_back(change: Decision, zone: str) -> Standing:
    says = {"name": change.by.name, "time": hhmmss(change.at, zone)}
    is_taken_back = change.kind == Decision.Kind.TAKE_BACK
    title = _("%(name)s took the approval back at %(time)s")
    if not is_taken_back:
        title = _("%(name)s asked for a change at %(time)s")
    return Standing("warn", "corner-up-left", title % says, change.reason, is_editable_draft=True)
