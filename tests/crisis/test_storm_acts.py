"""Small acts in a storm: who replies to whom, what of the playbook is done, who is reading."""

from __future__ import annotations

import pytest

from crisis.models import Incident, Question
from crisis.operations.incident import NotOpen, NotYours, stand_down
from crisis.operations.question import HasAnswer, Taken, claim_question, let_go_question
from crisis.operations.steps import tick_step
from escalation.models import Person, Role, Timeline
from escalation.operations.evidence import verify
from playbooks.models import Step
from tests.agreements import agree
from tests.browsers import Browser, known_browser, words
from tests.desk import console, released
from tests.story import House, ask_more, at, make_person


def kinds(incident: Incident) -> list[str]:
    return list(incident.timeline.events.order_by("sequence").values_list("kind", flat=True))


@pytest.fixture
def sam(house: House) -> Person:
    return make_person("Sam Field", Role.OFFICER)


@pytest.fixture
def asked(house: House, incident: Incident) -> Question:
    return ask_more(incident, 1, house.facebook)[0]


# ------------------------------------------------------------ who replies to whom


def test_question_is_one_officers_for_three_minutes(
    house: House, sam: Person, asked: Question
) -> None:
    """Two officers write to one person, and a third is left waiting."""
    claim_question(question=asked, by=sam, now=at(10))

    with pytest.raises(Taken) as taken:
        claim_question(question=asked, by=house.olga, now=at(189))
    assert taken.value.question.claimed_by == sam

    mine = claim_question(question=asked, by=house.olga, now=at(190))
    assert (mine.holder(at(369)), mine.holder(at(370))) == (house.olga, None)


def test_question_that_is_held_on_to_is_told_of_once(
    incident: Incident, sam: Person, asked: Question
) -> None:
    """A page that says so every minute would fill the evidence with it."""
    for seconds in (10, 70, 130):
        held = claim_question(question=asked, by=sam, now=at(seconds))

    assert held.claimed_until == at(310)
    assert kinds(incident).count("question_claimed") == 1


def test_question_that_is_let_go_is_anybodys(
    house: House, incident: Incident, sam: Person, asked: Question
) -> None:
    """Whoever was called away would block it for three minutes, five being all there are."""
    claim_question(question=asked, by=sam, now=at(10))

    assert not let_go_question(question=asked, by=house.olga, now=at(20))
    assert let_go_question(question=asked, by=sam, now=at(20))
    assert not let_go_question(question=asked, by=sam, now=at(21))

    claim_question(question=asked, by=house.olga, now=at(22))
    assert verify(Timeline.objects.get(pk=incident.timeline_id)) is None


def test_question_is_taken_by_officers_alone_and_while_it_waits(
    house: House, incident: Incident
) -> None:
    """Taking what is answered already would send a second answer."""
    answer = released(house, incident)
    question = Question.objects.get(pk=answer.question_id)

    with pytest.raises(NotYours):
        claim_question(question=question, by=house.anna, now=at(215))
    with pytest.raises(HasAnswer):
        claim_question(question=question, by=house.olga, now=at(215))
    stand_down(incident=incident, by=house.olga, end="answered", now=at(220))
    with pytest.raises(NotOpen):
        claim_question(question=question, by=house.olga, now=at(221))


def test_others_see_who_is_replying(
    desk: Browser, incident: Incident, sam: Person, asked: Question
) -> None:
    """The list looks the same to both, and both begin at its top."""
    list_of_them = f"/code-reds/{incident.number}/questions/"
    address = f"{list_of_them}{asked.pk}/claim/"
    other = known_browser(sam)
    other.sign_in(sam)

    assert other.post(address, do="claim").headers["Location"] == list_of_them
    assert "You are replying, until 12:04:40" in words(other.get(list_of_them))
    assert "Sam is replying, until 12:04:40" in words(desk.get(list_of_them))
    draft = desk.get(f"/code-reds/{incident.number}/draft/?question={asked.pk}")
    assert "Sam is replying, until 12:04:40" in words(draft)
    assert desk.post(address, do="claim", quietly="1").status_code == 204
    assert other.post(address, do="let_go").status_code == 302
    assert "Sam is replying" not in words(desk.get(list_of_them))
    assert other.get(address).status_code == 405


# ------------------------------------------------------------ what is done


@pytest.fixture
def step(house: House) -> Step:
    return agree(house, "STEPS-01").protocols.get().steps.order_by("at_seconds")[0]


@pytest.fixture
def led(house: House, step: Step) -> Incident:
    """A code red with a playbook that has steps."""
    return house.alarm(playbook=step.protocol.playbook)


def test_step_is_ticked_once_and_the_tick_can_be_taken_back(
    house: House, led: Incident, step: Step
) -> None:
    """Pressed by two at once, it must not end as nobody left it; and what is wrong is undone."""

    def tick(is_done: bool, seconds: float) -> bool:
        return tick_step(incident=led, step=step, is_done=is_done, by=house.olga, now=at(seconds))

    assert [tick(True, 10), tick(True, 11), tick(False, 12), tick(False, 13)] == [
        True,
        False,
        True,
        False,
    ]
    assert kinds(led)[-2:] == ["step_ticked", "step_unticked"]
    assert verify(Timeline.objects.get(pk=led.timeline_id)) is None


def test_step_of_another_playbook_is_no_step_of_this(
    house: House, incident: Incident, step: Step
) -> None:
    """Evidence of something that was never agreed for this storm."""
    with pytest.raises(ValueError, match="not one of incident"):
        tick_step(incident=incident, step=step, is_done=True, by=house.olga, now=at(10))


def test_tick_stands_on_the_console_with_who_and_when(
    house: House, desk: Browser, led: Incident, step: Step
) -> None:
    """The second officer saves the post again, or nobody does."""
    address = f"/code-reds/{led.number}/steps/{step.pk}/"

    desk.seconds = 40
    assert desk.post(address, done="1").status_code == 302
    told = console(desk, led, 50)
    assert f"Done: {step.what} Olga, 12:00:40" in told
    assert f"Olga ticked off: {step.what}" in told
    assert f"Olga ticked off: {step.what}" in words(desk.get(f"/code-reds/{led.number}/timeline/"))
    assert f"ticked off: {step.what}" in words(desk.get(f"/code-reds/{led.number}/report/"))
    desk.post(address, done="0")
    assert "Olga, 12:00:40" not in console(desk, led, 60)

    assert desk.post(f"/code-reds/{led.number}/steps/0/", done="1").status_code == 404
    assert desk.get(address).status_code == 405


def test_console_that_is_closed_offers_no_ticks(
    house: House, desk: Browser, led: Incident, step: Step
) -> None:
    """A button that does nothing is pressed twice, and then not believed."""
    stand_down(incident=led, by=house.olga, end="over", now=at(50))

    assert "Tick off" not in console(desk, led, 60)
    assert desk.post(f"/code-reds/{led.number}/steps/{step.pk}/", done="1").status_code == 302
    assert "step_ticked" not in kinds(led)


# ------------------------------------------------------------ who is reading


def test_console_tells_who_has_the_answer_before_their_eyes(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The officer wonders whether anybody looks, and telephones somebody who is reading."""
    answer = house.submitted(incident, seconds=60)
    phone = known_browser(house.anna, seconds=90)
    phone.open(incident, house.anna)
    seen = f"/sign/{incident.number}/seen/"

    assert "reading" not in console(desk, incident, 91)
    phone.post(seen, answer=answer.pk, version=1)
    assert "Anna is reading it" in console(desk, incident, 91)
    phone.seconds = 100
    phone.post(seen, answer=answer.pk, version=1)
    assert "Anna is reading it" in console(desk, incident, 124)
    assert "reading" not in console(desk, incident, 126)
    phone.seconds = 127
    phone.post(seen, answer=answer.pk, version=1)
    phone.post(seen, answer=answer.pk, version=1, gone=1)
    assert "reading" not in console(desk, incident, 128)


@pytest.mark.parametrize("fields", [{}, {"answer": "x", "version": "1"}, {"answer": "9" * 30}])
def test_reading_of_nothing_is_no_fault(
    house: House, incident: Incident, fields: dict[str, str]
) -> None:
    """An old page tells of an answer that is not there."""
    phone = known_browser(house.anna)
    phone.open(incident, house.anna)

    assert phone.post(f"/sign/{incident.number}/seen/", **fields).status_code == 204
