"""The blanks in a statement, and what may stand in them."""

import pytest
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from playbooks.rules.counting import count
from playbooks.rules.placeholders import empty, fill, longest, names, problem

HOLD = "We've seen the {media} of someone said to represent {org}. We will post here by {time}."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOLD, ("media", "org", "time")),
        ("{time} or {time}", ("time",)),
        ("{report_to} {specific-2}", ("report_to", "specific-2")),
        ("", ()),
        ("{} {{}} { time } {a b} }{ {", ()),
        ("{{time}}", ("time",)),
    ],
)
def test_names_are_found_once_in_order(text, expected):
    """A name that is missed gets no field to fill it in."""
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("By {time}, {name}.", {"time": "15:40", "name": "Priya"}, "By 15:40, Priya."),
        ("By {time}, {name}.", {"time": "15:40"}, "By 15:40, {name}."),
        ("By {time}.", {"time": "  "}, "By {time}."),
        ("By {time}.", {"time": " 15:40 "}, "By 15:40."),
        ("{a} {b}", {"a": "{b}", "b": "x"}, "{b} x"),
        ("{a}", {"a": r"\g<0> \1"}, r"\g<0> \1"),
        ("100% {} {0.__class__} {a!r}", {"a": "x"}, "100% {} {0.__class__} {a!r}"),
        ("", {"a": "x"}, ""),
    ],
)
def test_values_go_in_and_the_rest_stays(text, values, filled):
    """A value read as a template would put other people's words into the answer."""
    assert fill(text, values) == filled


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("I'll post what we find here [by when].", ("by when",)),
        ("[BY WHEN] and {time} and [ who ]", ("BY WHEN", "time", "who")),
        ("Post by 15:40.", ()),
        ("{} [] [ ] [1/3] [...] [2026]", ()),
        ("Read [our page](https://example.org)", ()),
        ("https://example.org/?a[b]=c and post[s]", ()),
        ("They wrote “their [sic] fault”. [Drill]", ()),
        ("[open only", ()),
        ("[a\nb]", ()),
    ],
)
def test_what_is_still_blank_is_named(text, blanks):
    """An answer that goes out with "by {time}" in it is the next day's headline."""
    assert empty(text) == blanks


@given(st.text(alphabet="{}[]() ab_\n\\1", max_size=60))
def test_no_text_makes_placeholders_fail(text):
    """A stray brace must not break the draft screen."""
    assert fill(text, {}) == text
    assert longest(text, {}) == text
    assert set(names(text)) <= set(empty(text))


def test_longest_text_has_every_placeholder_at_its_greatest():
    """A statement that fits when it is written and not when it is filled in fails in the storm."""
    text = longest(HOLD, {"media": 10, "org": 16, "time": 5})

    assert "{" not in text
    assert count(text, "x") == len(HOLD) - len("{media}{org}{time}") + 31


def test_placeholder_without_a_maximum_stays_in_the_longest_text():
    """Left out, it would seem to need no room."""
    assert longest("By {time}", {}) == "By {time}"


@pytest.mark.parametrize(
    ("kind", "value", "options"),
    [
        ("text", "off all shifts from tonight", ()),
        ("time", "15:40", ()),
        ("time", "00:00", ()),
        ("time", "23:59", ()),
        ("date", "21 November", ()),
        ("date", "Sat 14 Nov", ()),
        ("date", "Saturday, 14 Nov", ()),
        ("date", "1st May 2027", ()),
        ("date", "29 February", ()),
        ("date", "2026-11-21", ()),
        ("date", "21 novembre", ()),
        ("date", "samedi 14 février 2027", ()),
        ("date", "1er fevr. 2027", ()),
        ("choice", "video", ("video", "post")),
        ("url", "https://example.org/update", ()),
        ("url", "harbourtrust.example/update", ()),
        ("url", "https://example.org:8443/" + "a" * 400, ()),
        ("phone", "020 7946 0000", ()),
        ("phone", "+44 (0)20 7946-0000", ()),
        ("phone", "999", ()),
        ("email", "report@harbourtrust.example", ()),
        ("email", "o'neil+help@sub.example.org", ()),
        ("fixed", "Harbour Trust", ("Harbour Trust",)),
    ],
)
def test_good_value_has_no_problem(kind, value, options):
    """A good value refused costs the officer the first minute."""
    assert problem(kind, value, options, 60) is None


@pytest.mark.parametrize(
    ("kind", "value", "options", "message"),
    [
        ("text", "", (), "Fill this in, or take it out"),
        ("time", "  ", (), "Fill this in, or take it out"),
        ("choice", "", ("video",), "Fill this in, or take it out"),
        ("text", "x" * 65, (), "5 too long: 60 at most"),
        ("text", "👍" * 31, (), "2 too long: 60 at most"),
        ("text", "by {time}", (), "Fill in the blank inside, too"),
        ("time", "24:00", (), "Write a time like 15:40"),
        ("time", "15:60", (), "Write a time like 15:40"),
        ("time", "9:30", (), "Write a time like 15:40"),
        ("time", "١٥:٤٠", (), "Write a time like 15:40"),
        ("time", "soon", (), "Write a time like 15:40"),
        ("date", "31 November", (), "Write a date like 21 November"),
        ("date", "29 February 2027", (), "Write a date like 21 November"),
        ("date", "2026-02-30", (), "Write a date like 21 November"),
        ("date", "0000-01-01", (), "Write a date like 21 November"),
        ("date", "5 Mayhem", (), "Write a date like 21 November"),
        ("date", "31 novembre", (), "Write a date like 21 November"),
        ("date", "29 février 2027", (), "Write a date like 21 November"),
        ("date", "5 brumaire", (), "Write a date like 21 November"),
        ("date", "tomorrow", (), "Write a date like 21 November"),
        ("choice", "film", ("video", "post"), "Choose one of the list"),
        ("url", "our website", (), "Write a link like https://example.org/update"),
        ("url", "javascript:alert(1)", (), "Write a link like https://example.org/update"),
        ("url", "ftp://example.org", (), "Write a link like https://example.org/update"),
        ("url", "https://x.com@example.org", (), "Write a link like https://example.org/update"),
        ("url", "https://[::1", (), "Write a link like https://example.org/update"),
        ("url", "https://example.org:99999", (), "Write a link like https://example.org/update"),
        ("url", "https://localhost/", (), "Write a link like https://example.org/update"),
        ("phone", "call us", (), "Write a telephone number like 020 7946 0000"),
        ("phone", "12", (), "Write a telephone number like 020 7946 0000"),
        ("phone", "0" * 16, (), "Write a telephone number like 020 7946 0000"),
        ("email", "report@", (), "Write an e-mail address like help@example.org"),
        ("email", "a b@example.org", (), "Write an e-mail address like help@example.org"),
        ("email", "report@example", (), "Write an e-mail address like help@example.org"),
        ("fixed", "Another Trust", ("Harbour Trust",), "These words always stay the same"),
    ],
)
def test_wrong_value_is_told_in_words(kind, value, options, message):
    """A wrong time or a dead link in a pre-approved statement goes out without another look."""
    assert problem(kind, value, options, 60) == message


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_months_of_every_language_are_dates(language):
    """A house that writes its own language cannot fill in the date of its own statement."""
    with override(language):
        refused = [m for m in MONTHS.values() if problem("date", f"21 {m}", (), 60)]

    assert refused == []


def test_wrong_date_is_told_with_an_example_of_the_same_language():
    """Whoever follows the example to the letter is refused again, or publishes a foreign month."""
    with override("fr"):
        told = problem("date", "demain", (), 60)

        assert told == "Écrivez une date comme 21 novembre"
        assert problem("date", told.rpartition("comme ")[2], (), 60) is None


def test_link_is_as_long_as_x_counts_it():
    """A long link fits where 23 characters are left."""
    long = "https://example.org/" + "a" * 200

    assert problem("url", long, (), 23) is None
    assert problem("url", long, (), 22) == "1 too long: 22 at most"


def test_unknown_kind_is_refused():
    """A kind that checks nothing would let anything through."""
    with pytest.raises(KeyError):
        problem("colour", "red", (), 10)
