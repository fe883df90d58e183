"""The console: what a person sees in each state, and what they may do there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crisis.models import Answer, Incident
from crisis.operations.answer import Wording, draft_answer, submit_answer
from crisis.operations.incident import acknowledge, stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import amend_and_approve, approve, send_back
from escalation.models import Acknowledgement, Event, Page, Person, Role
from playbooks.models import Briefing, Protocol
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.story import NOON, TEXT, House, act, ask_more, at, fast_forward, make_person

OUT = "https://x.com/Hearthside/status/2"


def console(browser: Browser, incident: Incident, seconds: float, query: str = "") -> str:
    return words(page(browser, incident, seconds, query))


def page(browser: Browser, incident: Incident, seconds: float, query: str = "") -> Any:
    browser.seconds = seconds
    return browser.get(f"/code-reds/{incident.number}/{query}")


def released(house: House, incident: Incident, seconds: float = 211) -> Answer:
    """Olga's answer, approved by Anna and out."""
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna, 167))
    answer.refresh_from_db()
    release_answer(answer=answer, seen=1, url=OUT, by=house.olga, now=at(seconds))
    answer.refresh_from_db()
    return answer


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

    assert "0:00 Its time has passed: Save the post Officer" in told
    assert "2:00 Now: Send an answer" in told
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


# ------------------------------------------------------------ over


def over(house: House, **facts: object) -> Incident:
    """A storm in which nobody has decided for five minutes."""
    playbook = agree(house, "LATE-01", **facts)
    incident = house.alarm(playbook=playbook)
    house.submitted(incident)
    fast_forward(330)
    return incident


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


# ------------------------------------------------------------ a drill, and who may look


@pytest.mark.parametrize("seconds", [30, 330])
def test_drill_says_so_on_every_page(house: House, desk: Browser, seconds: float) -> None:
    """A drill that looks real frightens people; a storm that looks drilled is slept through."""
    incident = house.alarm(is_drill=True)
    answer = house.draft(incident)
    fast_forward(seconds)
    desk.seconds = seconds

    for path in (
        "",
        "timeline/",
        "questions/",
        "draft/",
        "stand-down/",
        "page-next/",
        "report/",
    ):
        html = desk.get(f"/code-reds/{incident.number}/{path}").content.decode()
        assert "<title>[Drill]" in html, path
        assert "This is a drill" in html, path
        assert "badge--codered" not in html, path
    assert "This is a drill" in desk.get(f"/answers/{answer.pk}/").content.decode()


def pages_of(incident: Incident, answer: Answer) -> list[str]:
    under = f"/code-reds/{incident.number}/"
    parts = ("", "timeline/", "questions/", "draft/", "stand-down/", "page-next/", "report/")
    return [
        *(under + part for part in parts),
        f"/answers/{answer.pk}/",
        f"/answers/{answer.pk}/release/",
    ]


def test_restricted_incident_is_not_there_for_others(house: House) -> None:
    """That there is one at all is what a restricted storm must keep to itself."""
    playbook = agree(house, "SAFE-01", is_restricted=True)
    incident = house.alarm(playbook=playbook)
    answer = house.draft(incident)
    eve = make_person("Eve Stone", Role.OFFICER)
    outsider = Browser()
    outsider.sign_in(eve)

    for path in pages_of(incident, answer):
        assert outsider.get(path).status_code == 404, path
        assert outsider.post(path, do="send", text="x", end="over").status_code == 404, path
    for path in ("/", "/code-reds/", "/reports/"):
        assert "Is he one of yours" not in outsider.get(path).content.decode()


def test_admin_as_such_reads_no_storm(house: House) -> None:
    """Whoever sets up the chains need not read what they are used for."""
    incident = house.alarm()
    answer = house.draft(incident)
    browser = Browser()
    browser.sign_in(make_person("Tom Asher", Role.ADMIN))

    for path in pages_of(incident, answer):
        assert browser.get(path).status_code in (403, 404), path


def test_address_that_is_no_code_red_is_not_found(desk: Browser) -> None:
    """A mistyped number is not a fault of ours, and must not look like one."""
    for number in ("0", "99", "9" * 30):
        assert desk.get(f"/code-reds/{number}/").status_code == 404
        assert desk.get(f"/answers/{number}/").status_code == 404


# ------------------------------------------------------------ what it costs


def states(house: House) -> dict[str, Callable[[], Incident]]:
    def full() -> Incident:
        playbook = agree(house, "FULL-01", falls_to_officer=Protocol.Falls.HOLDING, clause="c")
        incident = house.alarm(playbook=playbook)
        ask_more(incident, 12, house.facebook)
        acknowledge(incident=incident, by=house.anna, now=at(20))
        for number in range(4):
            house.draft(incident, f"Answer number {number} to them.")
        released(house, incident)
        return incident

    def late() -> Incident:
        return over(house, falls_to_officer=Protocol.Falls.HOLDING, clause="c")

    def closed() -> Incident:
        incident = full()
        return stand_down(incident=incident, by=house.olga, end="over", now=at(900))

    return {"open": house.alarm, "over": late, "answered": full, "closed": closed}


@pytest.mark.parametrize("state", ["open", "over", "answered", "closed"])
def test_no_page_of_a_storm_asks_more_than_twenty_questions(
    house: House, desk: Browser, django_assert_max_num_queries: Any, state: str
) -> None:
    """Forty people look at once, every five seconds, while the clock needs the database."""
    incident = states(house)[state]()
    fast_forward(10)
    desk.seconds = 338
    answer = incident.answers.order_by("pk").first() or house.draft(incident)

    for path in ["/", "/code-reds/", "/reports/", *pages_of(incident, answer)]:
        with django_assert_max_num_queries(20):
            desk.get(path)


# ------------------------------------------------------------ acts on pages of their own


def test_question_is_added_once(house: House, desk: Browser, incident: Incident) -> None:
    """The same post twice would be answered twice, in other words."""
    address = f"/code-reds/{incident.number}/questions/"
    fields = {"text": "Is the man all right?", "author": "Tomasz", "url": "facebook.com/t/1"}

    first = desk.post(address, **fields)
    second = desk.post(address, **fields)

    question = incident.questions.get(author="Tomasz")
    assert first.status_code == 302
    assert question.channel == house.facebook
    assert second.status_code == 422
    assert "This post is on the list already" in words(second)
    assert "Is the man all right?" in second.content.decode()
    assert "Tomasz on Facebook" in words(desk.get(address))


def test_question_may_be_added_by_a_manager_and_drafts_are_not_offered(
    house: House, incident: Incident
) -> None:
    """Whoever sees another post may say so; writing is the officer's."""
    browser = Browser()
    browser.sign_in(house.anna)
    address = f"/code-reds/{incident.number}/questions/"

    assert browser.post(address, text="And who is she?").status_code == 302
    assert "Draft" not in words(browser.get(address))


def test_handing_over_pages_whoever_is_next_at_once(
    house: House, desk: Browser, incident: Incident
) -> None:
    """An officer who knows that Anna is in a tunnel must not wait for the chain to find out."""
    desk.seconds = 10
    done = desk.post(f"/code-reds/{incident.number}/page-next/", to="next")

    assert done.status_code == 302
    assert Page.objects.filter(person=house.ben, occasion=Page.Occasion.HAND_OVER).exists()


def test_handing_over_when_nobody_is_paged_any_more_says_so(house: House, desk: Browser) -> None:
    """A button that does nothing and says nothing is pressed again and again."""
    incident = house.alarm()
    released(house, incident)

    page = desk.post(f"/code-reds/{incident.number}/page-next/", to="next")

    assert page.status_code == 422
    assert "Nobody is being paged any more" in words(page)


def test_standing_down_says_who_is_told_then_tells_them(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Whoever was woken has a right to know that it is over."""
    address = f"/code-reds/{incident.number}/stand-down/"
    before = words(desk.get(address))
    unsaid = desk.post(address, end="", reason="Wrong man")
    done = desk.post(address, end="mistake", reason="Wrong man")

    assert "Told that it is over: Anna Hale." in before
    assert unsaid.status_code == 422
    assert "Say how it ended" in words(unsaid)
    assert "Wrong man" in unsaid.content.decode()
    incident.refresh_from_db()
    assert done.headers["Location"] == "/code-reds/1/"
    assert (incident.status, incident.end, incident.end_reason) == (
        "stood_down",
        "mistake",
        "Wrong man",
    )


def test_standing_down_twice_ends_on_how_it_ended(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Two people press at once; the second must not be told that something failed."""
    address = f"/code-reds/{incident.number}/stand-down/"
    desk.post(address, end="mistake", reason="")

    again = desk.post(address, end="over", reason="")

    assert again.headers["Location"] == "/code-reds/1/"
    assert Event.objects.filter(kind="stood_down").count() == 1


def test_looking_changes_nothing(house: House, desk: Browser, incident: Incident) -> None:
    """Browsers load ahead and scanners follow links: a look must never be an act."""
    answer = house.submitted(incident)
    before = (Event.objects.count(), Page.objects.count(), Acknowledgement.objects.count())

    for path in pages_of(incident, answer):
        desk.get(path)
        desk.head(path)

    assert before == (Event.objects.count(), Page.objects.count(), Acknowledgement.objects.count())


def test_amended_words_are_the_ones_that_are_shown(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Posting the words as they were before the amendment posts what nobody signed."""
    answer = house.submitted(incident)
    amend_and_approve(answer=answer, wording=Wording("We suspended him."), act=act(house.anna))

    told = console(desk, incident, 130)

    assert "We suspended him." in told
    assert TEXT not in told


def test_second_answer_waits_on_its_own(house: House, desk: Browser, incident: Incident) -> None:
    """The first answer that is out must not hide the second that is not."""
    released(house, incident)
    asked = ask_more(incident, 1, house.facebook)[0]
    second = draft_answer(
        incident=incident,
        question=asked,
        channel=house.facebook,
        statement=None,
        wording=Wording("The man is safe and indoors."),
        by=house.olga,
        now=at(215),
    )
    submit_answer(answer=second, seen=1, by=house.olga, now=at(220))

    told = console(desk, incident, 230)

    assert "Under way Facebook to @asker0 Waiting for sign-off, 0:10" in told
