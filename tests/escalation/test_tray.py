"""The tray: pages that arrive in the product itself."""

from pytest_django import Settings

from escalation.operations.advance import advance_due
from escalation.operations.links import request_code
from tests.browsers import Browser, address_of, link_of, words
from tests.story import House, at, fast_forward, make_person


def test_page_in_the_tray_carries_its_link(house: House) -> None:
    """A page without its link costs the manager the minute in which they look for it."""
    incident = house.alarm()
    fast_forward(0)
    browser = Browser()
    browser.sign_in(house.anna)

    page = browser.get("/tray/").content.decode()

    assert f'href="http://testserver{address_of(incident, house.anna)}"' in page
    assert "Code red: decide by 12:05" in page


def test_tray_shows_a_person_their_own_pages_only(house: House) -> None:
    """A link belongs to one person: on a colleague's screen it is a stolen one."""
    incident = house.alarm()
    fast_forward(61)
    browser = Browser()
    browser.sign_in(house.ben)

    page = browser.get("/tray/").content.decode()

    assert address_of(incident, house.ben) in page
    assert address_of(incident, house.anna) not in page


def test_stranger_is_asked_to_sign_in(house: House) -> None:
    """The tray holds the keys to every open code red."""
    house.alarm()
    fast_forward(0)

    answer = Browser().get("/tray/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/?next=/tray/"


def test_demo_shows_everyones_pages_without_a_sign_in(house: House, settings: Settings) -> None:
    """Nobody who tries CodeRed for five minutes has two telephones at hand."""
    settings.CODERED_DEMO = True
    incident = house.alarm()
    fast_forward(61)

    page = Browser().get("/tray/").content.decode()

    assert address_of(incident, house.anna) in page
    assert address_of(incident, house.ben) in page


def test_newest_page_stands_first(house: House, settings: Settings) -> None:
    """In a storm the page that counts is the last one."""
    settings.CODERED_DEMO = True
    house.alarm()
    fast_forward(61)

    page = words(Browser().get("/tray/"))

    assert page.index("Ben Okafor") < page.index("Anna Hale")


def test_code_arrives_as_digits_and_without_a_link(house: House, settings: Settings) -> None:
    """A code that came with the link would be the same factor twice."""
    settings.CODERED_DEMO = True
    cara = make_person("Cara Diaz", kinds=("email", "tray"))
    incident = house.alarm()
    request_code(link=link_of(incident, cara), arrived_by=None, now=at(10))
    fast_forward(10, from_seconds=10)

    page = Browser().get("/tray/").content.decode()

    assert "Your code is" in page
    assert address_of(incident, cara) not in page


def test_empty_tray_says_what_will_come(house: House) -> None:
    """An empty page looks broken."""
    browser = Browser()
    browser.sign_in(house.anna)

    assert "No page has arrived" in words(browser.get("/tray/"))


def test_tray_looks_again_by_itself_and_has_no_form_to_lose(house: House) -> None:
    """Without JavaScript a page must still arrive; a form would be wiped every two seconds."""
    browser = Browser()
    browser.sign_in(house.anna)

    page = browser.get("/tray/").content.decode()

    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert "crisis/js/turn.js" in page
    assert "<form" not in page


def test_page_that_has_not_left_is_not_shown(house: House) -> None:
    """What is queued may still be dropped: nobody must act on it."""
    incident = house.alarm()
    advance_due(now=at(0))
    browser = Browser()
    browser.sign_in(house.anna)

    assert address_of(incident, house.anna) not in browser.get("/tray/").content.decode()
