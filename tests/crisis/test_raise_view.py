"""Raising a code red on the web: once, whatever is pressed how often, and nothing typed is lost."""

import re
from typing import Any

import pytest

from crisis.models import Incident, Question
from crisis.who import tag_of
from escalation.models import ChainTarget, Person, Role
from playbooks.models import Organisation, Playbook
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.story import House, make_person

QUESTION = "Is he one of yours? What are you going to do about it?"
LINK = "https://x.com/priya_walks/status/1"


def typed(page: Any = None, **changes: str) -> dict[str, str]:
    """What Olga types, on a page that has its key."""
    html = page.content.decode() if page else ""
    found = re.search(r'name="nonce" value="([^"]+)"', html)
    facts = {
        "question": QUESTION,
        "post_url": LINK,
        "author": "@priya_walks",
        "playbook": "VOL-01",
        "limit_seconds": "agreed",
        "nonce": found[1] if found else "nonce",
    }
    return facts | changes


def test_two_things_and_a_press_raise_it(house: House, desk: Browser) -> None:
    """Whoever watches the feed has half a minute, and no time for a form."""
    page = desk.post("/raise/", **typed(desk.get("/raise/")))

    incident = Incident.objects.get()
    assert page.status_code == 302
    assert page.headers["Location"] == f"/code-reds/{incident.number}/"
    assert (incident.question, incident.post_url) == (QUESTION, LINK)
    assert (incident.channel, incident.protocol) == (house.x, house.protocol)
    assert (incident.limit_seconds, incident.is_drill) == (300, False)


def test_double_press_raises_one_code_red(desk: Browser) -> None:
    """Two alarms for one storm split the people who should answer it."""
    fields = typed(desk.get("/raise/"))

    first, second = desk.post("/raise/", **fields), desk.post("/raise/", **fields)

    assert Incident.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_going_back_and_changing_a_word_does_not_raise_another(desk: Browser) -> None:
    """Somebody who corrects a word in a hurry must not page everybody twice."""
    fields = typed(desk.get("/raise/"))
    desk.post("/raise/", **fields)

    page = desk.post("/raise/", **(fields | {"question": "And who is he?"}))

    assert Incident.objects.count() == 1
    assert page.status_code == 422
    assert "You have raised code red 1 from this page already." in words(page)
    assert "And who is he?" in page.content.decode()


def test_second_storm_is_raised_by_pressing_again(desk: Browser) -> None:
    """Two storms do break on one night, and the page must not stand in the way."""
    fields = typed(desk.get("/raise/"))
    desk.post("/raise/", **fields)
    again = desk.post("/raise/", **(fields | {"question": "And who is she?"}))

    desk.post("/raise/", **typed(again, question="And who is she?"))

    assert Incident.objects.count() == 2


def test_drill_is_its_own_button(desk: Browser) -> None:
    """A rehearsal must never be one slip away from the real thing, nor the other way round."""
    desk.post("/raise/", **typed(desk.get("/raise/"), drill="1"))

    assert Incident.objects.get().is_drill


@pytest.mark.parametrize(("chosen", "seconds"), [("agreed", 600), ("300", 300), ("600", 600)])
def test_time_is_the_playbooks_unless_the_officer_says_otherwise(
    house: House, desk: Browser, chosen: str, seconds: int
) -> None:
    """A playbook that was agreed on ten minutes is not five because a form said so."""
    agree(house, "DATA-01", limit_seconds=600)

    desk.post("/raise/", **typed(playbook="DATA-01", limit_seconds=chosen))

    assert Incident.objects.get().limit_seconds == seconds


@pytest.mark.parametrize("limit", ["900", "0", "-1", "", "long"])
def test_no_form_sets_a_longer_time(desk: Browser, limit: str) -> None:
    """Ten minutes, no more: not by a changed form either."""
    page = desk.post("/raise/", **typed(limit_seconds=limit))

    assert page.status_code == 422
    assert not Incident.objects.exists()


def test_something_else_runs_on_the_houses_own_chain(house: House, desk: Browser) -> None:
    """A storm that nobody foresaw is still a storm."""
    desk.post("/raise/", **typed(playbook="-"))

    incident = Incident.objects.get()
    assert incident.protocol is None
    assert incident.escalation.is_running


def test_channel_is_told_from_the_link(house: House, desk: Browser) -> None:
    """The officer pastes a link; asking for its network again costs seconds."""
    desk.post("/raise/", **typed(post_url="facebook.com/story/1"))

    assert Incident.objects.get().channel == house.facebook


def test_chosen_channel_counts_more_than_the_link(house: House, desk: Browser) -> None:
    """A screenshot of one network is often posted on another."""
    desk.post("/raise/", **typed(channel=str(house.facebook.pk)))

    assert Incident.objects.get().channel == house.facebook


def test_link_of_no_known_network_raises_all_the_same(desk: Browser) -> None:
    """A newspaper's page is as good a reason as a post."""
    desk.post("/raise/", **typed(post_url="https://news.example/volunteer"))

    assert Incident.objects.get().channel is None


# ------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("question", "", "Say what they are asking"),
        ("question", "\u200b\u200b", "Say what they are asking"),
        ("question", "x" * 141, "Cut 1 character: it may have 140"),
        ("question", "Is he\x00 yours?", "Some characters cannot be kept."),
        ("question", "Is he \u202eyours?", "Some of the text runs backwards."),
        ("post_url", "javascript:alert(1)", "Paste the whole link"),
        ("post_url", "not a link", "Paste the whole link"),
        ("post_url", "https://x.com@evil.example/", "Paste the whole link"),
        ("author", "a" * 81, "Cut 1 character: it may have 80"),
        ("playbook", "NONE-99", "Select a valid choice"),
    ],
)
def test_each_fault_is_a_sentence_and_nothing_typed_is_lost(
    desk: Browser, field: str, value: str, says: str
) -> None:
    """Typing it all again, while people wait, is where a second mistake is made."""
    page = desk.post("/raise/", **typed(**{field: value}))

    html = page.content.decode()
    assert page.status_code == 422
    assert not Incident.objects.exists()
    assert says in words(page)
    assert 'role="alert"' in html
    assert f'href="#id_{field}' in html
    assert 'aria-invalid="true"' in html
    kept = {"question": QUESTION, "post_url": LINK} | {field: value}
    assert all(kept[name].strip("\x00") in html for name in kept if name != field)


def test_nobody_on_any_chain_says_who_can_mend_it(house: House, desk: Browser) -> None:
    """An alarm that pages nobody and says nothing is worse than none."""
    make_person("Tom Asher", Role.ADMIN)
    ChainTarget.objects.all().delete()

    page = desk.post("/raise/", **typed())

    assert page.status_code == 422
    assert not Incident.objects.exists()
    assert "Nobody can be paged: neither the playbook nor the house has anybody" in words(page)
    assert "Tom Asher can mend it." in words(page)
    assert QUESTION in page.content.decode()


def test_manager_is_told_who_raises(house: House) -> None:
    """Whoever may not press it must learn at once whom to call."""
    browser = Browser()
    browser.sign_in(house.anna)

    page = browser.get("/raise/")

    assert page.status_code == 403
    assert "Olga Reyes can do it." in words(page)


def test_stranger_signs_in_first_and_comes_back(house: House) -> None:
    """A page without a lock is an alarm that anybody can sound."""
    page = Browser().get("/raise/")

    assert page.headers["Location"] == "/sign-in/?next=/raise/"


# ------------------------------------------------------------ what is told before the press


def test_officer_sees_who_is_paged_before_pressing(house: House, desk: Browser) -> None:
    """Whoever sounds the alarm must know whom it wakes."""
    told = words(desk.get("/raise/"))

    assert "0:00 Anna Hale is paged" in told
    assert "1:00 Ben Okafor if nobody has decided" in told
    assert "Anna Hale is paged first" in told


def test_nobody_reachable_is_told_before_pressing(house: House, desk: Browser) -> None:
    """A chain that reaches nobody is found at noon, not at nine on a Saturday."""
    Person.objects.filter(pk__in=[house.anna.pk, house.ben.pk]).update(is_active=False)

    assert "Nobody can be paged now" in words(desk.get("/raise/"))


def test_playbook_raised_most_often_comes_first(house: House, desk: Browser) -> None:
    """The best guess is what mostly happens here."""
    Playbook.objects.create(code="DATA-01", title="Data or privacy", position=0)
    Playbook.objects.filter(pk=house.playbook.pk).update(position=9)
    house.alarm()

    told = words(desk.get("/raise/"))

    assert told.index("Volunteer or staff conduct") < told.index("Data or privacy")
    assert told.index("Data or privacy") < told.index("Something else")


def test_looking_at_the_page_raises_nothing(desk: Browser) -> None:
    """A browser that loads pages ahead must raise nothing."""
    desk.get("/raise/")
    desk.head("/raise/")

    assert not Incident.objects.exists()
    assert not Question.objects.exists()


def test_first_run_says_what_is_missing(db: None) -> None:
    """Before there is an organisation every page would fail; this one says what to do."""
    olga = make_person("Olga Reyes", Role.OFFICER)
    make_person("Tom Asher", Role.ADMIN)
    browser = Browser()
    browser.sign_in(olga)

    for path in ("/", "/raise/", "/code-reds/", "/chains/", "/playbooks/", "/reports/"):
        told = words(browser.get(path))
        assert "Before the first code red" in told
        assert "They can set it up: Tom Asher." in told
    assert not Organisation.objects.exists()


def test_press_of_another_person_raises_nothing(house: House, desk: Browser) -> None:
    """Two officers, one desk: what one pressed without a network is not raised as the other's."""
    page = desk.post("/raise/", **typed(desk.get("/raise/")), who=tag_of(house.anna))

    assert page.status_code == 403
    assert not Incident.objects.exists()
