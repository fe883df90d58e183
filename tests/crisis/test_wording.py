"""From a statement to words: the officer's own words are never written over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.rules.wording import Limits, Stretch, meant, stretches

HOLD = "We've seen the {media}. Next update here by {time}."
X = Limits("x", 280, None, is_reply=False)


def test_untouched_statement_is_filled_in_anew() -> None:
    """A time corrected in its field must not leave the old time in the words that go out."""
    shown = "We've seen the video. Next update here by 12:30."

    words = meant(shown, shown, HOLD, {"media": "video", "time": "12:45"})

    assert words == "We've seen the video. Next update here by 12:45."


def test_own_words_stay_and_only_their_blanks_are_filled_in() -> None:
    """Somebody who rewrote a statement in a hurry must not find it back as it was."""
    shown = "We've seen the video. Next update here by {time}."

    words = meant("We saw it. More by {time}.", shown, HOLD, {"media": "post", "time": "12:45"})

    assert words == "We saw it. More by 12:45."


def test_own_words_that_were_sent_before_are_not_written_over() -> None:
    """Pressing "Check it" twice must not bring the statement back over what was typed."""
    assert meant("We saw it.", "", HOLD, {"media": "post", "time": "12:45"}) == "We saw it."


def test_line_ends_of_a_browser_do_not_count_as_own_words() -> None:
    """Browsers send CR LF: a statement of two lines would never again be pre-approved."""
    assert meant("One.\r\nTwo.", "One.\nTwo.", "One.\nTwo.", {}) == "One.\nTwo."


def test_preview_shows_what_was_filled_in_and_what_is_blank() -> None:
    """A blank that reads like the rest of the sentence goes out as it is."""
    text = "We've seen the video. Next update here by {time}."

    shown = stretches(text, HOLD, {"media": "video"}, (), X)

    assert [each for each in shown if each.look] == [
        Stretch("slot", "video"),
        Stretch("empty", "{time}"),
    ]


def test_preview_marks_jargon_and_what_is_too_long() -> None:
    """The officer sees which words to cut, not only how many."""
    shown = stretches("Our stakeholders " + "x" * 300, "", {}, ("stakeholder",), X)

    assert Stretch("flag", "stakeholders") in shown
    assert shown[-1] == Stretch("over", "x" * 37)


@pytest.mark.parametrize("value", ["video", "We've", ".", "by 12:30"])
def test_slot_that_repeats_words_of_the_statement_is_marked_in_its_place(value: str) -> None:
    """Marking the wrong words as fillable hides what was really filled in."""
    filled = f"We've seen the {value}. Next update here by 9:00."

    shown = stretches(filled, HOLD, {"media": value, "time": "9:00"}, (), X)

    assert shown[0] == Stretch("", "We've seen the ")
    assert shown[1] == Stretch("slot", value)


@given(st.text(max_size=400), st.text(max_size=40), st.dictionaries(st.text(max_size=5), st.text()))
def test_preview_is_the_text_and_nothing_else(
    text: str, template: str, values: dict[str, str]
) -> None:
    """What is previewed is what goes out, to the letter."""
    shown = stretches(text, template, values, ("x",), X)

    assert "".join(each.text for each in shown) == text
