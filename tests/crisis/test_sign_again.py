"""A press that its telephone sends again, because it did not hear what became of the first."""

import pytest

from crisis.models import Answer, Decision, Incident
from crisis.operations.answer import submit_answer
from crisis.operations.sign_off import AlreadyDone, approve, take_back
from crisis.who import tag_of
from escalation.models import Page
from tests.browsers import Browser, first
from tests.story import House, act, at

KEY = "5f0c0b4a9d1e4f6c8a7b2d3e4f506172"


@pytest.fixture
def answer(house: House, incident: Incident) -> Answer:
    return house.submitted(incident, seconds=90)


def test_approval_that_was_taken_back_does_not_come_again(
    house: House, phone: Browser, answer: Answer
) -> None:
    """The officer stopped it, and a telephone that found the network again lets it out."""
    phone.decide("approve", answer, first(answer), key=KEY)
    take_back(answer=answer, act=act(house.olga, 110))
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(111))

    again = phone.decide("approve", answer, first(answer), key=KEY)

    assert again.status_code == 303
    answer.refresh_from_db()
    assert answer.status == "awaiting_sign_off"
    assert Decision.objects.filter(kind="approve").count() == 1


def test_approval_by_another_press_counts(house: House, phone: Browser, answer: Answer) -> None:
    """Whoever has thought twice must be able to sign what they stopped."""
    phone.decide("approve", answer, first(answer), key=KEY)
    take_back(answer=answer, act=act(house.olga, 110))
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(111))

    phone.decide("approve", answer, first(answer), key=KEY[::-1])

    answer.refresh_from_db()
    assert answer.status == "approved"


def test_decision_is_handed_over_once(house: House, phone: Browser, answer: Answer) -> None:
    """Ben is paged for every try that a bad network made."""
    for _ in range(3):
        phone.decide("hand-over", answer, first(answer), to=house.ben.pk, key=KEY)

    assert Decision.objects.filter(kind="hand_over").count() == 1
    assert Page.objects.filter(person=house.ben, occasion="hand_over").count() == 1


def test_same_key_of_somebody_else_is_another_press(
    house: House, phone: Browser, answer: Answer
) -> None:
    """Who knows a key of another's could keep them from deciding."""
    phone.decide("hand-over", answer, first(answer), to=house.ben.pk, key=KEY)
    made = Decision.objects.get()

    approve(answer=answer, act=act(house.ben, 120, key=made.key))

    answer.refresh_from_db()
    assert answer.status == "approved"


def test_press_of_somebody_else_on_this_telephone_is_not_theirs(
    house: House, phone: Browser, answer: Answer
) -> None:
    """Anna's press, found on the duty telephone, signs in Ben's name what Ben has not read."""
    refused = phone.decide("approve", answer, first(answer), key=KEY, who=tag_of(house.ben))

    assert refused.status_code == 403
    assert not Decision.objects.exists()


def test_own_press_is_known_by_its_tag(house: House, phone: Browser, answer: Answer) -> None:
    """A tag that never fits would refuse every press that a bad network delayed."""
    page = phone.get(f"/sign/{answer.incident.number}/").content.decode()
    assert f'data-who="{tag_of(house.anna)}"' in page

    phone.decide("approve", answer, first(answer), key=KEY, who=tag_of(house.anna))

    assert Decision.objects.get().by == house.anna


def test_change_that_was_asked_for_is_not_told_as_lost(phone: Browser, answer: Answer) -> None:
    """'Somebody was first, yours was not sent' - and the somebody was herself."""
    for _ in range(2):
        told = phone.decide("change", answer, first(answer), key=KEY, why="fact", note="Which?")

    assert told.status_code == 303
    assert Decision.objects.filter(kind="send_back").count() == 1


def test_key_that_is_none_is_no_key(phone: Browser, answer: Answer) -> None:
    """A form that somebody has written by hand must not fail at 3 am."""
    phone.decide("approve", answer, first(answer), key="once")

    assert Decision.objects.get().key is None


def test_press_is_known_again_whatever_has_become_of_the_answer(
    house: House, phone: Browser, answer: Answer
) -> None:
    """'It changed while you were reading' would be read as 'you have not signed'."""
    phone.decide("approve", answer, first(answer), key=KEY)
    made = Decision.objects.get()

    with pytest.raises(AlreadyDone):
        approve(answer=answer, act=act(house.anna, 130, key=made.key))
