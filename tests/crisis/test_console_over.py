"""The console when time is over, when the answer is out, and when it has ended."""

from __future__ import annotations

from crisis.models import Answer, Incident
from crisis.operations.incident import stand_down
from playbooks.models import Protocol
from tests.browsers import Browser, words
from tests.desk import console, over, page, released
from tests.story import TEXT, House, ask_more, at, fast_forward


def test_overdue_answer_hands_the_holding_statement_to_the_officer(
    house: House, desk: Browser
) -> None:
    """At five minutes somebody must be able to speak, and know that they may."""
    incident = over(house, falls_to_officer=Protocol.Falls.HOLDING, clause="From 5:00, extend it.")

    shown = page(desk, incident, 338)
    told = words(shown)

    assert "0:38 over" in shown.content.decode()
    assert "Nobody has decided. The holding statement is yours to release" in told
    assert "Playbook Playbook LATE-01, version 1: From 5:00, extend it." in told
    assert "Hearthside is finding out now." in told
    assert "Keep waiting" in told
    assert "Everyone is paged again every 1:00 until somebody decides." in told


def test_overdue_answer_is_the_officers_own_where_the_clause_says_so(
    house: House, desk: Browser
) -> None:
    """Authority that fell to somebody is of no use to whoever does not know of it."""
    incident = over(house, falls_to_officer=Protocol.Falls.ANSWER, clause="It is hers.")
    answer = Answer.objects.get()

    html = page(desk, incident, 338).content.decode()

    assert "It’s yours to release" in html
    assert f'href="/answers/{answer.pk}/release/"' in html
    assert TEXT in html


def test_overdue_answer_gives_nothing_away_where_nothing_falls(house: House, desk: Browser) -> None:
    """An officer who believes that she may speak, and may not, loses her post."""
    incident = over(house, falls_to_officer=Protocol.Falls.NOTHING)

    told = console(desk, incident, 338)

    assert "Nobody has decided, and no authority passes to you" in told
    assert "only words approved ahead of time may go out" in told
    assert "It’s yours" not in told


def test_keep_waiting_shows_the_whole_console_again(house: House, desk: Browser) -> None:
    """Whoever decides to wait goes on working, and can come back to it."""
    incident = over(house, falls_to_officer=Protocol.Falls.HOLDING, clause="Extend it.")

    told = console(desk, incident, 338, "?keep=1")

    assert "See what falls to you" in told
    assert "Who asks" in told


def test_manager_sees_that_it_is_over_and_no_buttons_of_the_officers(house: House) -> None:
    """A manager must not be shown a release that the system would refuse."""
    incident = over(house, falls_to_officer=Protocol.Falls.HOLDING, clause="Extend it.")
    browser = Browser()
    browser.sign_in(house.anna)

    told = console(browser, incident, 338)

    assert "yours to release" not in told
    assert "Release" not in told
    assert "Still waiting" in told


def test_manager_who_is_asked_is_led_to_where_one_decides(house: House, incident: Incident) -> None:
    """Whoever signs in by themselves must not look for the link in their pages."""
    answer = house.submitted(incident)
    browser = Browser()
    browser.sign_in(house.anna)

    html = page(browser, incident, 100).content.decode()

    assert f'href="/sign/1/?answer={answer.pk}"' in html
    assert "Decide on the answer to @priya_walks" in html
    assert "Draft an answer" not in html


# ------------------------------------------------------------ answered, and stood down


def test_after_the_first_answer_everyone_else_comes_next(house: House, desk: Browser) -> None:
    """One answer is the beginning: the others asked, too."""
    incident = house.alarm()
    ask_more(incident, 3, house.facebook)
    released(house, incident)

    shown = page(desk, incident, 228)
    told = words(shown)

    assert "3:31 First answer out: Is he one of yours?" in shown.content.decode()
    assert "At 12:03:31, 1:29 to spare" in shown.content.decode()
    assert "Now answer everyone else 6:12 left" in told
    assert "3 people are still waiting." in told
    assert "Out 1 of 4" in told
    assert "See it on X" in told
    assert "Next update due by 12:33:31" in told


def test_when_everyone_has_an_answer_it_can_be_closed(house: House, desk: Browser) -> None:
    """A storm that nobody closes is a clock that nobody believes."""
    incident = house.alarm()
    released(house, incident)

    told = console(desk, incident, 228)

    assert "Everyone has an answer" in told
    assert "Close code red" in told


def test_late_answer_stays_red(house: House, desk: Browser) -> None:
    """Late and done is not the same as done."""
    incident = house.alarm()
    fast_forward(310)
    released(house, incident, 320)

    assert "At 12:05:20, 0:20 late" in page(desk, incident, 330).content.decode()


def test_stood_down_is_read_only_and_leads_to_the_report(house: House, desk: Browser) -> None:
    """What is closed must not look as if one could still act."""
    incident = house.alarm()
    answer = released(house, incident)
    stand_down(incident=incident, by=house.olga, end="answered", reason="He left.", now=at(900))

    shown = page(desk, incident, 1000)
    told = words(shown)

    assert "Answered. Olga Reyes, 12:15:00" in told
    assert "He left." in told
    assert "/code-reds/1/report/" in shown.content.decode()
    for gone in ("Draft", "Release", "Stand down", "Hand over"):
        assert gone not in told
    assert "http-equiv" not in shown.content.decode()
    assert answer.status == Answer.Status.RELEASED
