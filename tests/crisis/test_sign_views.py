"""The manager's page: what waits is shown whole, and what is true is said before that."""

import pytest

from crisis.models import Answer, Decision, Incident
from crisis.operations.answer import submit_answer
from crisis.operations.incident import acknowledge
from crisis.operations.release import release_answer
from crisis.operations.sign_off import approve
from escalation.models import Escalation, Page, Person
from tests.browsers import Browser, known_browser, words
from tests.story import TEXT, House, act, ask_more, at

OTHER_TEXT = TEXT.replace("He is off all shifts from", "We suspended him")


def at_page(browser: Browser, incident: Incident, query: str = "") -> str:
    return words(browser.get(f"/sign/{incident.number}/{query}"))


def test_number_without_an_end_is_no_number(
    phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A link that was pasted twice over, or a probe, must not be an error page."""
    endless = "9" * 5000

    page = phone.get(f"/sign/{incident.number}/?answer={endless}")
    stamp = phone.get(f"/sign/{incident.number}/moved/?answer={endless}")
    told = phone.post(f"/sign/{incident.number}/{answer.pk}/approve/", version=endless)

    assert TEXT in words(page)
    assert (stamp.status_code, told.status_code) == (200, 409)
    assert not Decision.objects.exists()


# ------------------------------------------------------------ what is shown


def test_answer_is_shown_whole_beside_the_question(
    phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Nobody can sign for words that they have not seen."""
    page = phone.get(f"/sign/{incident.number}/")

    told = words(page)
    for part in ("@priya_walks asks", "Is he one of yours?", TEXT, "Answers the question"):
        assert part in told
    assert "3:20 left: approve an answer" in page.content.decode()


def test_officers_unresolved_advice_stands_under_the_answer(
    house: House, phone: Browser, incident: Incident
) -> None:
    """What the officer was told and left in is what the manager must know before signing."""
    house.submitted(incident, f"{TEXT} Our stakeholders know.")

    assert "One phrase a neighbour wouldn’t use stakeholders" in at_page(phone, incident)


def test_hostile_words_stay_words(house: House, phone: Browser, incident: Incident) -> None:
    """An answer is typed by people and read in the browser of whoever can approve."""
    house.submitted(incident, '<script>alert("x")</script> & more')

    page = phone.get(f"/sign/{incident.number}/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_drill_wears_its_dress_on_every_page(house: House) -> None:
    """A rehearsal that looks real frightens; a storm that looks rehearsed is slept through."""
    incident = house.alarm(is_drill=True)
    answer = house.submitted(incident)
    browser = known_browser(house.anna)
    browser.open(incident, house.anna)

    for path in ("", f"{answer.pk}/amend/", f"{answer.pk}/change/", f"{answer.pk}/hand-over/"):
        page = browser.get(f"/sign/{incident.number}/{path}").content.decode()
        assert "<title>[Drill]" in page
        assert "This is a drill" in page
        assert "badge--codered" not in page


def test_before_there_is_an_answer_the_page_says_who_writes_it_and_who_is_next(
    house: House, phone: Browser, incident: Incident
) -> None:
    """A manager who opens an empty page closes it again."""
    Person.objects.filter(pk=house.olga.pk).update(duty_phone="(0113) 496 0001")
    phone.seconds = 20

    page = phone.get(f"/sign/{incident.number}/")

    told = words(page)
    assert "You’re needed, Anna" in told
    assert "Olga is writing the answer" in told
    assert "If you don’t, Ben Okafor is paged at 12:01:00" in told
    assert 'href="tel:01134960001"' in page.content.decode()


def test_on_it_is_said_with_one_press(house: House, phone: Browser, incident: Incident) -> None:
    """ "I'm on it" is what lets everybody else sleep."""
    phone.seconds = 20

    told = phone.post(f"/sign/{incident.number}/on-it/")

    incident.escalation.refresh_from_db()
    assert told.status_code == 303
    assert incident.escalation.acknowledged_by == house.anna
    assert "You’re on it, Anna" in at_page(phone, incident)


def test_on_it_pressed_too_late_is_no_error(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A press that races a colleague's approval must say what is true, not fail."""
    approve(answer=answer, act=act(house.ben, 90))

    told = phone.post(f"/sign/{incident.number}/on-it/")

    assert told.status_code == 303
    assert "Ben Okafor approved it" in at_page(phone, incident)


def test_seen_is_noted_by_the_script_alone(
    house: House, phone: Browser, incident: Incident
) -> None:
    """The officer must know who has read it, and a mail scanner has read nothing."""
    before = Page.objects.exclude(seen_at=None).count()

    told = phone.post(f"/sign/{incident.number}/seen/")

    assert (before, told.status_code) == (0, 204)
    assert Page.objects.get(person=house.anna).seen_at == at(100)


# ------------------------------------------------------------ officers


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_officer_who_is_not_asked_is_led_to_the_console(
    house: House, incident: Incident, is_signed_in: bool
) -> None:
    """The link in the officer's own page about a late answer must lead to where it is written."""
    browser = known_browser(house.olga)
    if is_signed_in:
        browser.sign_in(house.olga)

    told = browser.open(incident, house.olga)

    assert told.headers["Location"] == f"/code-reds/{incident.number}/"


def test_later_answer_runs_on_a_clock_of_its_own(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """The second answer's page must not count the first one's minutes."""
    acknowledge(incident=incident, by=house.anna, now=at(65))
    approve(answer=answer, act=act(house.anna, 90))
    release_answer(answer=answer, seen=1, url="https://x.com/h/1", by=house.olga, now=at(98))
    question = ask_more(incident, 1, house.x)[0]
    other = house.draft(incident, OTHER_TEXT, seconds=400)
    Answer.objects.filter(pk=other.pk).update(question=question)
    submit_answer(answer=other, seen=1, by=house.olga, now=at(400))
    phone.seconds = 410

    page = at_page(phone, incident)

    run = Escalation.objects.latest("pk")
    assert run.due_at == at(700)
    assert "4:50" in phone.get(f"/sign/{incident.number}/").content.decode()
    assert OTHER_TEXT in page
