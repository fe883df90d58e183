"""What the link of a page opens: a clean address and a signed cookie, and nothing is written."""

import pytest

from escalation.browser import LINKS_COOKIE, MOST_LINKS
from escalation.models import Person
from tests.browsers import Browser, address_of, link_of
from tests.story import House


def test_link_leads_on_to_an_address_without_its_token(house: House) -> None:
    """A token in the address bar is in every screenshot, history and referrer."""
    incident = house.alarm()

    answer = Browser().get(address_of(incident, house.anna))

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign/{incident.number}/"


def test_link_leaves_a_cookie_that_scripts_cannot_read_and_nobody_can_forge(house: House) -> None:
    """Whoever can write the cookie can choose whose link they came by."""
    incident = house.alarm()
    browser = Browser()
    browser.get(address_of(incident, house.anna))
    cookie = browser.client.cookies[LINKS_COOKIE]

    value = cookie.value
    browser.client.cookies[LINKS_COOKIE] = value.replace(
        str(link_of(incident, house.anna).pk), "999", 1
    )
    forged = browser.get(f"/sign/{incident.number}/")

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert forged.status_code == 302


def test_unknown_link_says_so_and_offers_to_sign_in(db: None) -> None:
    """Half a link, cut by a mail program, must not look like an outage."""
    answer = Browser().get("/p/rvHalf")

    assert answer.status_code == 404
    assert "This link is not known" in answer.content.decode()
    assert "/sign-in/" in answer.content.decode()


def test_link_of_somebody_who_has_left_opens_nothing(house: House) -> None:
    """Deactivating a person must close every road at once."""
    address = address_of(house.alarm(), house.anna)
    Person.objects.filter(pk=house.anna.pk).update(is_active=False)

    assert Browser().get(address).status_code == 404


@pytest.mark.parametrize("path", ["/p/{token}", "/p/nonsense", "/sign/1/", "/sign/7/", "/tray/"])
def test_pages_that_a_link_opens_are_kept_by_nobody(house: House, path: str) -> None:
    """A shared telephone's cache, or the next site's log, would show the answer to strangers."""
    incident = house.alarm()
    browser = Browser()
    address = address_of(incident, house.anna)
    browser.get(address)

    answer = browser.get(path.replace("/p/{token}", address))

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_browser_remembers_the_last_links_only(house: House) -> None:
    """A cookie that grows with every storm is one day too large to be sent."""
    incidents = [house.alarm() for _ in range(MOST_LINKS + 2)]
    browser = Browser()
    for incident in incidents:
        browser.get(address_of(incident, house.anna))

    latest = browser.get(f"/sign/{incidents[-1].number}/")
    forgotten = browser.get(f"/sign/{incidents[0].number}/")

    assert (latest.status_code, forgotten.status_code) == (200, 302)


def test_token_is_in_no_log(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """Logs are read by more people than links are sent to."""
    address = address_of(house.alarm(), house.anna)

    Browser().get(address)
    Browser().get(f"{address}x")

    told = capfd.readouterr()
    assert address not in told.out + told.err
