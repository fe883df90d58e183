"""What a text is before anything else is asked of it."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.rules.text import (
    bad_characters,
    clean,
    has_bidi_override,
    has_hidden_characters,
    is_blank,
    sha256_of,
)

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("  cafe\u0301 ", "café"),
        ("\u00a0\t\n", ""),
        ("a\n\n b", "a\n\n b"),
    ],
)
def test_clean_text_has_one_way_to_be_written(text, cleaned):
    """The same words typed on two devices must have one hash."""
    assert clean(text) == cleaned


@given(st.text())
def test_clean_text_stays_clean(text):
    """A text cleaned twice that changes again would never match its approved hash."""
    once = clean(text)

    assert clean(once) == once
    assert "\r" not in once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    "text",
    ["", " \t\r\n", "\u200b", "\u200e\u202e\u2066 ", "\ufeff\u00ad", "\u3164", "\u2800", "\ufe0f"],
)
def test_text_with_nothing_to_see_is_blank(text):
    """An answer of zero-width characters could be approved and released."""
    assert is_blank(text)


@pytest.mark.parametrize("text", [".", " a ", "\u200bx", "\u200d👍", "\u0301", "日"])
def test_text_with_anything_to_see_is_not_blank(text):
    """A short answer is an answer."""
    assert not is_blank(text)


@pytest.mark.parametrize(
    "text", ["\x00", "a\x08", "\x0b", "\x0c", "\x1b[0m", "\x1f", "ok \ud83d", "\udc00"]
)
def test_bad_characters_are_found(text):
    """NUL and lone surrogates end as a server error in the database."""
    assert bad_characters(text)


@pytest.mark.parametrize("text", ["", "a\nb\tc\r\n", "👍🏽", "日本", "\u200b", "\x7f", "\ufffd"])
def test_other_characters_are_not_bad(text):
    """An honest line end or emoji refused loses the officer's words."""
    assert not bad_characters(text)


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("pay \u202emoc.elpmaxe", True),
        ("\u2066x\u2069", True),
        ("\u200fשלום\u200e", False),
        ("שלום", False),
    ],
)
def test_forced_direction_is_found(text, turned):
    """An answer can read as one thing to the manager and another to the public."""
    assert has_bidi_override(text) is turned


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("a\u200bb", True),
        ("a\u00adb", True),
        ("\ufeffa", True),
        ("a\U000e0041", True),
        (SCOTLAND, False),
        ("👨\u200d👩\u200d👧", False),
        ("می\u200cخواهم", False),
        ("❤\ufe0f", False),
    ],
)
def test_hidden_characters_are_found_and_honest_joiners_are_not(text, hidden):
    """Characters that nobody sees count towards the limit and can carry a mark."""
    assert has_hidden_characters(text) is hidden


def test_hash_is_of_the_exact_text_in_utf8():
    """A hash of anything else would not show that one character was changed."""
    assert sha256_of("Sorry – Amara") == hashlib.sha256("Sorry – Amara".encode()).hexdigest()
    assert sha256_of("a") != sha256_of("a ")
