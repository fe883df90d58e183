"""The console while a code red runs: what a person sees in each state of it."""

from __future__ import annotations

import re
from datetime import timedelta

from crisis.models import Incident
from crisis.operations.incident import acknowledge
from crisis.operations.sign_off import approve, send_back
from escalation.models import Event, Person
from playbooks.models import Briefing
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.desk import console, page
from tests.story import NOON, TEXT, House, act, ask_more, at, fast_forward

# ------------------------------------------------------------ open


def test_head_tells_the_time_left_and_the_time_of_day(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Digits that run nowhere name no promise; a time of day can be held against a watch."""
    html = page(desk, incident, 131).content.decode()

    assert "2:49 left: Is he one of yours?" in html
    assert "Answer due by 12:05:00" in html
    assert 'data-due="2026-11-14T12:05:00+00:00"' in html


def test_people_show_how_far_their_pages_came(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The officer is alone until she can see that somebody has been reached."""
    Person.objects.filter(pk=house.anna.pk).update(title="Head of communications", duty_phone="01")
    told = console(desk, incident, 30)

    assert "Anna Hale Head of communications Call Anna Hale Delivered, not seen 12:00:00" in told
    assert "Ben Okafor Next, at 12:01:00" in told
    assert "1 paged, 0 on it" in told


def test_next_person_is_named_with_the_time(desk: Browser, incident: Incident) -> None:
    """Waiting is bearable when one knows for whom, and until when."""
    told = console(desk, incident, 20)

    assert "0:40 Ben Okafor is next at 12:01:00, unless somebody is on it first" in told


def test_somebody_on_it_holds_the_chain_and_is_named(
    house: House, desk: Browser, incident: Incident
) -> None:
    """ "Somebody is on it" is only worth a name."""
    acknowledge(incident=incident, by=house.anna, now=at(30))
    told = console(desk, incident, 40)

    assert "Ben Okafor is next at 12:02:00, unless Anna decides first" in told
    assert "Anna is on it, 0:30 after the alarm" in told
    assert "1 paged, 1 on it" in told


def test_after_the_last_step_everyone_is_paged_again(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The end of a chain must not look like the end of the paging."""
    fast_forward(100)

    assert "Everyone is paged again at" in console(desk, incident, 100)


def test_question_answers_and_who_asks(house: House, desk: Browser, incident: Incident) -> None:
    """Everything that has to be answered is on one screen, in the words of those who ask."""
    house.submitted(incident)
    ask_more(incident, 2, house.facebook)
    told = console(desk, incident, 79)

    assert "Is he one of yours? What are you going to do about it?" in told
    assert "Open on X" in told
    assert f"X to @priya_walks Waiting for sign-off, 0:19 {TEXT}" in told
    assert "3 people are asking on 2 channels" in told
    assert "@asker0 on Facebook “Question 0?” Nobody has answered yet Draft" in told


def test_officer_is_told_what_comes_first(house: House, desk: Browser, incident: Incident) -> None:
    """Five buttons of one weight are a choice; in a storm there is one next thing."""
    html = page(desk, incident, 30).content.decode()

    primary = re.findall(r'btn--primary[^>]*href="([^"]+)"', html)
    assert set(primary) == {"/code-reds/1/draft/?statement=HOLD"}


def test_approved_answer_comes_before_everything(
    house: House, desk: Browser, incident: Incident
) -> None:
    """An approved answer that lies there is the breach that nobody needed."""
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna))
    html = page(desk, incident, 130).content.decode()

    assert "Approved by Anna" in html
    assert f'href="/answers/{answer.pk}/release/"' in html
    assert "Post the answer to @priya_walks" in html


def test_change_that_was_asked_for_is_told(house: House, desk: Browser, incident: Incident) -> None:
    """An answer that came back unseen is an answer that never goes out."""
    answer = house.submitted(incident)
    send_back(answer=answer, act=act(house.anna, reason="Say who."))

    assert "Anna asked for a change" in console(desk, incident, 130)


def test_first_word_waits_with_its_own_clock(desk: Browser, incident: Incident) -> None:
    """Two minutes is when silence becomes the story."""
    told = console(desk, incident, 30)

    assert "First word 1:30 left" in told
    assert "First word due by 12:02:00" in told
    assert "Release the holding statement Yours alone: nobody has to sign it" in told


def test_playbook_steps_follow_the_clock(house: House, desk: Browser) -> None:
    """What was agreed on is of use only in the minute in which it is due."""
    agree(house, "STEP-01", never=["Name anybody"])
    incident = house.alarm(playbook=house.protocol.playbook.__class__.objects.get(code="STEP-01"))

    told = console(desk, incident, 130)

    assert "Its time has passed: Save the post Officer" in told
    assert "Now: Send an answer" in told
    assert "Never Name anybody" in told
    assert "No officer has signed this version." in told


def test_briefing_that_is_near_is_shown_and_others_are_not(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Background that somebody wrote must reach whoever needs it, in that minute."""
    near = NOON + timedelta(days=2)
    Briefing.objects.create(
        title="Shelter funding", happens_at=near, background="Forty beds.", ask=house.ben
    )
    Briefing.objects.create(title="Summer fair", happens_at=NOON + timedelta(days=200))

    told = console(desk, incident, 30)

    assert "Shelter funding Mon 16 Nov, 12:00. Ask Ben Okafor" in told
    assert "Forty beds." in told
    assert "Summer fair" not in told


def test_last_events_come_first_and_all_of_them_are_a_page_away(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Six lines are read; the rest must not be out of reach."""
    acknowledge(incident=incident, by=house.anna, now=at(30))
    told = console(desk, incident, 40)
    whole = words(desk.get("/code-reds/1/timeline/"))

    assert told.index("Anna is on it") < told.index("Anna paged: tray")
    assert f"All {Event.objects.count()}" in told
    assert "Answer due by 12:05:00" in whole
    assert whole.index("Anna is on it") < whole.index("Olga raised code red")


def test_console_without_a_playbook_says_so(house: House, desk: Browser) -> None:
    """Somebody who looks for the steps must learn that there are none."""
    incident = house.alarm(playbook=None)

    assert "None fits. The same people are paged, and no statements are ready." in console(
        desk, incident, 30
    )
