"""What one person does stands on the others' screens, by a stream, or a few seconds later."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from crisis.models import Incident
from crisis.operations.answer import withdraw_answer
from crisis.operations.incident import acknowledge
from crisis.operations.question import claim_question
from crisis.operations.sign_off import approve
from escalation.models import Person, Role
from tests.agreements import agree
from tests.browser.acts import press, sees
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.browsers import address_of
from tests.servers import Redis
from tests.story import TEXT, House, act, ask_more, at, make_person

pytestmark = pytest.mark.browser

SLOWLY = "This page looks for news every few seconds."


def hears(one: Device) -> None:
    """Wait until the page is told of news: from then on it asks by itself every half minute."""
    expect(one.page.locator("html")).to_have_attribute("data-news", "live")


def open_console(device: Devices, house: House) -> Device:
    desk = device("desk").is_of(house.olga)
    desk.open("/code-reds/1/")
    hears(desk)
    return desk


def claim(incident: Incident, *, by: Person, seconds: float) -> None:
    """Let another officer reply to whoever asked first."""
    question = incident.questions.order_by("pk")[0]
    claim_question(question=question, by=by, now=at(seconds))


@pytest.fixture
def incident(house: House, night: Night) -> Incident:
    incident = house.alarm()
    night.pass_until(10)
    return incident


def test_whoever_is_on_it_stands_on_the_console_at_once(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """The officer telephones somebody who is at it already."""
    desk = open_console(device, house)

    acknowledge(incident=incident, by=house.anna, now=night.now())

    sees(desk, "On it")
    expect(desk.page.get_by_role("status")).to_contain_text("Anna is on it")


def test_manager_page_turns_at_once_when_somebody_else_decides(
    house: House, incident: Incident, device: Devices
) -> None:
    """Two managers at 3 am: the second reads on for nothing, and decides about what is decided."""
    answer = house.submitted(incident, seconds=90)
    phone = device("phone").was_of(house.anna)
    phone.open(address_of(incident, house.anna))
    sees(phone, TEXT)
    hears(phone)

    approve(answer=answer, act=act(house.ben, 95))

    sees(phone, "Ben Okafor approved it")


def test_officer_sees_that_the_answer_is_being_read(
    house: House, incident: Incident, device: Devices
) -> None:
    """She telephones somebody who has it before their eyes."""
    house.submitted(incident, seconds=10)
    desk = open_console(device, house)
    phone = device("phone").was_of(house.anna)

    phone.open(address_of(incident, house.anna))
    sees(desk, "Anna is reading it")
    phone.open("/sign-in/")

    expect(desk.page.get_by_text("Anna is reading it")).to_have_count(0)


def test_what_is_learned_stands_before_whoever_writes_and_decides(
    house: House, incident: Incident, device: Devices
) -> None:
    """He is in hospital, says Leeds; "he is well", says the answer that she signs."""
    house.submitted(incident, seconds=10)
    phone = device("phone").was_of(house.anna)
    phone.open(address_of(incident, house.anna))
    hears(phone)
    desk = device("desk").is_of(house.olga)
    desk.open("/code-reds/1/draft/")
    desk.page.get_by_label("Answer on X").fill("He is well.")
    hears(desk)
    other = device("phone").is_of(house.ben)
    other.open("/code-reds/1/facts/")

    other.page.get_by_label("What do we know?").fill("He is in hospital")
    other.page.get_by_label("Who says so?").fill("Leeds, by phone")
    press(other, "Add what we know")

    sees(phone, "He is in hospital", "Leeds, by phone")
    sees(desk, "He is in hospital")
    expect(desk.page.get_by_label("Answer on X")).to_have_value("He is well.")
    press(other, re.compile("^Take back"))
    expect(phone.page.get_by_text("He is in hospital")).to_have_count(0)


def test_officers_see_who_is_replying_and_what_is_ticked_off(
    house: House, night: Night, device: Devices
) -> None:
    """Two of them write to the same person, and save the same post."""
    incident = house.alarm(playbook=agree(house, "STEPS-01"))
    sam = make_person("Sam Field", Role.OFFICER)
    desk = open_console(device, house)
    other = device("desk").is_of(sam)

    other.open("/code-reds/1/")
    press(other, re.compile("^Tick off: Save the post"))
    sees(desk, "Sam, 12:00:00")
    question = incident.questions.get()
    other.open(f"/code-reds/1/draft/?question={question.pk}")
    sees(desk, "Sam is replying, until 12:03:00")

    desk.open(f"/code-reds/1/draft/?question={question.pk}")
    sees(desk, "Two answers to one person look odd.")


def test_what_is_being_typed_stays_while_others_act(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """A page that reads itself anew under somebody's fingers costs the minute it was to save."""
    desk = device("desk").is_of(house.olga)
    desk.open(f"/code-reds/1/draft/?question={incident.questions.get().pk}")
    hears(desk)
    words = desk.page.get_by_label("Answer on X")
    words.fill("Yes, he volunteers with us, and")

    claim(incident, by=make_person("Sam Field", Role.OFFICER), seconds=400)
    night.go_to(401)

    sees(desk, "Sam is replying, until 12:09:40")
    expect(words).to_have_value("Yes, he volunteers with us, and")
    expect(words).to_be_focused()


def test_approval_is_told_to_whoever_is_changing_the_answer(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """One more comma, and the manager who has approved it and gone to bed is paged again."""
    answer = house.submitted(incident, seconds=90)
    desk = device("desk").is_of(house.olga)
    desk.open(f"/answers/{answer.pk}/")
    hears(desk)
    words = desk.page.get_by_label("Answer on X")
    words.fill("Yes, he volunteers with us.")

    approve(answer=answer, act=act(house.anna, 95))

    sees(desk, "It is approved", "If you change a word, the approval is gone")
    expect(desk.page.get_by_role("status")).to_contain_text("It is approved")
    expect(words).to_have_value("Yes, he volunteers with us.")
    night.go_to(100)
    press(desk, "Save the change")
    expect(desk.page.locator("#standing")).to_be_focused()
    answer.refresh_from_db()
    assert answer.status == "approved"
    expect(words).to_have_value("Yes, he volunteers with us.")

    press(desk, "Save the change")
    sees(desk, "Version 2 is kept")


def test_page_of_an_answer_that_is_out_says_that_it_is_over(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """She polishes words that a hundred thousand have read."""
    answer = house.submitted(incident, seconds=90)
    desk = device("desk").is_of(house.olga)
    desk.open(f"/answers/{answer.pk}/")
    hears(desk)
    desk.page.get_by_label("Answer on X").fill("Yes, he volunteers with us.")

    withdraw_answer(answer=answer, by=house.olga, now=night.now())

    sees(desk, "Live updates stopped.")
    expect(desk.page.get_by_role("status")).to_contain_text("Live updates stopped.")
    expect(desk.page.get_by_text("Load it again")).to_have_count(0)


def test_stopped_clock_is_told_to_whoever_writes(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """Nobody is paged, and the one person who could telephone is writing."""
    desk = device("desk").is_of(house.olga)
    desk.open(f"/code-reds/1/draft/?question={incident.questions.get().pk}")
    hears(desk)
    words = desk.page.get_by_label("Answer on X")
    words.fill("Yes, he volunteers with us, and")

    night.seconds += 60
    acknowledge(incident=incident, by=house.anna, now=night.now())
    sees(desk, "The clock has stopped. Nobody is being paged.")
    claim(incident, by=make_person("Sam Field", Role.OFFICER), seconds=400)
    sees(desk, "Sam is replying")
    expect(words).to_have_value("Yes, he volunteers with us, and")

    night.go_to(401)
    acknowledge(incident=incident, by=house.ben, now=night.now())
    expect(desk.page.get_by_text("The clock has stopped.")).to_have_count(0)
    expect(words).to_be_focused()


def test_keyboard_stays_on_the_question_that_it_was_on(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """Enter takes another person's question, and hers is taken by nobody."""
    asked = ask_more(incident, 2, house.x)[-1]
    desk = device("desk").is_of(house.olga)
    desk.open("/code-reds/1/questions/")
    hears(desk)
    mine = desk.page.locator(f"#claim-{asked.pk}")
    mine.focus()

    claim(incident, by=make_person("Sam Field", Role.OFFICER), seconds=10)

    sees(desk, "Sam is replying")
    expect(mine).to_be_focused()


def test_console_stays_as_it_is_while_nothing_moves(
    house: House, incident: Incident, device: Devices
) -> None:
    """A screen reader that starts from the top every half minute reads nobody to the end."""
    desk = open_console(device, house)
    main = desk.page.locator("main").element_handle()
    assert main

    read_at = desk.page.locator("#stale").element_handle()
    desk.page.evaluate("dispatchEvent(new Event('online'))")
    desk.page.wait_for_function("(readAt) => !readAt.isConnected", arg=read_at)

    assert main.evaluate("(main) => main.isConnected")


def test_home_tells_of_a_code_red_that_somebody_else_raised(
    house: House, night: Night, device: Devices
) -> None:
    """Whoever has the first screen open all night is the last to learn of it."""
    desk = device("desk").is_of(house.anna)
    desk.open("/")
    sees(desk, "All quiet")
    hears(desk)

    house.alarm()

    sees(desk, "Is he one of yours?")


def test_page_says_that_it_looks_by_itself_while_redis_is_away(
    house: House, night: Night, incident: Incident, device: Devices, redis: Redis
) -> None:
    """A screen that stands still, and looks alive, is trusted."""
    desk = open_console(device, house)

    redis.kill()
    sees(desk, SLOWLY)
    acknowledge(incident=incident, by=house.anna, now=night.now())
    sees(desk, "On it")
    redis.start()
    hears(desk)

    expect(desk.page.get_by_text(SLOWLY).locator("visible=true")).to_have_count(0)


def test_stream_is_not_for_those_who_may_not_see(
    house: House, incident: Incident, device: Devices
) -> None:
    """When something moves is news as well."""
    stranger = device("phone")

    for path in ("/live/", "/code-reds/1/live/", "/sign/1/live/", "/code-reds/99/live/"):
        answer = stranger.context.request.get(f"{stranger.site}{path}", max_redirects=0)
        assert (answer.status, answer.body()) == (204, b"")
