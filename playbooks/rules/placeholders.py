"""The blanks in a statement: {name} where words are still to come, and [by when] typed by hand.

Any other brace or bracket is text.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from escalation.rules.words import gettext as _
from playbooks.rules.counting import count
from playbooks.rules.networks import network

_PLACEHOLDER = re.compile(r"\{([A-Za-z0-9_-]+)\}")
# Not after a letter and not before "(": post[s], ?a[b]=c and a [link](address) are text.
_BRACKETED = re.compile(r"(?<!\w)\[ *([^\W\d_][^\[\]\n]{0,59})\](?!\()")
_NOT_A_BLANK = frozenset({"sic", "drill"})

_MONTHS = {
    name: month
    for month, each in enumerate(
        (
            "january jan janvier janv",
            "february feb fevrier fevr",
            "march mar mars",
            "april apr avril avr",
            "may mai",
            "june jun juin",
            "july jul juillet juil",
            "august aug aout",
            "september sept sep septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec decembre",
        ),
        start=1,
    )
    for name in each.split()
}
"""Months as they are written in every language of the settings, in small letters, no accents."""
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SPOKEN_DATE = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim)[a-z]*,? )?"
    r"([0-9]{1,2})(?:st|nd|rd|th|er)? ([a-z]{3,9})\.?(?: ([0-9]{4}))?",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
_PHONE = re.compile(r"\+?[0-9 ()./-]{3,24}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@([^@\s]{1,255})")


@dataclass(frozen=True)
class Blank:
    """Where a blank stands: start and end in code points, and its name."""

    start: int
    end: int
    name: str


def names(text: str) -> tuple[str, ...]:
    """Give the names of the placeholders, each once, in the order of the text."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in. What has none, or an empty one, stays as {name}.

    Values are words, never templates: a brace inside one is not filled in turn.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], "").strip() or found[0], text)


def empty(text: str) -> tuple[str, ...]:
    """Give what is still blank, each once, in the order of the text: "time", "by when"."""
    return tuple(dict.fromkeys(blank.name for blank in blanks(text)))


def blanks(text: str) -> tuple[Blank, ...]:
    """Find what is still blank, in the order of the text."""
    found = [Blank(each.start(), each.end(), each[1]) for each in _PLACEHOLDER.finditer(text)]
    found += [
        Blank(each.start(), each.end(), each[1].strip())
        for each in _BRACKETED.finditer(text)
        if each[1].strip().casefold() not in _NOT_A_BLANK
    ]
    return tuple(sorted(found, key=lambda blank: blank.start))


def longest(text: str, maxima: Mapping[str, int]) -> str:
    """Give the text with every placeholder at its greatest length.

    So a statement can be checked against a network ahead of time. A name without a maximum stays.
    """
    return _PLACEHOLDER.sub(
        lambda found: "x" * maxima[found[1]] if found[1] in maxima else found[0], text
    )


def problem(kind: str, value: str, options: Sequence[str], max_length: int) -> str | None:
    """Say what is wrong with a value, in words for the field, or None.

    max_length is in characters as X counts them, so that a value that passes is never longer than
    `longest` assumed; a link counts 23. For `fixed`, options holds the fixed words.
    Raises KeyError for a kind that is not known.
    """
    check = _KINDS[kind]
    value = value.strip()
    if not value:
        return _("Fill this in, or take it out")
    wrong = check(value, options)
    if wrong:
        return wrong
    over = _length(kind, value) - max_length
    says = _("%(over)d too long: %(limit)d at most") % {"over": over, "limit": max_length}
    return says if over > 0 else None


def _length(kind: str, value: str) -> int:
    weight = network("x").link_weight
    return weight if kind == "url" and weight is not None else count(value, "x")


def _text(value: str, options: Sequence[str]) -> str | None:
    return _("Fill in the blank inside, too") if empty(value) else None


def _time(value: str, options: Sequence[str]) -> str | None:
    return None if _TIME.fullmatch(value) else _("Write a time like 15:40")


def _date(value: str, options: Sequence[str]) -> str | None:
    return None if _is_date(value) else _("Write a date like 21 November")


def _is_date(value: str) -> bool:
    if iso := _ISO_DATE.fullmatch(value):
        return _is_day(int(iso[1]), int(iso[2]), int(iso[3]))
    spoken = _SPOKEN_DATE.fullmatch(_without_accents(value))
    month = _MONTHS.get(spoken[2].lower()) if spoken else None
    if not spoken or month is None:
        return False
    leap_year = 2000  # without a year, 29 February may be meant
    return _is_day(int(spoken[3] or leap_year), month, int(spoken[1]))


def _without_accents(value: str) -> str:
    """Give février as fevrier, which is how some keyboards write it anyway."""
    return "".join(
        char for char in unicodedata.normalize("NFD", value) if not unicodedata.combining(char)
    )


def _is_day(year: int, month: int, day: int) -> bool:
    return year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _choice(value: str, options: Sequence[str]) -> str | None:
    return None if value in options else _("Choose one of the list")


def _fixed(value: str, options: Sequence[str]) -> str | None:
    return None if value in options else _("These words always stay the same")


def _url(value: str, options: Sequence[str]) -> str | None:
    return None if _is_url(value) else _("Write a link like https://example.org/update")


def _is_url(value: str) -> bool:
    if len(value) > 500 or re.search(r"\s", value):
        return False
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"} and "@" not in parts.netloc
    return is_web and _HOST.fullmatch(host) is not None


def _phone(value: str, options: Sequence[str]) -> str | None:
    digits = sum(char.isdigit() for char in value)
    fine = _PHONE.fullmatch(value) and 3 <= digits <= 15
    return None if fine else _("Write a telephone number like 020 7946 0000")


def _email(value: str, options: Sequence[str]) -> str | None:
    found = _EMAIL.fullmatch(value)
    fine = found and _HOST.fullmatch(found[1])
    return None if fine else _("Write an e-mail address like help@example.org")


_KINDS: dict[str, Callable[[str, Sequence[str]], str | None]] = {
    "text": _text,
    "time": _time,
    "date": _date,
    "choice": _choice,
    "url": _url,
    "phone": _phone,
    "email": _email,
    "fixed": _fixed,
}
