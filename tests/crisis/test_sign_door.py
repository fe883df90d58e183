"""Who gets through the door of the manager's page, and what everybody else sees of it."""

import pytest

from crisis.models import Decision, Incident
from crisis.operations.incident import stand_down
from escalation.browser import DEVICE_COOKIE
from escalation.models import AccessCode, Device, Person, Role
from escalation.operations.links import code_digits
from escalation.rules.access import MOST_CODE_TRIES, MOST_CODES
from tests.browsers import Browser, first, known_browser, link_of, second_way, words
from tests.story import TEXT, House, at, fast_forward, make_person

QUESTION = "Is he one of yours?"


def digits_of(person: Person) -> str:
    """The digits of the code that was sent last."""
    return code_digits(AccessCode.objects.filter(link__person=person).latest("pk").nonce)


def wrong_digits(person: Person) -> str:
    return f"{(int(digits_of(person)) + 1) % 1_000_000:06d}"


# ------------------------------------------------------------ a device that is known


def test_link_opens_on_the_answer_where_its_person_has_signed_in_before(house: House) -> None:
    """Five minutes are over while a password is being remembered."""
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = known_browser(house.anna)

    page = browser.open(incident, house.anna)
    browser.decide("approve", answer, first(answer))

    assert TEXT in words(page)
    assert Decision.objects.get().via == "link"


@pytest.mark.parametrize("who", ["nobody", "ben"])
def test_forwarded_link_shows_the_clock_and_the_number_and_nothing_else(
    house: House, who: str
) -> None:
    """A link is forwarded in good faith, to whoever is thought to know: it is one factor."""
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = Browser() if who == "nobody" else known_browser(house.ben)

    page = browser.open(incident, house.anna)

    shown = page.content.decode()
    assert page.status_code == 200
    assert f"Code red {incident.number}" in shown
    assert "3:20" in shown
    for secret in (QUESTION, answer.versions.get().text, "Anna", "Olga", "priya"):
        assert secret not in shown


@pytest.mark.parametrize("act", ["approve", "amend", "change", "hand-over", "take-back"])
def test_forwarded_link_decides_nothing(house: House, act: str) -> None:
    """Whoever holds a link alone could sign in a manager's name."""
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = Browser()
    browser.open(incident, house.anna)
    fields = {"text": "Other words", "note": "Why", "to": house.ben.pk}

    told = browser.decide(act, answer, first(answer), **fields)

    answer.refresh_from_db()
    assert told.status_code == 403
    assert (answer.status, Decision.objects.count()) == ("awaiting_sign_off", 0)


@pytest.mark.parametrize("act", ["on-it", "seen", "hand-over"])
def test_forwarded_link_says_nothing_in_its_persons_name(house: House, act: str) -> None:
    """A chat preview must not tell the officer that somebody is on it."""
    incident = house.alarm()
    fast_forward(0)
    browser = Browser()
    browser.open(incident, house.anna)

    told = browser.post(f"/sign/{incident.number}/{act}/", to=house.ben.pk)

    incident.escalation.refresh_from_db()
    assert told.status_code == 403
    assert incident.escalation.acknowledged_at is None
    assert not incident.escalation.pages.exclude(seen_at=None).exists()


def test_device_counts_no_longer_after_thirty_days_or_once_revoked(house: House) -> None:
    """A telephone that was sold or stolen must not sign for ever."""
    incident = house.alarm()
    house.submitted(incident)
    browser = known_browser(house.anna)
    Device.objects.update(expires_at=at(99))

    assert "Is this you?" in words(browser.open(incident, house.anna))


def test_device_cookie_cannot_be_forged(house: House) -> None:
    """Whoever can write the cookie can choose whose device it is."""
    incident = house.alarm()
    house.submitted(incident)
    browser = known_browser(house.anna)
    browser.client.cookies[DEVICE_COOKIE] = "x" + browser.client.cookies[DEVICE_COOKIE].value

    assert "Is this you?" in words(browser.open(incident, house.anna))


def test_shared_telephone_knows_each_of_its_people(house: House) -> None:
    """A duty telephone that forgets the first person when the second signs in wakes nobody."""
    incident = house.alarm()
    house.submitted(incident)
    browser = known_browser(house.anna)
    browser.sign_in(house.ben)
    browser.sign_out()

    assert TEXT in words(browser.open(incident, house.anna))


# ------------------------------------------------------------ the code


def test_code_opens_the_page_and_the_next_link_opens_at_once(house: House) -> None:
    """A new telephone on the worst night must cost seconds, once."""
    second_way(house.anna)
    incident = house.alarm()
    house.submitted(incident)
    browser = Browser()
    browser.open(incident, house.anna)
    browser.post(f"/sign/{incident.number}/code/", action="send")
    digits = digits_of(house.anna)

    told = browser.post(f"/sign/{incident.number}/code/", action="confirm", digits=digits)

    assert (told.status_code, told.headers["Location"]) == (303, f"/sign/{incident.number}/")
    assert TEXT in words(browser.get(told.headers["Location"]))
    assert QUESTION in words(browser.open(house.alarm(), house.anna))


def test_code_comes_by_another_way_than_the_link(house: House) -> None:
    """A code that arrives in the same mailbox as the link proves nothing new."""
    second_way(house.anna, label="Desk 0113 496 0001")
    incident = house.alarm()
    browser = Browser()
    browser.open(incident, house.anna)
    browser.post(f"/sign/{incident.number}/code/", action="send")

    page = words(browser.get(f"/sign/{incident.number}/"))

    assert AccessCode.objects.get().contact_method.kind == "email"
    assert "E-mail (Desk •••• ••• ••01)" in page
    assert house.anna.email not in page


def test_wrong_digits_are_counted_and_the_last_try_ends_the_code(house: House) -> None:
    """A million codes are guessed in a day, unless five guesses are all there are."""
    second_way(house.anna)
    incident = house.alarm()
    browser = Browser()
    browser.open(incident, house.anna)
    path = f"/sign/{incident.number}/code/"
    browser.post(path, action="send")
    wrong = wrong_digits(house.anna)

    said = [
        words(browser.post(path, action="confirm", digits=wrong)) for _ in range(MOST_CODE_TRIES)
    ]
    right = browser.post(path, action="confirm", digits=digits_of(house.anna))

    assert "4 tries left" in said[0]
    assert "1 try left" in said[3]
    assert "used up" in said[4]
    assert right.status_code == 422
    assert not Device.objects.exists()


def test_code_ends_after_ten_minutes(house: House) -> None:
    """A code that is found in a mailbox next week must be worthless."""
    second_way(house.anna)
    incident = house.alarm()
    browser = Browser()
    browser.open(incident, house.anna)
    path = f"/sign/{incident.number}/code/"
    browser.post(path, action="send")
    browser.seconds += 601

    told = browser.post(path, action="confirm", digits=digits_of(house.anna))

    assert "That code has ended" in words(told)
    assert not Device.objects.exists()


@pytest.mark.parametrize("digits", ["", "12345", "abcdef", "１２３４５６", "12 34 5"])
def test_what_is_not_six_digits_costs_no_try(house: House, digits: str) -> None:
    """A thumb that slips must not lock its owner out."""
    second_way(house.anna)
    incident = house.alarm()
    browser = Browser()
    browser.open(incident, house.anna)
    path = f"/sign/{incident.number}/code/"
    browser.post(path, action="send")

    told = browser.post(path, action="confirm", digits=digits)

    assert told.status_code == 422
    assert AccessCode.objects.get().tries == 0


def test_whoever_has_no_other_way_is_told_to_sign_in(house: House) -> None:
    """A button that sends nothing anywhere costs the manager the minutes."""
    incident = house.alarm()
    browser = Browser()
    browser.open(incident, house.anna)

    told = browser.post(f"/sign/{incident.number}/code/", action="send")

    assert told.status_code == 409
    assert "no second way to reach you" in words(told)
    assert "/sign-in/?next=" in told.content.decode()


def test_link_asks_for_five_codes_at_most(house: House) -> None:
    """A stolen link must not be a way to ring somebody all night."""
    second_way(house.anna)
    incident = house.alarm()
    browser = Browser()
    browser.open(incident, house.anna)
    path = f"/sign/{incident.number}/code/"

    told = [browser.post(path, action="send").status_code for _ in range(MOST_CODES + 1)]

    assert told == [303] * MOST_CODES + [429]


# ------------------------------------------------------------ links that have ended


def test_link_ends_when_the_code_red_is_stood_down(house: House) -> None:
    """A link that outlives its code red opens the next one's door to whoever finds it."""
    incident = house.alarm()
    known, unknown = known_browser(house.anna), Browser()
    link_of(incident, house.anna)
    stand_down(incident=incident, by=house.olga, end="over", now=at(90))

    told = words(known.open(incident, house.anna))
    stranger = words(unknown.open(incident, house.anna))

    assert "This link has ended" in told
    assert "Olga Reyes at 12:01:30" in told
    assert "This link has ended" in stranger
    assert "Olga" not in stranger


def test_link_ends_after_a_day(house: House) -> None:
    """A day later the link is in somebody's archive, and it is nobody's night any more."""
    incident = house.alarm()
    house.submitted(incident)
    browser = known_browser(house.anna)
    browser.open(incident, house.anna)
    browser.seconds = 24 * 60 * 60 + 1

    page = browser.get(f"/sign/{incident.number}/")

    assert "This link has ended" in words(page)
    assert QUESTION not in words(page)


def test_words_typed_on_a_link_that_has_ended_come_back(house: House) -> None:
    """Whoever has written for a minute must be able to read it to the officer by telephone."""
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = known_browser(house.anna)
    browser.open(incident, house.anna)
    stand_down(incident=incident, by=house.olga, end="over", now=at(90))

    told = browser.decide("amend", answer, first(answer), text="My own words")

    assert "My own words" in words(told)


# ------------------------------------------------------------ who is signed in


def test_whoever_is_signed_in_decides_as_themselves(house: House) -> None:
    """Ben on Anna's link must not sign in Anna's name."""
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = known_browser(house.anna)
    browser.sign_in(house.ben)

    page = words(browser.open(incident, house.anna))
    browser.decide("approve", answer, first(answer))

    decision = Decision.objects.get()
    assert "You are signed in as Ben Okafor" in page
    assert "This link was sent to Anna Hale" in page
    assert (decision.by, decision.via) == (house.ben, "session")


def test_link_counts_where_the_one_signed_in_may_not_see_it(house: House) -> None:
    """On a shared desk an admin's session must not stand in the manager's way."""
    tom = make_person("Tom Asher", Role.ADMIN)
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = known_browser(house.anna)
    browser.sign_in(tom)

    page = words(browser.open(incident, house.anna))
    browser.decide("approve", answer, first(answer))

    assert TEXT in page
    assert Decision.objects.get().by == house.anna


def test_code_red_that_one_may_not_see_is_not_there(house: House) -> None:
    """Nobody learns from a number that something has happened."""
    incident = house.alarm()
    Incident.objects.update(is_restricted=True)
    browser = Browser()
    browser.sign_in(make_person("Cara Diaz"))

    assert browser.get(f"/sign/{incident.number}/").status_code == 404
    assert browser.get("/sign/999/").status_code == 404


def test_stranger_is_sent_to_sign_in_whether_or_not_there_is_anything(house: House) -> None:
    """A stranger who counts numbers must not find out how many code reds there are."""
    incident = house.alarm()
    browser = Browser()

    known = browser.get(f"/sign/{incident.number}/")
    unknown = browser.get("/sign/999/")

    assert known.headers["Location"] == f"/sign-in/?next=/sign/{incident.number}/"
    assert unknown.headers["Location"] == "/sign-in/?next=/sign/999/"


def test_restricted_code_red_opens_for_those_on_its_chain(house: House) -> None:
    """The fewer people know, the more it matters that the right one gets in."""
    incident = house.alarm()
    Incident.objects.update(is_restricted=True)
    house.submitted(incident)

    assert TEXT in words(known_browser(house.anna).open(incident, house.anna))
