"""What changed between two versions, word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.rules.diff import Piece, word_diff

WORDS = st.lists(st.sampled_from(["he", "is", "not", "moved", ".", " ", "\n", "’s", "é"])).map(
    "".join
)


def joined(pieces, *ops):
    return "".join(piece.text for piece in pieces if piece.op in ops)


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", []),
        ("Same.", "Same.", [("same", "Same.")]),
        ("", "New.", [("added", "New.")]),
        ("Old.", "", [("removed", "Old.")]),
        (
            "He is off tonight.",
            "He is suspended tonight.",
            [("same", "He is "), ("removed", "off"), ("added", "suspended"), ("same", " tonight.")],
        ),
        (
            "We are sorry.",
            "We are very sorry.",
            [("same", "We are "), ("added", "very "), ("same", "sorry.")],
        ),
        ("It’s out", "It’s in", [("same", "It’s "), ("removed", "out"), ("added", "in")]),
        ("a  b", "a b", [("same", "a"), ("removed", "  "), ("added", " "), ("same", "b")]),
        ("a\nb", "a b", [("same", "a"), ("removed", "\n"), ("added", " "), ("same", "b")]),
    ],
)
def test_changed_words_are_told_apart_from_kept_ones(old, new, pieces):
    """A manager who cannot see what changed approves what they did not read."""
    assert word_diff(old, new) == tuple(Piece(op, text) for op, text in pieces)


@given(st.one_of(st.text(), WORDS), st.one_of(st.text(), WORDS))
def test_pieces_join_to_both_texts_exactly(old, new):
    """A difference that leaves out a character hides a change."""
    pieces = word_diff(old, new)

    assert joined(pieces, "same", "removed") == old
    assert joined(pieces, "same", "added") == new
    assert all(piece.text for piece in pieces)
    assert all(one.op != other.op for one, other in zip(pieces, pieces[1:], strict=False))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("the man is out " * 660, "a man was in the " * 580),
        ("a " * 5000, "a " * 4999),
        (" ".join(map(str, range(2000))), " ".join(map(str, range(2000, 0, -1)))),
        ("." * 10_000, "." * 9_999 + "!"),
    ],
    ids=["few words", "one word", "all words", "stops"],
)
def test_ten_thousand_characters_are_compared_at_once(old, new):
    """The page that shows a conflict must come at once, whatever was pasted."""
    started = time.process_time()

    pieces = word_diff(old, new)

    assert joined(pieces, "same", "added") == new
    assert time.process_time() - started < 2
