"""The tabs on the desk: on which channels the same is said, and how far the words are there."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crisis.models import Answer, Incident
from crisis.operations.answer import Wording, draft_answer, submit_answer, withdraw_answer
from crisis.operations.release import release_answer
from crisis.operations.sign_off import approve, send_back
from playbooks.models import Channel
from tests.browsers import Browser
from tests.desk import draft_page, question, write
from tests.story import TEXT, House, act, ask_more, at

POST = "https://www.facebook.com/hearthside/posts/1"


def tabs(page: Any) -> dict[str, str]:
    """What a press on each tab does, by what is read aloud of it; on the page's own it checks."""
    nav = re.search(r'<nav class="tabs".*?</nav>', page.content.decode(), re.S)
    pressed = r'value="([^"]+)"\s+aria-label="([^"]+)"'
    found = re.findall(pressed, nav[0] if nav else "")
    return {unescape(label): do for do, label in found}


def leads(desk: Browser, page: Any, label: str) -> str:
    """Press a tab, and tell where that leads."""
    return str(write(desk, page, tabs(page)[label]).headers["Location"])


def current(page: Any) -> str:
    found = re.search(r'aria-label="([^"]+)"\s+aria-current="true"', page.content.decode())
    return unescape(found[1]) if found else ""


def say(
    house: House,
    incident: Incident,
    text: str = TEXT,
    *,
    on: Channel | None = None,
    seconds: int = 60,
) -> Answer:
    """Olga's words to everyone, on Facebook where no other channel is named."""
    return draft_answer(
        incident=incident,
        question=None,
        channel=on or house.facebook,
        statement=None,
        wording=Wording(text, answers_question=True),
        by=house.olga,
        now=at(seconds),
    )


def submitted(house: House, incident: Incident) -> Answer:
    answer = say(house, incident)
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(62))
    answer.refresh_from_db()
    return answer


def approved(house: House, incident: Incident) -> Answer:
    answer = submitted(house, incident)
    approve(answer=answer, act=act(house.anna, 70))
    answer.refresh_from_db()
    return answer


def out(house: House, incident: Incident) -> Answer:
    answer = approved(house, incident)
    release_answer(answer=answer, seen=1, url=POST, by=house.olga, now=at(80))
    return answer


def sent_back(house: House, incident: Incident) -> Answer:
    answer = submitted(house, incident)
    send_back(answer=answer, act=act(house.anna, 70, reason="Say who."))
    return answer


def withdrawn(house: House, incident: Incident) -> Answer:
    answer = say(house, incident)
    withdraw_answer(answer=answer, by=house.olga, now=at(70))
    return answer


def nothing(house: House, incident: Incident) -> None:
    """Nobody has said it there."""


@pytest.mark.parametrize(
    ("so_far", "says", "shown"),
    [
        (nothing, "None yet", ""),
        (withdrawn, "None yet", ""),
        (say, f"{len(TEXT)} of 400", 'data-state="good"'),
        (sent_back, f"{len(TEXT)} of 400", 'data-state="good"'),
        (submitted, "Waiting for sign-off", "#i-hourglass"),
        (approved, "Approved", 'data-state="good"'),
        (out, "Out", 'data-state="good"'),
    ],
)
def test_tab_says_how_far_its_channel_is(
    house: House, desk: Browser, incident: Incident, so_far: Any, says: str, shown: str
) -> None:
    """What is said on X and forgotten on Facebook is found by those who ask on Facebook."""
    so_far(house, incident)

    page = draft_page(desk)

    assert list(tabs(page)) == ["X, 0 of 280", f"Facebook, {says}"]
    assert shown in page.content.decode().split("Facebook, ")[1].split("</button>")[0]


@pytest.mark.parametrize(
    ("text", "says", "wide", "narrow", "icon"),
    [
        ("n" * 417, "417 of 400: 17 over", "17 over", "17 over", "circle-x"),
        ("n" * 391, "391 of 400", "391 of 400", "9 left", "triangle-alert"),
        ("n" * 238, "238 of 400", "238 of 400", "238", "check"),
    ],
)
def test_state_of_a_tab_is_said_in_words_and_drawn(
    house: House,
    desk: Browser,
    incident: Incident,
    text: str,
    says: str,
    wide: str,
    narrow: str,
    icon: str,
) -> None:
    """Red and green are one colour to one man in twelve, and he may be who writes tonight."""
    say(house, incident, text)

    page = draft_page(desk).content.decode()

    tab = page.split(f'aria-label="Facebook, {says}"')[1].split("</button>")[0]
    assert f'<span class="if-wide">{wide}</span>' in tab
    assert f'<span class="if-narrow">{narrow}</span>' in tab
    assert f"#i-{icon}" in tab


def test_words_with_a_blank_in_them_are_not_shown_as_good(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A green tab is not opened again, and what stops the answer is found when it is sent."""
    say(house, incident, "More [by when].")

    page = draft_page(desk)

    assert "Facebook, 15 of 400" in tabs(page)
    tab = page.content.decode().split("Facebook, ")[1].split("</button>")[0]
    assert 'data-state="good"' not in tab


def test_newest_answer_of_a_channel_counts(house: House, desk: Browser, incident: Incident) -> None:
    """The first word is out everywhere at once; what is written now is what is not said yet."""
    out(house, incident)
    later = say(house, incident, "We suspended him.", seconds=90)

    assert leads(desk, draft_page(desk), "Facebook, 17 of 400") == f"/answers/{later.pk}/"


def test_answer_to_one_person_is_none_to_everyone(
    house: House, desk: Browser, incident: Incident
) -> None:
    """One man was told; the tab says that the thousand who read along were."""
    house.draft(incident, question=ask_more(incident, 1, house.facebook)[0])

    assert "Facebook, None yet" in tabs(draft_page(desk))


def test_tab_leads_to_the_answer_that_is_written_there(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A second answer beside the first one goes out, sooner or later, as well."""
    answer = submitted(house, incident)

    page = draft_page(desk, "?statement=HOLD")

    assert leads(desk, page, "Facebook, Waiting for sign-off") == f"/answers/{answer.pk}/"


def test_tab_of_a_channel_without_words_begins_from_the_same_statement(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Whoever says the same on Facebook does not look for the statement again."""
    page = draft_page(desk, "?statement=HOLD")

    there = f"/code-reds/1/draft/?channel={house.facebook.pk}&statement=HOLD"
    assert leads(desk, page, "Facebook, None yet") == there


def test_tab_leads_to_what_was_begun_there_meanwhile(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Idris began on Facebook while she read X: two answers there are one too many."""
    page = draft_page(desk)
    begun = say(house, incident)

    assert leads(desk, page, "Facebook, None yet") == f"/answers/{begun.pk}/"


def test_tab_of_a_channel_that_was_answered_begins_the_next_one(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Words that are out cannot be written on: a tab that leads there is a dead end."""
    out(house, incident)

    page = draft_page(desk)

    there = f"/code-reds/1/draft/?channel={house.facebook.pk}"
    assert leads(desk, page, "Facebook, Out") == there


def test_own_tab_counts_the_words_as_they_stand_on_the_page(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The count of what was kept stands beside other words, and the two are believed."""
    answer = say(house, incident)
    page = desk.get(f"/answers/{answer.pk}/")

    typed = write(desk, page, "check", text="n" * 417)

    assert current(page) == f"Facebook, {len(TEXT)} of 400"
    assert current(typed) == "Facebook, 417 of 400: 17 over"
    assert tabs(typed)["Facebook, 417 of 400: 17 over"] == "check"


def test_answer_that_is_kept_still_leads_to_the_other_channels(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Kept on Facebook, with no way on to X but back over the console."""
    answer = say(house, incident)

    page = desk.get(f"/answers/{answer.pk}/")

    assert leads(desk, page, "X, None yet") == f"/code-reds/1/draft/?channel={house.x.pk}"


def test_answer_to_one_person_has_no_tabs(house: House, desk: Browser, incident: Incident) -> None:
    """Whoever asks on X is answered on X."""
    answer = house.draft(incident)

    assert tabs(draft_page(desk, question(incident))) == {}
    assert tabs(desk.get(f"/answers/{answer.pk}/")) == {}


def test_one_channel_needs_no_tabs(house: House, desk: Browser, incident: Incident) -> None:
    """A choice of one is one more thing to read."""
    Channel.objects.filter(pk=house.facebook.pk).update(is_active=False)

    assert tabs(draft_page(desk)) == {}


def test_answer_on_a_channel_out_of_use_knows_its_own_tab(
    house: House, desk: Browser, incident: Incident
) -> None:
    """With every tab another's, nobody can tell where these words go."""
    answer = say(house, incident)
    Channel.objects.filter(pk=house.facebook.pk).update(is_active=False)

    page = desk.get(f"/answers/{answer.pk}/")

    assert current(page) == f"Facebook, {len(TEXT)} of 400"
    assert "X, None yet" in tabs(page)


def test_two_accounts_of_one_network_are_told_apart(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Two tabs that are both called X are one tab too many."""
    leeds = Channel.objects.create(network="x", handle="@HearthsideLeeds")
    say(house, incident, on=leeds)

    found = tabs(draft_page(desk))

    assert "X, @Hearthside, 0 of 280" in found
    assert f"X, @HearthsideLeeds, {len(TEXT)} of 280" in found


def test_tabs_ask_no_more_however_many_there_are(
    house: House, desk: Browser, incident: Incident
) -> None:
    """One question per channel is a desk that fails in the storm that is everywhere."""
    answer = say(house, incident)

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get(path)
        return len(seen)

    paths = ("/code-reds/1/draft/", f"/answers/{answer.pk}/")
    before = [asked(path) for path in paths]
    for network in ("bluesky", "mastodon", "instagram"):
        say(house, incident, on=Channel.objects.create(network=network, handle="@hearthside"))

    assert [asked(path) for path in paths] == before
