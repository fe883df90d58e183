"""Counters, compared with what the networks themselves count."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.rules.counting import Fit, count, fit, link_count, network_limit
from playbooks.rules.networks import NETWORKS

ROWS = json.loads((Path(__file__).parent / "counts.json").read_text(encoding="utf-8"))
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['network']}: {row['why']}" for row in ROWS])
def test_count_is_what_the_network_counts(row):
    """A counter that disagrees with the network lets an answer be approved that cannot go out."""
    text = row["text"] * row["repeat"]

    assert count(text, row["network"], row["is_reply"]) == row["count"]


@pytest.mark.parametrize("key", NETWORKS)
def test_plain_letters_count_one_everywhere(key):
    """The common case must be right on every network."""
    assert count("Thank you for telling us.", key) == 25
    assert count("", key) == 0


@pytest.mark.parametrize("is_reply", [False, True])
@pytest.mark.parametrize("text", ["@dan", "@dan ", "@dan: hello", " @dan hello"])
def test_only_names_that_open_a_reply_are_free(text, is_reply):
    """A name counted as free though the network counts it makes the answer too long."""
    free = is_reply and text in {"@dan", "@dan "}

    assert count(text, "x", is_reply) == (0 if free else len(text))


@pytest.mark.parametrize("key", ["bluesky", "mastodon", "threads", "sms", "instagram"])
def test_names_are_free_on_x_alone(key):
    """Other networks count the names of a reply."""
    assert count("@dan hello", key, is_reply=True) == 10


@given(st.text(), st.sampled_from(sorted(NETWORKS)), st.booleans())
def test_count_takes_any_text(text, key, is_reply):
    """A counter that fails on a strange character takes the whole draft screen with it."""
    assert count(text, key, is_reply) >= 0


@pytest.mark.parametrize(
    "text",
    [
        "a." * 30_000,
        "https://" * 10_000,
        "x.org/" + "(a" * 30_000,
        "x.org/" + "." * 60_000 + "a",
        "é" * 60_000,
        "@a." * 20_000,
        "👍\u200d" * 20_000,
    ],
    ids=["dots", "schemes", "brackets", "stops", "accents", "names", "joiners"],
)
@pytest.mark.parametrize("key", ["x", "mastodon"])
def test_count_of_a_hostile_text_ends(text, key):
    """A pasted text that makes the counter run for minutes stops everybody's screen."""
    assert count(text, key) > 0


def test_lone_surrogate_is_counted_and_does_not_fail():
    """Half an emoji, cut off by a phone, must not break the counter."""
    for key in NETWORKS:
        assert count("ok \ud83d", key) >= 4


@pytest.mark.parametrize(
    ("house", "own", "limit"),
    [(280, None, 280), (200, None, 200), (5000, None, 280), (280, 140, 140), (200, 260, 260)],
)
def test_limit_is_the_channels_or_the_houses_but_never_above_the_networks(house, own, limit):
    """An answer longer than the network takes cannot go out, whatever a profile says."""
    assert fit("x" * 300, "x", house, own) == Fit(300, limit, 300 - limit, is_over=True)


def test_text_of_exactly_the_limit_fits():
    """One off here costs an officer a rewrite at the worst moment."""
    assert fit("x" * 280, "x") == Fit(280, 280, 0, is_over=False)
    assert fit("x" * 281, "x") == Fit(281, 280, 1, is_over=True)


def test_house_limit_holds_on_roomy_networks():
    """A short answer is the doctrine, on Facebook too."""
    assert fit("x" * 400, "facebook").over == 120


def test_one_curly_apostrophe_leaves_a_text_message_seventy_characters():
    """The message would go out in two parts, or cut."""
    assert network_limit("It's out. " * 10, "sms") == 160
    assert network_limit("It’s out. " * 10, "sms") == 70
    assert fit("It’s out. " * 10, "sms") == Fit(100, 70, 30, is_over=True)


def test_bytes_can_make_a_bluesky_answer_too_long():
    """Bluesky refuses 3,001 bytes even when the reader sees 121 characters."""
    assert not fit(FAMILY * 120, "bluesky", channel_limit=300).is_over
    assert fit(FAMILY * 121, "bluesky", channel_limit=300).is_over


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", 0),
        ("See example.org, https://example.com/a. And report@example.org", 2),
        ("a.uk " * 6, 6),
    ],
)
def test_links_are_counted(text, links):
    """Threads refuses a sixth link."""
    assert link_count(text) == links
