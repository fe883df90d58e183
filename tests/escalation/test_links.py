"""A page's link: one person, one run, one factor; and the code that makes it whole."""

import hashlib
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from escalation.models import AccessCode, ContactMethod, Page, PageLink
from escalation.operations.advance import advance_due
from escalation.operations.links import (
    NoOtherWay,
    TooManyCodes,
    code_digits,
    confirm_code,
    enrol_device,
    find_link,
    is_enrolled,
    link_token,
    request_code,
)
from tests.story import House, at


@pytest.fixture
def link(house: House) -> PageLink:
    house.alarm()
    advance_due(now=at(0))
    return PageLink.objects.get(person=house.anna)


def test_token_is_found_by_its_hash_and_stored_nowhere(link: PageLink) -> None:
    """A stolen copy of the database must open no incident."""
    token = link_token(link)

    assert find_link(token) == link
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43
    assert token not in str(PageLink.objects.values())
    assert find_link(token[:-1] + "x") is None


def test_rotated_secret_key_keeps_links_that_are_out(link: PageLink, settings: Settings) -> None:
    """A repeat after the key was changed must carry the link that was sent before."""
    token = link_token(link)
    old = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]

    assert link_token(link) == token


def test_link_of_a_deactivated_person_is_no_link(link: PageLink) -> None:
    """Who left the house an hour ago decides nothing."""
    link.person.is_active = False
    link.person.save()

    assert find_link(link_token(link)) is None


def other_way(link: PageLink, kind: str = "email") -> ContactMethod:
    return link.person.contact_methods.create(kind=kind, address=f"{kind}-2", verified_at=at(0))


def test_code_goes_by_another_way_and_enrols_once(link: PageLink) -> None:
    """A forwarded link on a stranger's phone is stopped by what the stranger does not hold."""
    second = other_way(link)

    code = request_code(link=link, arrived_by=None, now=at(10))

    assert code.contact_method == second
    assert Page.objects.get(occasion="code").contact_method == second
    assert confirm_code(link=link, digits=code_digits(code.nonce), now=at(20)) == code
    assert confirm_code(link=link, digits=code_digits(code.nonce), now=at(21)) is None


def test_five_wrong_tries_end_a_code(link: PageLink) -> None:
    """A million codes and unlimited tries would be an open door."""
    other_way(link)
    code = request_code(link=link, arrived_by=None, now=at(10))
    wrong = f"{(int(code_digits(code.nonce)) + 1) % 1_000_000:06d}"

    for seconds in range(5):
        assert confirm_code(link=link, digits=wrong, now=at(11 + seconds)) is None

    assert confirm_code(link=link, digits=code_digits(code.nonce), now=at(20)) is None
    assert AccessCode.objects.get().tries == 5


def test_code_ends_after_ten_minutes_and_when_a_newer_one_was_sent(link: PageLink) -> None:
    """An old code in yesterday's messages opens nothing."""
    other_way(link)
    old = request_code(link=link, arrived_by=None, now=at(0))
    new = request_code(link=link, arrived_by=None, now=at(5))

    assert confirm_code(link=link, digits=code_digits(old.nonce), now=at(6)) is None
    assert confirm_code(link=link, digits=code_digits(new.nonce), now=at(606)) is None


def test_without_a_second_way_there_is_no_code(link: PageLink) -> None:
    """A code to the same place as the link would be the same factor twice."""
    with pytest.raises(NoOtherWay):
        request_code(link=link, arrived_by=None, now=at(10))


def test_a_link_asks_for_five_codes_at_most(link: PageLink) -> None:
    """Whoever found a link must not be able to ring somebody's phone all night."""
    other_way(link)
    for seconds in range(5):
        request_code(link=link, arrived_by=None, now=at(seconds))

    with pytest.raises(TooManyCodes):
        request_code(link=link, arrived_by=None, now=at(9))


def test_device_is_its_persons_for_thirty_days(house: House) -> None:
    """One phone, one person: nobody decides as somebody else on the same device."""
    token = enrol_device(person=house.anna, now=at(0))

    assert is_enrolled(person_id=house.anna.pk, token=token, now=at(60))
    assert not is_enrolled(person_id=house.ben.pk, token=token, now=at(60))
    assert not is_enrolled(person_id=house.anna.pk, token=token, now=at(0) + timedelta(days=30))
    house.anna.devices.update(revoked_at=at(1))
    assert not is_enrolled(person_id=house.anna.pk, token=token, now=at(60))
