"""The words of a page: a title, and a text that fits one part of a text message. Pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from escalation.rules.access import CODE_MINUTES

ONE_PART = 160
"""Septets in one part of a text message. Source: GSM 03.38, 140 octets of 7 bits."""
LEAST_QUESTION = 12
"""A question cut below this says nothing, so it stays out."""
MOST_READ = 1000
"""Characters of a question that are looked at; what comes after them is never in the part."""
ELLIPSIS = "..."
"""Three dots, because the one character for it is outside GSM 03.38 and would halve the part."""

_BASIC = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€")
_AS_IT_IS = frozenset(map(chr, range(ord(" "), 128))) & (_BASIC | _DOUBLE) - {'"'}
"""Plain letters, which nothing has to be done to: most texts are made of them alone."""
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys('“”„«»″"‘’‚‹›′`´', "'"),
        **dict.fromkeys("‐‑‒–—―−•", "-"),
        "…": ELLIPSIS,
        "⁄": "/",
        "×": "x",
    }
)
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[^\W\d][\w-]+/\S*", re.IGNORECASE
)


_ABOUT = "\x04"
"""What stands between a context and its words in a catalogue. Source: GNU gettext."""


def _(words: str) -> str:
    """Mark what is to be translated; `say` does it, where it is known in which language."""
    return words


def pgettext(about: str, words: str) -> str:
    """Mark words that other screens use in another sense, with what they are about here."""
    return f"{about}{_ABOUT}{words}"


RESTRICTED = _("Code red. Open to read.")


@dataclass(frozen=True)
class Words:
    """What a page says: the title for lock screens and subjects, the text for everything else."""

    title: str
    text: str


@dataclass(frozen=True)
class _Wording:
    title: str
    says: str
    asks: str = ""
    """What the link is for; without it the text has no link."""
    quotes: bool = False


# The same word is the status of a code red, and in other languages that is another word.
_OPEN = pgettext("link in a page", "Open")

_WORDINGS = {
    "step": _Wording(_("decide by {due}"), _("Answer due {due}."), _("Decide"), quotes=True),
    "round": _Wording(
        _("still no answer"), _("Still no answer. Due {due}."), _("Decide"), quotes=True
    ),
    "hand_over": _Wording("{by}", _("{by}. Due {due}."), _("Decide"), quotes=True),
    "answer_ready": _Wording(
        _("an answer is ready to sign"),
        _("An answer is ready to sign. Due {due}."),
        _("Decide"),
        quotes=True,
    ),
    "first_word": _Wording(
        _("first word is overdue"), _("First word is overdue. Answer due {due}."), _("Release it")
    ),
    "answer": _Wording(_("answer is overdue"), _("Answer is overdue. It was due {due}."), _OPEN),
    "next_update": _Wording(_("next update is due"), _("Next update is due."), _OPEN),
    "regulator": _Wording(
        _("a regulator’s clock"), _("A regulator's clock is running out."), _OPEN
    ),
    "nobody": _Wording(
        _("nobody could be reached"), _("Nobody could be reached. Call them."), _OPEN
    ),
    "stood_down": _Wording(_("stood down"), _("Stood down. Nothing to do.")),
    "released": _Wording(_("answer is out"), _("Answer is out."), _("Read it")),
    "code": _Wording(
        _("your code"), _("Your code is {digits}. It ends in {minutes} minutes. Give it to nobody.")
    ),
}


def page_text(
    *,
    subject: str,
    question: str,
    due_label: str,
    url: str,
    is_drill: bool,
    is_restricted: bool,
    occasion: str,
    by_name: str = "",
    digits: str = "",
    say: Callable[[str], str] = str,
) -> Words:
    """Word one page. The link is never cut; the question is, where the part is full.

    `due_label` is when the answer is due, `by_name` who handed over, `digits` the code for a new
    device; `say` gives our words in the house's language. Raises KeyError for an occasion that
    has no wording.
    """
    drill = say(_("Drill"))
    mark = f"[{drill}] " if is_drill else ""
    wording = _WORDINGS[occasion]
    if is_restricted and occasion != "code":
        hidden = gsm(say(RESTRICTED))
        return Words(mark + hidden, f"{mark}{hidden} {url}".rstrip())
    by = say(_("{name} handed this over to you")) if by_name else say(_("handed over to you"))
    values = {
        "due": due_label,
        "by": by.format(name=by_name),
        "digits": digits,
        "minutes": CODE_MINUTES,
    }
    title = mark + say(_("Code red: {says}")).format(says=say(wording.title).format_map(values))
    says = gsm(say(wording.says).format_map(values))
    says = says[:1].upper() + says[1:]
    if is_restricted:
        return Words(title, mark + says)
    head = f"{mark}{gsm(subject).upper()}. {says}"
    tail = f" {gsm(_said(wording.asks, say))}: {url}" if wording.asks and url else ""
    room = ONE_PART - septets(head + tail)
    return Words(title, head + (_quoted(question, room) if wording.quotes else "") + tail)


def _said(words: str, say: Callable[[str], str]) -> str:
    """Say words that may have a context, which comes back with them where no catalogue has them."""
    return say(words).rpartition(_ABOUT)[-1]


def _quoted(question: str, room: int) -> str:
    """Quote as much of a question as there is room for, a space before it; perhaps nothing.

    A link in it goes: beside our own link, a stressed person would press either.
    """
    words = gsm(question[:MOST_READ])
    if "/" in words or "www." in words.lower():
        words = _LINK.sub("(link)", words)
    short = _shorten(words, room - len(' ""'))
    return f' "{short}"' if short else ""


def _shorten(text: str, limit: int) -> str:
    """Cut a text to a number of septets, at a word where one ends near; "" if that says nothing."""
    if septets(text) <= limit:
        return text
    if limit < LEAST_QUESTION:
        return ""
    cut = text[:limit]
    while septets(cut) > limit - len(ELLIPSIS):
        cut = cut[:-1]
    words = cut.rsplit(" ", 1)[0] if " " in cut[len(cut) // 2 :] else cut
    return words.rstrip(" ,;:-.") + ELLIPSIS


def septets(text: str) -> int:
    """Count a text as a text message does; a character of another script counts as one."""
    return len(text) + sum(map(text.count, _DOUBLE))


def gsm(text: str) -> str:
    """Put a text on one line in the letters of GSM 03.38, as far as it can be written in them.

    Double quotes become single ones, so that a quotation cannot end its own quotes. Signs that
    have no likeness go; other scripts stay as they are.
    """
    if _AS_IT_IS.issuperset(text):
        return " ".join(text.split())
    composed = unicodedata.normalize("NFKC", text.translate(_LOOKALIKES)).translate(_LOOKALIKES)
    return " ".join("".join(map(_letter, " ".join(composed.split()))).split())


def _letter(character: str) -> str:
    if character in _BASIC or character in _DOUBLE:
        return character
    plain = unicodedata.normalize("NFKD", character)[0]
    if plain in _BASIC:
        return plain
    return character if _is_of_a_script(character) else ""


def _is_of_a_script(character: str) -> bool:
    """Tell letters, digits and vowel signs from accents without a letter and marks of emoji."""
    is_stray = "\u0300" <= character <= "\u036f" or "\ufe00" <= character <= "\ufe0f"
    return unicodedata.category(character)[0] in "LMN" and not is_stray
