"""One press decides exact words; every press that comes too late is told what is true now."""

from html import unescape

import pytest

from crisis.models import Answer, Decision, Incident
from crisis.operations.answer import Wording, revise_answer, submit_answer, withdraw_answer
from crisis.operations.incident import stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import approve, send_back
from crisis.queries.waiting import queue_of
from escalation.models import Person
from tests.browsers import Browser, first, known_browser, words
from tests.story import TEXT, House, act, ask_more, at, make_person

OTHER_TEXT = TEXT.replace("He is off all shifts from", "We suspended him")


def at_page(browser: Browser, incident: Incident, query: str = "") -> str:
    return words(browser.get(f"/sign/{incident.number}/{query}"))


def revised(answer: Answer, by: Person, text: str = OTHER_TEXT, seconds: float = 95) -> None:
    wording = Wording(text, answers_question=True)
    revise_answer(answer=answer, seen=1, wording=wording, by=by, now=at(seconds))
    answer.refresh_from_db()


# ------------------------------------------------------------ approve


def test_one_press_approves_and_says_thank_you(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Two touches: open, approve. Each more costs a share of five minutes."""
    told = phone.decide("approve", answer, first(answer))

    answer.refresh_from_db()
    assert answer.status == "approved"
    assert Decision.objects.get().sha256 == first(answer).sha256
    assert "Approved. Thank you, Anna" in words(phone.get(told.headers["Location"]))


def test_second_press_of_the_same_person_shows_the_result(
    phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A double tap must not read like a failure."""
    read = first(answer)
    phone.decide("approve", answer, read)

    again = phone.decide("approve", answer, read)

    assert again.status_code == 303
    assert Decision.objects.count() == 1


def test_changed_words_are_shown_as_changed_and_nothing_is_approved(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """What goes out must be what was read, to the letter."""
    read = first(answer)
    revised(answer, house.olga)

    told = phone.decide("approve", answer, read)

    page = told.content.decode()
    assert told.status_code == 409
    assert "This answer changed while you were reading" in page
    assert "Olga changed it at 12:01:35" in page
    assert "<del>He is off all shifts from" in page
    assert "<ins>We suspended him" in page
    assert 'name="version" value="2"' in page
    assert not Decision.objects.exists()


def test_hash_that_is_not_the_versions_counts_as_changed(
    phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A number alone could be guessed, or stand for other words in another tab."""
    read = first(answer)
    read.sha256 = "0" * 64

    assert phone.decide("approve", answer, read).status_code == 409
    assert not Decision.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "１"])
def test_version_that_is_no_version_changes_nothing(
    phone: Browser, incident: Incident, answer: Answer, version: str
) -> None:
    """What a broken browser sends must never approve, and never break the page."""
    path = f"/sign/{incident.number}/{answer.pk}/approve/"

    assert phone.post(path, version=version, sha256=first(answer).sha256).status_code == 409
    assert not Decision.objects.exists()


def test_whoever_comes_second_reads_who_was_first_and_that_it_is_the_same(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Two managers who both believe they decided will both answer for it."""
    approve(answer=answer, act=act(house.ben, 92))

    told = phone.decide("approve", answer, first(answer))

    assert told.status_code == 409
    page = words(told)
    assert "Ben Okafor approved it first" in page
    assert "At 12:01:32, 8 seconds before you" in page
    assert "Same as you read" in page


def test_whoever_comes_second_sees_what_was_amended(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Other words than those that were read must not pass for the same."""
    read = first(answer)
    bens = known_browser(house.ben)
    bens.open(incident, house.ben)
    amended(bens, answer, OTHER_TEXT)

    told = phone.decide("approve", answer, read)

    assert "Ben Okafor changed it and approved it first" in words(told)
    assert "Not what you read" in words(told)


def amended(browser: Browser, answer: Answer, text: str) -> Answer:
    page = browser.decide("amend", answer, first(answer), text=text, answers_question="on")
    shown = page.content.decode().split('name="shown" value="')[1].split('"')[0]
    browser.decide("amend", answer, first(answer), text=text, answers_question="on", shown=shown)
    answer.refresh_from_db()
    return answer


def test_asked_for_a_change_first_is_told_with_its_reason(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Whoever would have approved must learn what the other one saw."""
    send_back(answer=answer, act=act(house.ben, 95, reason="He was suspended at 21:10"))

    told = words(phone.decide("approve", answer, first(answer)))

    assert "Ben Okafor asked for a change first" in told
    assert "He was suspended at 21:10" in told


def test_withdrawn_answer_says_that_nothing_is_needed(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A page that waits for nothing must say so."""
    withdraw_answer(answer=answer, by=house.olga, now=at(95))

    told = phone.decide("approve", answer, first(answer))

    assert told.status_code == 409
    assert "This answer is not used any more" in words(told)


def test_blank_left_in_the_answer_is_refused_with_its_reason(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """ "Next update by {time}" must never be what the public reads."""
    revised(answer, house.olga, "We are finding out. Next update by {time}.")
    current = answer.versions.get(number=2)

    told = phone.decide("approve", answer, current)

    assert told.status_code == 422
    assert "Nothing has been approved" in words(told)
    assert "One blank is empty" in words(told)
    assert not Decision.objects.exists()


def test_whoever_is_not_asked_reads_who_can(
    house: House, incident: Incident, answer: Answer
) -> None:
    """A closed door without a name on it costs the minutes that are left."""
    browser = Browser()
    browser.sign_in(make_person("Cara Diaz"))

    page = words(browser.get(f"/sign/{incident.number}/"))
    told = browser.decide("approve", answer, first(answer))

    assert "Anna Hale or Ben Okafor can sign this" in page
    assert told.status_code == 403
    assert "Nothing has been changed" in words(told)


def test_answer_of_another_code_red_is_not_there(
    house: House, phone: Browser, incident: Incident
) -> None:
    """A link belongs to one code red: its number must not open another's answers."""
    other = house.submitted(house.alarm())

    path = f"/sign/{incident.number}/{other.pk}/approve/"

    assert phone.post(path, version=1, sha256=first(other).sha256).status_code == 404


def test_stood_down_meanwhile_says_who_and_when(
    house: House, incident: Incident, answer: Answer
) -> None:
    """Whoever decides into the void must learn that nothing went anywhere."""
    browser = Browser()
    browser.sign_in(house.anna)
    stand_down(incident=incident, by=house.olga, end="mistake", now=at(95))

    told = browser.decide("approve", answer, first(answer))

    assert told.status_code == 409
    assert "Olga Reyes stood it down at 12:01:35" in words(told)


def test_two_signatures_count_up_and_do_not_ask_the_first_again(
    house: House, phone: Browser, incident: Incident
) -> None:
    """Where two must sign, the first one's page must not look as if nothing had happened."""
    answer = house.submitted(incident)
    answer.sign_offs.update(needed=2)

    waiting = at_page(phone, incident)
    phone.decide("approve", answer, first(answer))
    signed = at_page(phone, incident)

    assert "2 must sign. Nobody has yet" in waiting
    assert "Signed. Thank you, Anna" in signed
    assert "1 of 2 has signed: Anna Hale (12:01:40)" in signed
    assert "It still needs Ben Okafor" in signed
    assert not queue_of(house.anna).exists()
    assert queue_of(house.ben).exists()


def test_next_answer_is_one_press_away(house: House, phone: Browser, incident: Incident) -> None:
    """In a storm the second question waits already."""
    answer = house.submitted(incident)
    question = ask_more(incident, 1, house.facebook)[0]
    other = house.draft(incident, OTHER_TEXT)
    Answer.objects.filter(pk=other.pk).update(question=question, channel=house.facebook)
    submit_answer(answer=other, seen=1, by=house.olga, now=at(80))

    told = phone.decide("approve", answer, first(answer))
    page = phone.get(told.headers["Location"])

    assert "Next: @asker0 on Facebook" in words(page)
    assert f"?answer={other.pk}" in page.content.decode()


def test_answer_that_is_out_says_where_and_how_much_time_was_left(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """The manager who signed wants to see it, and then to sleep."""
    approve(answer=answer, act=act(house.anna, 90))
    release_answer(answer=answer, seen=1, url="https://x.com/h/1", by=house.olga, now=at(98))

    page = phone.get(f"/sign/{incident.number}/")

    assert "Olga posted it on X at 12:01:38. 3:22 to spare" in words(page)
    assert 'href="https://x.com/h/1"' in page.content.decode()


def test_page_that_is_open_learns_that_somebody_else_was_first(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A manager who reads on, after it was decided, loses the sleep that they could have had."""
    page = phone.get(f"/sign/{incident.number}/").content.decode()
    shown = page.split('data-turn="')[1].split('"')[0]
    same = phone.get(f"/sign/{incident.number}/moved/").content.decode()

    approve(answer=answer, act=act(house.ben, 101))

    moved = phone.get(f"/sign/{incident.number}/moved/").content.decode()
    assert unescape(shown) == same
    assert moved != same


def test_form_that_somebody_types_in_never_turns_by_itself(
    phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Words half written must not vanish because a colleague was quicker."""
    for act_ in ("amend", "change", "hand-over"):
        page = phone.get(f"/sign/{incident.number}/{answer.pk}/{act_}/").content.decode()
        assert "data-turn" not in page
        assert 'http-equiv="refresh"' not in page


# ------------------------------------------------------------ take it back


def test_approval_is_taken_back_until_it_is_out(
    phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A second thought must have a button, while it still helps."""
    read = first(answer)
    told = phone.decide("approve", answer, read)
    offered = words(phone.get(told.headers["Location"]))

    phone.decide("take-back", answer, read)

    answer.refresh_from_db()
    assert "Take it back" in offered
    assert answer.status == "sent_back"
    assert "You took it back at 12:01:40" in at_page(phone, incident)


def test_another_manager_may_stop_it(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """Whoever sees the mistake must not have to find who signed it."""
    approve(answer=answer, act=act(house.ben, 90))

    offered = at_page(phone, incident)
    phone.decide("take-back", answer, first(answer))

    answer.refresh_from_db()
    assert "Stop it going out" in offered
    assert answer.status == "sent_back"


def test_taken_back_too_late_says_that_it_is_out(
    house: House, phone: Browser, incident: Incident, answer: Answer
) -> None:
    """A button that seems to work after the fact is the worst of all."""
    approve(answer=answer, act=act(house.anna, 90))
    release_answer(answer=answer, seen=1, url="https://x.com/h/1", by=house.olga, now=at(98))

    told = phone.decide("take-back", answer, first(answer))

    assert "It is out" in words(phone.get(told.headers["Location"]))


def test_what_was_answered_in_time_is_not_over_when_it_is_read_later(
    house: House, incident: Incident, answer: Answer
) -> None:
    """The clock in red, the morning after a night in which everybody was quick."""
    approve(answer=answer, act=act(house.anna, 90))
    release_answer(answer=answer, seen=1, url="https://x.com/h/1", by=house.olga, now=at(98))
    other = house.draft(incident, OTHER_TEXT, question=ask_more(incident, 1, house.facebook)[0])
    submit_answer(answer=other, seen=1, by=house.olga, now=at(110))
    stand_down(incident=incident, by=house.olga, end="answered", now=at(120))
    browser = Browser(seconds=900)
    browser.sign_in(house.anna)

    page = browser.get(f"/sign/{incident.number}/?answer={other.pk}").content.decode()

    assert "Code red 1 is stood down" in page
    assert "At 12:01:38, 3:22 to spare" in page
    assert 'data-state="over"' not in page
