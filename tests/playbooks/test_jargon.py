"""Phrases that a neighbour would not use, and where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.rules.jargon import DEFAULT_JARGON, Span, flags


@pytest.mark.parametrize(
    ("text", "phrases", "found"),
    [
        ("Our stakeholders care.", ("stakeholder",), ["stakeholders"]),
        ("STAKEHOLDER", ("stakeholder",), ["STAKEHOLDER"]),
        (
            "Robust processes, going  forward.",
            ("robust process", "going forward"),
            ["Robust processes", "going  forward"],
        ),
        ("a multi agency review", ("multi-agency review",), ["multi agency review"]),
        ("going\nforward", ("going forward",), ["going\nforward"]),
        ("We don’t action it", ("don't action",), ["don’t action"]),
        (
            "a safeguarding framework",
            ("framework", "safeguarding framework"),
            ["safeguarding framework"],
        ),
        ("frameworkable unframework", ("framework",), []),
        ("framework_2", ("framework",), []),
        ("24/7 care", ("24/7",), ["24/7"]),
        ("a.b c", ("a?b", ".*"), []),
        ("plain words", (), []),
        ("plain words", ("", "  ", "-"), []),
    ],
)
def test_phrases_are_found_as_whole_words(text, phrases, found):
    """A phrase found inside another word teaches people to ignore the advice."""
    assert [text[span.start : span.end] for span in flags(text, phrases)] == found


def test_span_names_the_phrase_of_the_list():
    """The screen underlines the words and may say which rule they break."""
    assert flags("Two stakeholders", ("stakeholder",)) == (Span(4, 16, "stakeholder"),)


def test_sentence_of_the_mock_up_is_full_of_it():
    """Our own list must know the sentence that nobody answers a neighbour with."""
    text = (
        "Our safeguarding framework sets out robust processes for incidents of this nature and our "
        "stakeholders can be assured that a multi-agency review will follow."
    )

    found = [text[span.start : span.end] for span in flags(text, DEFAULT_JARGON)]

    assert found == [
        "safeguarding framework",
        "robust processes",
        "incidents of this nature",
        "stakeholders",
        "multi-agency review",
    ]


def test_plain_answer_has_none():
    """Advice on plain words would be ignored, and the next advice with it."""
    text = (
        "Hi Dan. Not moved: he is suspended in every city from tonight. Two people from outside "
        "the Leeds team decide by noon on Monday whether he is out for good."
    )

    assert flags(text, DEFAULT_JARGON) == ()


def test_list_is_ours_without_doubles():
    """A phrase listed twice is a sign that nobody reads the list."""
    assert len(DEFAULT_JARGON) >= 60
    assert len(set(map(str.casefold, DEFAULT_JARGON))) == len(DEFAULT_JARGON)


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=5).map(tuple))
def test_no_list_and_no_text_make_it_fail(text, phrases):
    """An admin's odd entry must not break every draft screen."""
    last = 0
    for span in flags(text, phrases):
        assert last <= span.start < span.end <= len(text)
        last = span.end
