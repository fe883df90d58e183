"""A telephone in a lift: what is still readable, and a press that must count once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from crisis.models import Answer, Decision, Incident
from crisis.operations.answer import submit_answer
from crisis.operations.sign_off import take_back
from tests.agreements import agree
from tests.browser.acts import press, sees
from tests.browser.conftest import Devices
from tests.browser.devices import KINDS, Device
from tests.browser.night import Night
from tests.browser.relay import Relay, relaying
from tests.browsers import address_of
from tests.story import TEXT, House, act, at

pytestmark = pytest.mark.browser

UNSENT = "Nothing has been sent"
IS_KEPT = """() => new Promise((done) => {
  const look = async () => (await caches.match(location.href)) ? done() : setTimeout(look, 50);
  look();
})"""
IS_RUN = "() => Boolean(navigator.serviceWorker.controller)"


@pytest.fixture
def network(site: str, settings: Settings) -> Iterator[Relay]:
    with relaying(site) as relay:
        settings.CODERED_BASE_URL = relay.url
        yield relay


@pytest.fixture
def phone(browser: Browser, network: Relay, house: House) -> Device:
    """Anna's telephone. What it complains of is the network, which is bad on purpose."""
    return Device(browser.new_context(**KINDS["phone"]), network.url).was_of(house.anna)


@pytest.fixture
def incident(house: House, night: Night) -> Incident:
    incident = house.alarm()
    night.pass_until(100)
    return incident


@pytest.fixture
def answer(house: House, incident: Incident) -> Answer:
    return house.submitted(incident, seconds=90)


def is_kept(one: Device) -> None:
    """Wait until the device has kept what it shows."""
    one.page.evaluate(IS_KEPT)


def test_press_without_a_network_is_kept_and_sent_once(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """She pressed, put the telephone away, and the officer waits for nothing."""
    phone.open(address_of(incident, house.anna))
    sees(phone, TEXT)

    network.cut()
    press(phone, "Approve answer")
    sees(phone, UNSENT, "Not sent yet: Approve answer")
    press(phone, "Approve answer")
    assert not Decision.objects.exists()
    network.mend()

    sees(phone, "Approved. Thank you, Anna")
    assert Decision.objects.filter(kind="approve").count() == 1
    expect(phone.page.get_by_text(UNSENT)).to_be_hidden()


def test_press_whose_answer_was_lost_counts_once(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """Approved, taken back, and approved again by a telephone that comes out of a tunnel."""
    phone.open(address_of(incident, house.anna))
    sees(phone, TEXT)

    network.lose_answers()
    press(phone, "Approve answer")
    sees(phone, "Not sent yet: Approve answer")
    network.cut()
    assert Decision.objects.filter(kind="approve").count() == 1
    take_back(answer=answer, act=act(house.olga, 110))
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(111))
    network.mend()

    expect(phone.page.get_by_text(UNSENT)).to_be_hidden()
    sees(phone, "Approve answer")
    assert Decision.objects.filter(kind="approve").count() == 1


def test_press_that_is_not_wanted_any_more_is_dropped(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """She has told them by voice, and the telephone says something else an hour later."""
    phone.open(address_of(incident, house.anna))
    network.cut()
    press(phone, "Approve answer")
    sees(phone, UNSENT)

    press(phone, "Don’t send it")
    network.mend()
    phone.page.reload()

    sees(phone, "Approve answer")
    expect(phone.page.get_by_text(UNSENT)).to_be_hidden()
    assert not Decision.objects.exists()


def test_what_was_last_seen_is_readable_and_can_be_decided(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """The page that paged her is a dinosaur as soon as the lift's doors close."""
    phone.open(address_of(incident, house.anna))
    sees(phone, TEXT)
    is_kept(phone)

    network.cut()
    phone.page.reload()
    sees(phone, TEXT, "You are offline", "It is from 12:01:40")
    press(phone, "Approve answer")
    sees(phone, "Not sent yet: Approve answer")
    network.mend()

    sees(phone, "Approved. Thank you, Anna")


def test_whatever_was_not_seen_leads_to_what_was(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """Somebody presses the link of a second page, and believes that all is lost."""
    phone.open(address_of(incident, house.anna))
    is_kept(phone)

    network.cut()
    phone.open("/p/another/")
    sees(phone, "You are offline", "Last seen on this device")
    phone.page.get_by_role("link", name=re.compile("^Approve an answer")).click()

    sees(phone, TEXT)


def test_words_stay_where_a_press_cannot_be_kept(
    house: House, incident: Incident, night: Night, device: Devices
) -> None:
    """A browser's own page for "no network" takes the answer with it."""
    desk = device("desk").is_of(house.olga)
    desk.open(f"/code-reds/1/draft/?question={incident.questions.get().pk}")
    desk.page.get_by_label("Answer on X").fill(TEXT)

    desk.context.set_offline(True)
    press(desk, "Save draft")
    sees(desk, UNSENT, "Your words are still here")
    desk.context.set_offline(False)
    press(desk, "Save draft")

    sees(desk, TEXT)
    assert Answer.objects.get().versions.get().text == TEXT
    desk.watch.complaints.clear()


def test_telephone_that_was_signed_out_shows_nothing(
    house: House, incident: Incident, browser: Browser, network: Relay
) -> None:
    """The duty telephone goes to the next person, or gets lost."""
    phone = Device(browser.new_context(**KINDS["phone"]), network.url).is_of(house.olga)
    phone.open("/code-reds/1/")
    is_kept(phone)

    phone.page.get_by_text("Menu").click()
    press(phone, "Sign out")
    sees(phone, "Work email")
    phone.page.wait_for_function(IS_RUN)
    network.cut()
    phone.open("/code-reds/1/")

    sees(phone, "You are offline")
    expect(phone.page.get_by_text("Last seen on this device")).to_be_hidden()


def test_what_is_restricted_is_never_kept(
    house: House, night: Night, phone: Device, network: Relay
) -> None:
    """What only three people may read lies on a telephone for half a day."""
    incident = house.alarm(playbook=agree(house, "SAFE-01", is_restricted=True))
    night.pass_until(10)
    phone.open(address_of(incident, house.anna))
    sees(phone, "You’re needed, Anna")
    phone.page.wait_for_function(IS_RUN)

    phone.page.reload()
    sees(phone, "You’re needed, Anna")
    network.cut()
    phone.page.reload()

    sees(phone, "You are offline")
    expect(phone.page.get_by_text("You’re needed, Anna")).to_be_hidden()


# ------------------------------------------------------------ presses that are kept


def test_press_of_one_person_is_not_sent_by_the_next(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """The duty telephone: Ben would sign what Anna has read."""
    phone.open(address_of(incident, house.anna))
    network.cut()
    press(phone, "Approve answer")
    sees(phone, UNSENT)
    network.mend()
    phone.page.goto("about:blank")
    phone.was_of(house.ben)

    phone.open(address_of(incident, house.ben))
    sees(phone, "Approve answer")
    expect(phone.page.get_by_text(UNSENT)).to_be_hidden()
    assert not Decision.objects.exists()
    phone.open(address_of(incident, house.anna))

    sees(phone, "Approved. Thank you, Anna")
    assert Decision.objects.get().by == house.anna


def test_press_of_a_while_ago_is_asked_for_first(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """Six minutes later somebody has answered by telephone, and it is another night."""
    phone.page.clock.set_fixed_time(at(100))
    phone.open(address_of(incident, house.anna))
    network.cut()
    press(phone, "Approve answer")
    sees(phone, UNSENT)
    network.mend()
    phone.page.clock.set_fixed_time(at(460))
    phone.page.reload()

    sees(phone, "Not sent: Approve answer", "Send it only if it is still right")
    assert not Decision.objects.exists()
    press(phone, "Send it now")

    sees(phone, "Approved. Thank you, Anna")


def test_press_outlives_a_session_that_has_ended(
    house: House, incident: Incident, answer: Answer, phone: Device, network: Relay
) -> None:
    """'It goes once, by itself' - and then only the sign-in page was there."""
    phone.is_of(house.anna)
    phone.open(f"/sign/{incident.number}/")
    network.cut()
    press(phone, "Approve answer")
    sees(phone, UNSENT)
    Session.objects.all().delete()
    network.mend()

    sees(phone, "Work email")
    phone.sign_in(house.anna)

    sees(phone, "Approved. Thank you, Anna")


def test_words_of_what_is_restricted_are_not_written_down(
    house: House, night: Night, phone: Device, network: Relay
) -> None:
    """What only three people may read lies on a telephone in plain text."""
    incident = house.alarm(playbook=agree(house, "SAFE-01", is_restricted=True))
    night.pass_until(10)
    house.submitted(incident, seconds=9)
    phone.open(address_of(incident, house.anna))
    press(phone, "Ask for change")
    phone.page.get_by_label("A fact is wrong").check()
    phone.page.get_by_label("Tell Olga").fill("The boy is called Jonah.")
    network.cut()
    press(phone, "Send back to Olga")
    sees(phone, "Not sent yet: Send back to Olga")

    assert "Jonah" not in phone.page.evaluate("JSON.stringify(localStorage)")
    network.mend()

    sees(phone, "It is back with Olga")
    assert Decision.objects.get().reason.endswith("Jonah.")


def test_clock_of_what_was_last_seen_goes_on(
    house: House, incident: Incident, phone: Device, network: Relay
) -> None:
    """Three minutes left, says a page of two minutes ago, with one minute left."""
    phone.page.clock.set_fixed_time(at(100))
    phone.open(address_of(incident, house.anna))
    is_kept(phone)
    network.cut()
    phone.page.clock.set_fixed_time(at(220))
    phone.page.reload()

    sees(phone, "You are offline", "1:20")
    network.mend()

    expect(phone.page.get_by_text("You are offline")).to_be_hidden()
