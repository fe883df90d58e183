"""A post that is shared from another program opens the form filled in."""

from __future__ import annotations

import pytest

from crisis.rules.shared import shared_post
from tests.browsers import Browser, words
from tests.desk import fields
from tests.story import House

POST = "https://x.com/priya_walks/status/1"


@pytest.mark.parametrize(
    ("title", "text", "url", "link", "rest"),
    [
        ("", "Is he one of yours?", POST, POST, "Is he one of yours?"),
        ("", f"Is he one of yours? {POST}", "", POST, "Is he one of yours?"),
        ("", f"{POST} Is he one of yours?", "", POST, "Is he one of yours?"),
        ("", f"Is he ({POST}) yours?", "", POST, "Is he () yours?"),
        ("Priya on X", POST, "", POST, "Priya on X"),
        ("Priya on X", "", POST, POST, "Priya on X"),
        ("", f"Look: {POST}", POST, POST, "Look:"),
        ("Only a name", "", "", "", "Only a name"),
        ("", "", "", "", ""),
        ("", "javascript:alert(1)", "", "", "javascript:alert(1)"),
    ],
)
def test_link_and_words_are_told_apart(
    title: str, text: str, url: str, link: str, rest: str
) -> None:
    """An officer who has to copy the link by hand loses the minute that sharing was to save."""
    assert shared_post(title=title, text=text, url=url) == (link, rest)


def test_shared_post_stands_in_the_form_and_raises_nothing(house: House, desk: Browser) -> None:
    """A link on a page of somebody else's must not page a chief executive."""
    page = desk.get(f"/raise/?text=Is+he+one+of+yours%3F+{POST}")

    typed = fields(page)
    assert typed["post_url"] == POST
    assert typed["post_text"] == "Is he one of yours?"
    assert typed["question"] == ""
    assert "Code red 1" not in words(page)


def test_shared_words_of_any_length_open_the_form(house: House, desk: Browser) -> None:
    """What a telephone passes on is nobody's to foresee."""
    page = desk.get("/raise/?text=" + "a" * 6000 + "&url=" + "https://x.com/" + "b" * 600)

    assert page.status_code == 200


def test_manifest_names_what_a_telephone_needs_to_install_it(house: House) -> None:
    """On the home screen of a telephone it is one touch away at 3 am."""
    found = Browser().get("/app.webmanifest")

    told = found.json()
    assert found.headers["Content-Type"] == "application/manifest+json"
    assert told["share_target"]["action"] == "/raise/"
    assert {each["sizes"] for each in told["icons"]} == {"192x192", "512x512"}
    assert told["display"] == "standalone"
