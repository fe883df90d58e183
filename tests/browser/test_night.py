"""A night with CodeRed as people live it: at a desk and on a telephone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from crisis.models import Answer, Decision, Incident, Release
from crisis.operations.answer import Wording, revise_answer
from crisis.operations.incident import acknowledge
from crisis.operations.sign_off import approve
from escalation.models import ContactMethod
from tests.browser.acts import (
    QUESTION,
    code_from_tray,
    control,
    figure,
    fill_in_storm,
    let_out,
    link_from_tray,
    press,
    raise_code_red,
    say_first_word,
    sees,
    write,
)
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.browsers import address_of
from tests.story import NOON, TEXT, House, act, at

pytestmark = pytest.mark.browser

DEVICE_CLOCK = """
let skipped = 0;
const arrived = () => performance.getEntriesByType("navigation")[0]?.responseStart || 0;
Date.now = () => performance.timeOrigin + arrived() + skipped;
window.ahead = (seconds) => { skipped += seconds * 1000 };
"""
OTHER_TEXT = TEXT.replace("He is off all shifts from", "We suspended him")


@pytest.fixture
def incident(house: House, night: Night) -> Incident:
    """A code red about which Anna has been paged."""
    incident = house.alarm()
    night.pass_until(100)
    return incident


@pytest.fixture
def answer(house: House, incident: Incident) -> Answer:
    """Olga's answer, waiting for Anna or Ben."""
    return house.submitted(incident, seconds=90)


@pytest.fixture
def phone(house: House, incident: Incident, answer: Answer, device: Devices) -> Device:
    """Anna's telephone, with the answer open that waits for her."""
    phone = device("phone").was_of(house.anna)
    phone.open(address_of(incident, house.anna))
    sees(phone, TEXT)
    return phone


def test_a_storm_goes_from_the_alarm_to_the_report(
    house: House, night: Night, device: Devices
) -> None:
    """Every screen may be right by itself while no road leads through all of them."""
    desk, tray = device("desk"), device("desk").is_of(house.anna)
    phone = device("phone").was_of(house.anna)

    desk.sign_in(house.olga)
    raise_code_red(desk)
    night.pass_until(5)
    phone.open(link_from_tray(tray))
    sees(phone, "You’re needed, Anna", QUESTION, "Olga is writing the answer")
    assert phone.path == "/sign/1/"
    night.pass_until(22)
    press(phone, "I’m on it")
    sees(phone, "You’re on it, Anna")

    night.pass_until(40)
    desk.page.reload()
    sees(desk, "On it")
    say_first_word(desk)
    night.pass_until(100)
    write(desk)
    night.pass_until(120)
    sees(phone, QUESTION, TEXT)
    press(phone, "Approve answer")
    sees(phone, "Approved. Thank you, Anna")

    night.pass_until(150)
    desk.page.reload()
    press(desk, re.compile("^Post it"))
    sees(desk, TEXT)
    let_out(desk)
    sees(desk, "Everyone has an answer")
    sees(phone, "It is out", "Olga posted it on X at 12:02:30. 2:30 to spare.")
    night.pass_until(200)
    press(desk, "Close code red")
    press(desk, "Close code red")
    press(desk, "Read the report")

    assert figure(desk, "First public answer") == "2:30"
    assert figure(desk, "Someone on it") == "0:22"
    assert figure(desk, "Wait for sign-off") == "0:20"
    assert Release.objects.get(answer__question__isnull=False).version.text == TEXT


# ------------------------------------------------------------ the manager's page


def hold_page(phone: Device) -> None:
    """Keep the page from turning by itself, as where the network is bad."""
    stamp = phone.page.locator("[data-turn]").get_attribute("data-turn")
    phone.page.route("**/moved/**", lambda route: route.fulfill(body=stamp))
    # What it asked before that is dropped with the page.
    phone.page.reload()
    sees(phone, TEXT)


def test_words_that_changed_while_being_read_are_approved_only_once_read(
    house: House, phone: Device, answer: Answer
) -> None:
    """What goes out must be what was read, to the letter, on the real page with its real form."""
    hold_page(phone)
    wording = Wording(OTHER_TEXT, answers_question=True)
    revise_answer(answer=answer, seen=1, wording=wording, by=house.olga, now=at(95))

    press(phone, "Approve answer")
    sees(phone, "This answer changed while you were reading", "Nothing has been approved.")
    assert not Decision.objects.exists()
    press(phone, "Approve it as it is now")
    sees(phone, "Approved. Thank you, Anna", OTHER_TEXT)

    assert Decision.objects.get().version.number == 2


def test_page_turns_by_itself_once_somebody_else_was_first(
    house: House, phone: Device, answer: Answer
) -> None:
    """Two managers who both believe they decided will both answer for it."""
    approve(answer=answer, act=act(house.ben, 95))

    sees(phone, "Ben Okafor approved it", TEXT)
    expect(control(phone, "Approve answer")).to_have_count(0)


def test_press_that_comes_second_is_told_who_was_first(
    house: House, phone: Device, answer: Answer
) -> None:
    """A press into nothing reads like an approval to whoever made it."""
    hold_page(phone)
    approve(answer=answer, act=act(house.ben, 95))

    press(phone, "Approve answer")

    sees(phone, "Ben Okafor approved it")
    assert Decision.objects.count() == 1


def test_back_after_approving_does_not_decide_twice(phone: Device) -> None:
    """Whoever goes back to look at it once more must not undo or repeat anything."""
    press(phone, "Approve answer")
    sees(phone, "Approved. Thank you, Anna")

    phone.page.go_back()

    sees(phone, "Approved. Thank you, Anna")
    assert Decision.objects.count() == 1


def test_countdown_counts_and_says_when_it_is_over(phone: Device) -> None:
    """Digits that stand still are read as time that is left."""
    phone.page.evaluate(DEVICE_CLOCK)
    clock, aloud = phone.page.get_by_role("timer"), phone.page.get_by_role("status")
    expect(clock).to_contain_text("3:20 left")

    phone.page.evaluate("ahead(140)")
    expect(clock).to_contain_text("nearly due")
    expect(aloud).to_have_text("Answer: time left 1:00")
    phone.page.evaluate("ahead(70)")
    expect(clock).to_contain_text("over")
    expect(aloud).to_have_text("Answer: time over the deadline 0:10")

    assert phone.page.title().startswith("0:10")


# ------------------------------------------------------------ devices that nobody has proved


def test_new_device_shows_clock_and_number_until_a_code_proves_it(
    house: House, night: Night, incident: Incident, answer: Answer, device: Devices
) -> None:
    """A link that was forwarded, or read over a shoulder, must give nothing away."""
    ContactMethod.objects.create(
        person=house.anna, kind="tray", address="desk:anna", label="Desk", verified_at=NOON
    )
    phone, tray = device("phone"), device("desk").is_of(house.anna)

    phone.open(address_of(incident, house.anna))
    sees(phone, "Is this you?", "Code red 1", "Answer due by 12:05:00")
    strangers = phone.page.content()
    press(phone, "Send me a code")
    sees(phone, "A code is on its way")
    night.pass_until(110)
    phone.page.get_by_label("The six digits").fill(code_from_tray(tray))
    press(phone, "Open it")

    sees(phone, QUESTION, TEXT)
    for secret in (QUESTION, TEXT, "Anna", "Olga", "priya", "x.com"):
        assert secret not in strangers
    phone.page.goto("about:blank")
    phone.context.clear_cookies(name="page_links")
    phone.open(address_of(incident, house.anna))
    sees(phone, TEXT)


def test_wrong_digits_open_nothing(
    house: House, incident: Incident, answer: Answer, device: Devices
) -> None:
    """Six digits can be guessed, one try after the other."""
    ContactMethod.objects.create(
        person=house.anna, kind="tray", address="desk:anna", label="Desk", verified_at=NOON
    )
    phone = device("phone")
    phone.open(address_of(incident, house.anna))
    press(phone, "Send me a code")
    field = phone.page.get_by_label("The six digits")

    for typed, said in (
        ("12345", "Type six digits, as they stand in the message."),
        ("000000", "That is not the code. 4 tries left."),
    ):
        field.fill(typed)
        press(phone, "Open it")
        sees(phone, said)
        expect(field).to_have_attribute("aria-invalid", "true")

    assert TEXT not in phone.page.content()


def test_link_of_somebody_else_stays_closed_to_who_may_not_see_it(
    house: House, incident: Incident, answer: Answer, device: Devices
) -> None:
    """A colleague's telephone must not become a key to what the colleague may decide."""
    phone = device("phone").was_of(house.ben)

    phone.open(address_of(incident, house.anna))

    sees(phone, "Is this you?")
    assert QUESTION not in phone.page.content()


# ------------------------------------------------------------ the officer's desk


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_quick_presses_raise_one_code_red(
    house: House, device: Devices, *, scripts: bool
) -> None:
    """A hand that shakes must not page everyone twice."""
    desk = device("desk", java_script_enabled=scripts).is_of(house.olga)
    desk.open("/raise/")
    fill_in_storm(desk)

    control(desk, "Raise code red").dblclick()
    sees(desk, "Code red 1", "Answer due by 12:05:00")

    assert Incident.objects.count() == 1


def test_back_and_raise_again_leads_to_the_same_code_red(house: House, device: Devices) -> None:
    """Whoever is unsure whether it went through goes back and presses again."""
    desk = device("desk").is_of(house.olga)
    raise_code_red(desk)

    desk.page.go_back()
    press(desk, "Raise code red")
    sees(desk, "Code red 1", "Answer due by 12:05:00")

    assert Incident.objects.count() == 1


def test_console_keeps_up_by_itself(house: House, incident: Incident, device: Devices) -> None:
    """An officer who has to reload learns too late that somebody is on it."""
    desk = device("desk").is_of(house.olga)
    desk.open("/code-reds/1/")
    expect(desk.page.get_by_text("Anna Hale on it")).to_have_count(0)

    acknowledge(incident=incident, by=house.anna, now=at(100))

    sees(desk, "On it")


def test_copy_takes_the_exact_words_and_opens_the_network(
    house: House, incident: Incident, answer: Answer, device: Devices
) -> None:
    """What is pasted must be what was signed; a word lost on the way was approved by nobody."""
    approve(answer=answer, act=act(house.anna, 95))
    desk = device("desk", permissions=["clipboard-read", "clipboard-write"]).is_of(house.olga)
    desk.context.route("https://x.com/**", lambda route: route.fulfill(body="X"))
    desk.open(f"/answers/{answer.pk}/release/")

    with desk.context.expect_page() as opened:
        press(desk, re.compile("^Copy it"))

    assert opened.value.url.startswith("https://x.com/")
    desk.page.bring_to_front()
    assert desk.page.evaluate("navigator.clipboard.readText()") == TEXT
    expect(desk.page.get_by_role("status")).to_have_text("Copied")


def test_copy_that_is_refused_leaves_the_words_to_be_copied_by_hand(
    house: House, incident: Incident, answer: Answer, device: Devices
) -> None:
    """A browser may refuse the clipboard; nobody must believe the words are in it."""
    approve(answer=answer, act=act(house.anna, 95))
    desk = device("desk").is_of(house.olga)
    desk.context.route("https://x.com/**", lambda route: route.fulfill(body="X"))
    desk.context.add_init_script("delete Navigator.prototype.clipboard")
    desk.open(f"/answers/{answer.pk}/release/")

    press(desk, re.compile("^Copy it"))

    sees(desk, "Select the words above and copy them")
    assert desk.page.evaluate("getSelection().toString().trim()") == TEXT
    expect(desk.page.get_by_text("Copied", exact=True)).to_have_count(0)
