"""While somebody writes: what is counted, what is checked, and what is never taken from them."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from crisis.models import Answer, Decision, Incident
from playbooks.rules.counting import count, network_limit
from playbooks.rules.networks import NETWORKS
from tests.browser.acts import control, press, sees
from tests.browser.conftest import Devices
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.browsers import address_of
from tests.story import TEXT, House

pytestmark = pytest.mark.browser

ROWS = json.loads((Path(__file__).parents[1] / "playbooks/counts.json").read_text("utf-8"))
COUNTED = """async (rows) => {
  const { count, networkLimit } = await import("/static/crisis/js/count.js");
  const { networks, tlds } = await (await fetch("/counting.json")).json();
  const known = new Set(tlds);
  return rows.map(([text, key, isReply]) =>
    [count(text, networks[key], known, isReply), networkLimit(text, networks[key])]);
}"""
LETTERS = "a Z é e\u0301 ß … – ’ € ~ 字 ж ＡＢ ﬁ K ſ # @ . , ( ) - _ \u200d \ufe0f"
EMOJI = "👍 👍🏽 👨\u200d👩\u200d👧 🇫🇷 🇫 ❤\ufe0f © ©\ufe0f 1\ufe0f⃣ ☎"
LINKS = (
    "https:// http://a.uk example.org readme.md node.js it.Is x.co/a_(b). xn--p1ai a.b.c :8080 "
    "/path?q=1&b=2 пример.рф münchen.de bbc.co.uk @dan @dan@social.example #tag"
)
PIECES = [" ", "  ", "\n", "\r\n", *f"{LETTERS} {EMOJI} {LINKS}".split()]


def mixed_texts(many: int) -> list[str]:
    """Texts that no hand would write, made of what counters stumble over; always the same."""
    dice = random.Random(27)  # noqa: S311
    return ["".join(dice.choices(PIECES, k=dice.randint(1, 14))) for _ in range(many)]


CHECKED = "**/draft/**"


TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""What has arrived by then has been taken in, and drawn."""


def is_look(route: Route) -> bool:
    """Whether the page only looks what is new, by itself: what is typed it posts."""
    return not is_posted(route.request)


def is_posted(request: Request) -> bool:
    return request.method == "POST"


@pytest.fixture
def incident(house: House, night: Night) -> Incident:
    incident = house.alarm()
    night.pass_until(100)
    return incident


@pytest.fixture
def desk(house: House, incident: Incident, device: Devices) -> Device:
    """Olga's desk, with an empty answer to whoever asked."""
    desk = device("desk").is_of(house.olga)
    desk.open(f"/code-reds/1/draft/?question={incident.questions.get().pk}")
    return desk


def test_browser_counts_what_the_server_counts(house: House, device: Devices) -> None:
    """An answer that fits while it is typed, and is too long when it is sent."""
    desk = device("desk")
    desk.open("/sign-in/")
    rows = [[row["text"] * row["repeat"], row["network"], row["is_reply"]] for row in ROWS]
    mixed = [[text, key, True] for text in mixed_texts(300) for key in NETWORKS]

    found = desk.page.evaluate(COUNTED, rows + mixed)

    assert [used for used, _ in found[: len(ROWS)]] == [row["count"] for row in ROWS]
    ours = [[count(*row), network_limit(*row[:2])] for row in mixed]
    pairs = zip(mixed, found[len(rows) :], ours, strict=True)
    assert [each for each in pairs if each[1] != each[2]] == []


def test_count_and_checks_follow_what_is_typed(desk: Device) -> None:
    """She learns at the press that it is twelve too long, and the minute is gone."""
    words = desk.page.get_by_label("Answer on X")

    words.fill("No. " * 80)

    sees(desk, "319 of 280: 39 over", "39 too long for X")
    words.fill(TEXT)
    sees(desk, f"{count(TEXT, 'x', is_reply=True)} of 280")
    expect(desk.page.get_by_text("39 too long for X")).to_be_hidden()
    expect(words).to_be_focused()


def test_own_tab_follows_what_is_typed(desk: Device) -> None:
    """It fits, says the tab; it is too long, says the count under the words: she believes one."""
    page = desk.open("/code-reds/1/draft/")

    page.get_by_label("Answer on X").fill("n" * 297)

    expect(page.get_by_role("button", name="X, 297 of 280: 17 over")).to_be_visible()


def test_whoever_stands_on_a_tab_stays_on_it(desk: Device) -> None:
    """With a keyboard, the way to the next channel starts again at the top of the page."""
    page = desk.open("/code-reds/1/draft/")
    tab = page.get_by_role("button", name="Facebook, None yet")

    page.get_by_label("Answer on X").fill("No. " * 80)
    tab.focus()
    sees(desk, "39 too long for X")

    expect(tab).to_be_focused()


def test_words_are_there_when_she_comes_back_from_another_channel(desk: Device) -> None:
    """Two lines typed, a look at what is said on Facebook, and they are to be typed again."""
    page = desk.open("/code-reds/1/draft/")
    page.get_by_label("Answer on X").fill(TEXT)

    press(desk, "Facebook, None yet")
    expect(page.get_by_label("Answer on Facebook")).to_have_value("")
    press(desk, re.compile(r"^X, \d+ of 280$"))

    expect(page.get_by_label("Answer on X")).to_have_value(TEXT)
    sees(desk, "Version 1 is kept")


def test_pasted_book_is_counted_and_far_over(house: House, device: Devices) -> None:
    """A slip of the clipboard, and the page with the answer in it is gone."""
    desk = device("desk")
    desk.open("/sign-in/")

    found = desk.page.evaluate(COUNTED, [["👍🏽" * 50_000, "mastodon", False]])

    assert found == [[100_000, 500]]


def test_limit_and_what_is_to_fix_are_said_aloud(desk: Device) -> None:
    """Who cannot see the counter turn red sends what is refused."""
    words, said = desk.page.get_by_label("Answer on X"), desk.page.get_by_role("status")
    words.fill("No. " * 79 + "No.")

    expect(said).to_have_text("319 of 280: 39 over")
    expect(said).to_have_text(re.compile("^1 to fix"))

    words.fill("Yes.")
    expect(said).to_have_text("4 of 280")


def test_reply_to_older_words_does_not_stand_beside_newer_ones(desk: Device) -> None:
    """She cut it to fit, reads that it is 39 too long, and cuts what was needed."""
    page, asked = desk.page, list[Route]()
    page.route(CHECKED, lambda route: route.continue_() if is_look(route) else asked.append(route))
    words = page.get_by_label("Answer on X")
    with page.expect_request(is_posted):
        words.fill("No. " * 80)

    with page.expect_request(is_posted):
        words.fill(TEXT)
        with page.expect_response(lambda one: one.request == asked[0].request):
            asked[0].continue_()

    expect(page.get_by_text("39 too long for X")).to_be_hidden()
    sees(desk, f"{count(TEXT, 'x', is_reply=True)} of 280")
    asked[1].continue_()


def test_nothing_turns_under_a_finger_that_is_down(desk: Device) -> None:
    """A press that ends on another button than it began on is no press, and nobody says so."""
    page = desk.page
    page.get_by_role("heading", name="Before it goes").hover()
    page.mouse.down()
    with page.expect_response(lambda one: is_posted(one.request)) as checked:
        page.get_by_label("Answer on X").fill("No. " * 80)
    checked.value.finished()
    page.evaluate(TWO_FRAMES)
    expect(page.get_by_text("39 too long for X")).to_be_hidden()

    page.mouse.up()

    sees(desk, "39 too long for X")


def test_button_that_stayed_the_same_can_be_pressed_at_once(
    house: House, incident: Incident, device: Devices
) -> None:
    """The press that sends it, a second after the tick, does nothing at all."""
    phone = device("phone").is_of(house.olga)
    phone.open(f"/code-reds/1/draft/?question={incident.questions.get().pk}")
    phone.page.get_by_label("Answer on X").fill(TEXT)
    sees(phone, "1 to read")
    send = phone.page.locator("#send-phone")

    phone.page.get_by_label("It answers what they ask").check()

    expect(send).not_to_contain_text("to read")
    assert not send.evaluate("(part) => part.inert")


def test_nothing_is_kept_by_what_only_looks(desk: Device) -> None:
    """Half a sentence, kept as a draft that a colleague sends."""
    desk.page.get_by_label("Answer on X").fill("We take this seriously, stakeholders.")

    sees(desk, "How it reads")
    assert not Answer.objects.exists()


def test_blanks_of_a_statement_fill_its_words(desk: Device) -> None:
    """Typed twice, once wrongly."""
    desk.open("/code-reds/1/")
    press(desk, "Release the holding statement")

    desk.page.get_by_label("Next update by").fill("12:45")

    expect(desk.page.locator("textarea")).to_have_value(
        "We've seen the video. We're finding out now. Next update here by 12:45."
    )


def test_half_a_value_is_not_written_into_own_words(house: House, desk: Device) -> None:
    """Half a name, written into the words for good by a pause while it was typed."""
    desk.open("/code-reds/1/")
    press(desk, "Release the holding statement")
    words = desk.page.locator("textarea")
    own = "We ask them now. Next update here by {time}."
    words.fill(own)

    slot = desk.page.get_by_label("Next update by")
    with desk.page.expect_response(lambda one: "12:30" in (one.request.post_data or "")):
        slot.fill("12:30")
    slot.fill("12:45")
    with desk.page.expect_response(lambda one: "12:45" in (one.request.post_data or "")):
        expect(words).to_have_value(own)
    press(desk, "Save draft")

    sees(desk, "Version 1 is kept")
    assert Answer.objects.get().versions.get().text == own.replace("{time}", "12:45")


def test_words_that_came_before_the_scripts_are_checked(
    house: House, incident: Incident, device: Devices
) -> None:
    """On a slow network the first word is typed into a page that is not all there."""
    desk = device("desk").is_of(house.olga)
    late: list[Route] = []
    desk.page.route("**/check*.js", lambda route: late.append(route))
    address = f"{desk.site}/code-reds/1/draft/?question={incident.questions.get().pk}"
    desk.page.goto(address, wait_until="commit")

    desk.page.get_by_label("Answer on X").fill("No. " * 80)
    while not late:
        desk.page.wait_for_event("request")
    late[0].continue_()

    sees(desk, "39 too long for X")


def test_check_that_was_lost_is_asked_for_again(
    house: House, incident: Incident, device: Devices
) -> None:
    """One request is lost on the way, and the next update never reaches the words."""
    desk = device("desk").is_of(house.olga)
    desk.open("/code-reds/1/")
    press(desk, "Release the holding statement")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost or is_look(route):
            return route.continue_()
        lost.append(route.request.method)
        route.abort("aborted")

    slot = desk.page.get_by_label("Next update by")
    expect(slot).to_be_visible()
    desk.page.route(CHECKED, lose)
    slot.fill("12:45")

    expect(desk.page.locator("textarea")).to_have_value(re.compile(r"12:45\.$"))
    assert lost == ["POST"]


def test_manager_sees_what_they_change_while_they_type(
    house: House, night: Night, incident: Incident, device: Devices
) -> None:
    """A slip of the thumb at night, found by ten thousand readers."""
    answer = house.submitted(incident, seconds=90)
    phone = device("phone").was_of(house.anna)
    phone.open(address_of(incident, house.anna))
    press(phone, "Amend")
    words = phone.page.get_by_label("Our answer, in your words")

    words.fill(TEXT.replace("tonight", "now"))
    sees(phone, "What you changed")
    expect(phone.page.locator("del").last).to_have_text("tonight")
    assert not Decision.objects.exists()
    control(phone, "Approve with changes").click()

    sees(phone, "Approved. Thank you, Anna")
    answer.refresh_from_db()
    assert (answer.status, answer.current) == ("approved", 2)
