"""What a text is before anything else is asked of it: clean, blank, readable, itself."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import regex

# Default ignorable: zero-width, bidi marks, variation selectors, fillers. U+2800 draws nothing.
_NOTHING_TO_SEE = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}\p{C}\u2800]*")
_BAD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_BIDI_OVERRIDE = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Joiners, direction marks and variation selectors have honest uses in names and emoji.
_HIDDEN = regex.compile(
    r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2064\u206a-\u206f"
    r"\u3164\ufeff\uffa0]|(?<![\U0001F3F4\U000E0020-\U000E007E])[\U000E0000-\U000E007F]"
)


def clean(text: str) -> str:
    """Give the text as it is kept: line ends as LF, characters composed (NFC), ends stripped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()


def is_blank(text: str) -> bool:
    """Say whether there is nothing to see: only space, zero-width or direction characters."""
    return _NOTHING_TO_SEE.fullmatch(text) is not None


def bad_characters(text: str) -> bool:
    """Say whether a text holds what no database keeps: NUL, C0 controls, half an emoji.

    Tab and line ends are fine; CR too, because browsers send line ends as CR LF.
    """
    return _BAD.search(text) is not None


def has_bidi_override(text: str) -> bool:
    """Say whether a text turns its reading direction by force, so that it can read as another."""
    return _BIDI_OVERRIDE.search(text) is not None


def has_hidden_characters(text: str) -> bool:
    """Say whether a text holds characters that cannot be seen and change nothing honest."""
    return _HIDDEN.search(text) is not None


def sha256_of(text: str) -> str:
    """Give the SHA-256, in hex, of the text exactly as it is, in UTF-8. Clean it before."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fact_sha256(text: str, source: str) -> str:
    """Give the SHA-256, in hex, of what is known and of who says so, a line each."""
    return sha256_of(f"{text}\n{source}")
