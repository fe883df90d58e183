"""Signing in: the session, the device it proves, and the road that stays open beside it."""

import re

from pytest_django import Settings

from crisis.models import Decision
from escalation.browser import DEVICE_COOKIE
from escalation.models import Device, PageLink
from tests.browsers import Browser, first, known_browser, words
from tests.story import House

QUESTION = "Is he one of yours?"


# ------------------------------------------------------------ signing in


def test_signing_in_changes_the_session_key_and_proves_the_device(house: House) -> None:
    """A key that was planted before the sign-in must open nothing after it."""
    browser = Browser()
    session = browser.client.session
    session["planted"] = True
    session.save()
    before = session.session_key

    browser.sign_in(house.anna)

    assert browser.client.session.session_key != before
    assert Device.objects.get().person == house.anna
    assert browser.client.cookies[DEVICE_COOKIE]["httponly"]


def test_sign_in_leads_back_to_the_page_and_to_no_other_site(house: House) -> None:
    """A link in a mail that leads through our sign-in to somebody else's is a trap."""
    own = Browser().sign_in(house.anna, next="/sign/1/")
    others = [
        Browser().sign_in(house.anna, next=url)
        for url in ("https://evil.example/", "//evil.example", "javascript:alert(1)")
    ]

    assert own.headers["Location"] == "/sign/1/"
    assert {each.headers["Location"] for each in others} == {"/"}


def test_sign_out_needs_a_press_and_stays_on_this_site(house: House) -> None:
    """A picture on another page must not sign the officer out in a storm."""
    browser = Browser()
    browser.sign_in(house.anna)

    by_link = browser.get("/sign-out/")
    away = browser.post("/sign-out/", next="https://evil.example/")

    assert by_link.status_code == 405
    assert away.headers["Location"] == "/sign-in/"


def test_email_is_taken_in_the_case_in_which_telephones_write_it(house: House) -> None:
    """A capital letter that the telephone put there must not cost a minute."""
    browser = Browser()

    told = browser.post(
        "/sign-in/", username=house.anna.email.title(), password="correct horse battery staple"
    )

    assert told.status_code == 302


def test_lock_against_guessing_leaves_the_links_road_open(house: House, settings: Settings) -> None:
    """Whoever guesses at a manager's password must not keep them from their approval."""
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = known_browser(house.anna)
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        locked = browser.post("/sign-in/", username=house.anna.email, password="a wrong password")

    browser.open(incident, house.anna)
    browser.decide("approve", answer, first(answer))

    assert locked.status_code == 429
    assert "open the link in the page" in words(locked)
    assert Decision.objects.get().by == house.anna


def test_press_without_our_own_forms_token_is_refused(house: House) -> None:
    """Any page on the web could otherwise press Approve in the manager's browser."""
    incident = house.alarm()
    answer = house.submitted(incident)
    browser = known_browser(house.anna)
    browser.open(incident, house.anna)
    strict = Browser(checks_csrf=True)
    strict.client.cookies = browser.client.cookies
    read = first(answer)

    links = PageLink.objects.count()
    page = strict.get(f"/sign/{incident.number}/").content.decode()
    refused = strict.decide("approve", answer, read)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    taken = strict.decide("approve", answer, read, csrfmiddlewaretoken=token[1])

    assert (refused.status_code, taken.status_code) == (403, 303)
    assert PageLink.objects.count() == links
