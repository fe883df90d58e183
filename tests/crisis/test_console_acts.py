"""What is done from the console on a page of its own."""

from __future__ import annotations

from crisis.models import Incident
from crisis.operations.answer import Wording, submit_answer
from crisis.operations.incident import stand_down
from crisis.operations.sign_off import amend_and_approve
from escalation.models import Acknowledgement, Event, Page
from tests.browsers import Browser, words
from tests.desk import console, pages_of, released
from tests.story import TEXT, House, act, ask_more, at

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


def test_question_for_a_closed_code_red_is_not_lost(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Nothing happened, nothing said so, and what was pasted is gone."""
    stand_down(incident=incident, by=house.olga, end="over", now=at(60))

    page = desk.post(f"/code-reds/{incident.number}/questions/", text="Is the man all right?")

    assert "Nothing can be added any more" in words(page)
    assert "Is the man all right?" in page.content.decode()


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
    second = house.draft(incident, "The man is safe and indoors.", seconds=215, question=asked)
    submit_answer(answer=second, seen=1, by=house.olga, now=at(220))

    told = console(desk, incident, 230)

    assert "Under way Facebook to @asker0 Waiting for sign-off, 0:10" in told
