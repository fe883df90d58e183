"""Every screen that there is, each in the moment of the night in which people meet it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crisis.models import Answer
from crisis.operations.answer import Wording, revise_answer, withdraw_answer
from crisis.operations.incident import acknowledge, stand_down
from crisis.operations.sign_off import send_back, take_back
from escalation.models import Person, Role
from escalation.operations.sign_in import make_sign_in_link
from tests.browser.acts import press, sees
from tests.browser.devices import Device
from tests.browser.night import Night
from tests.browsers import address_of
from tests.sample_night import SampleNight
from tests.story import make_person

SEND_CODE = re.compile("^Send (me a|a new) code")
MORE = ("We have spoken to him.", "He has heard it from us.")
TOO_LONG = "We have taken note of the concerns that were raised by our stakeholders. " * 5


def stay(one: Device) -> None:
    """The screen is there once its address is open."""


@dataclass(frozen=True)
class Screen:
    """One screen: whose device, where, and what is pressed until it shows."""

    name: str
    path: str
    by: Person | None = None
    press: Callable[[Device], None] = stay
    signed_in: bool = True
    """Else the device is merely known to be theirs: they come by a page's link."""


Scene = Callable[[Night], Iterator[Screen]]


def pressing(*names: str | re.Pattern[str]) -> Callable[[Device], None]:
    """Press what leads on, each time until the next screen is there whole."""

    def go(one: Device) -> None:
        for name in names:
            with one.page.expect_event("load"):
                press(one, name)

    return go


# ------------------------------------------------------------ before anything happens


def stranger(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    yield Screen("sign-in", "/sign-in/")
    yield Screen("sign-in, wrong", "/sign-in/", press=wrong_password)
    yield Screen("sign-in, locked", "/sign-in/", press=locked_out)
    yield Screen("sign-in by mail, no address", "/sign-in/", press=without_address)
    yield Screen("sign-in by mail, sent", "/sign-in/link/sent/")
    _, token = make_sign_in_link(email=story.amara.email, now=night.now())
    yield Screen("sign-in by mail", f"/sign-in/link/{token}/")
    yield Screen("sign-in by mail, ended", "/sign-in/link/nothing/")
    yield Screen("unknown link", "/p/nothing")
    yield Screen("nothing there", "/nothing/")
    yield Screen("no cookies", "/sign-in/", press=without_cookies)


def guess(one: Device, email: str) -> None:
    one.page.get_by_label("Work email").fill(email)
    one.page.get_by_label("Password").fill("a guess")
    press(one, "Sign in")


def without_address(one: Device) -> None:
    press(one, "Email me a sign-in link")
    sees(one, "Type your work email first.")


def wrong_password(one: Device) -> None:
    guess(one, "nobody@hearthside.example")
    sees(one, "The email or the password is not right")


def locked_out(one: Device) -> None:
    for _ in range(10):
        one.post("/sign-in/", username="locked@hearthside.example", password="a guess")
    guess(one, "locked@hearthside.example")
    sees(one, "Too many tries")


def without_cookies(one: Device) -> None:
    one.context.clear_cookies()
    guess(one, "nobody@hearthside.example")
    sees(one, "Nothing was sent")


def first_run(night: Night) -> Iterator[Screen]:
    yield Screen("first run", "/", make_person("Olga Reyes", Role.OFFICER))
    yield Screen("first run, admin", "/", make_person("Cara Diaz", Role.ADMIN))


def quiet(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    amara = story.amara
    yield Screen("home", "/", amara)
    yield Screen("home of a manager", "/", story.idris)
    yield Screen("home of an admin", "/", story.tom)
    yield Screen("raise", "/raise/", amara)
    yield Screen("raise, fault", "/raise/", amara, pressing("Raise code red"))
    yield Screen("not yours", "/raise/", story.idris)
    yield Screen("code reds", "/code-reds/", amara)
    yield Screen("reports", "/reports/", amara)
    yield Screen("playbooks", "/playbooks/", amara)
    yield Screen("playbook", "/playbooks/VOL-01/", amara)
    yield Screen("playbook of an admin", "/playbooks/SAFE-01/", story.tom)
    yield Screen("chains", "/chains/", amara)
    yield Screen("tray", "/tray/", story.idris)
    yield Screen("not there", "/code-reds/99/", amara)
    night.seconds += 60
    yield Screen("clock has stopped", "/", amara)


# ------------------------------------------------------------ the officer, while it runs


def under_way(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    answer = story.go_to_waiting()
    amara = story.amara
    mine = Answer.objects.exclude(pk=answer.pk).filter(status=Answer.Status.DRAFT).get()
    asked = story.incident.questions.order_by("-pk")[0].pk
    yield Screen("home", "/", amara)
    yield Screen("home of a manager", "/", story.idris)
    yield Screen("console", "/code-reds/1/", amara)
    yield Screen("console of a manager", "/code-reds/1/", story.ruth)
    yield Screen("timeline", "/code-reds/1/timeline/", amara)
    yield Screen("code reds", "/code-reds/", amara)
    yield Screen("questions", "/code-reds/1/questions/", amara)
    yield Screen("questions, fault", "/code-reds/1/questions/", amara, pressing("Add the question"))
    yield Screen("what we know", "/code-reds/1/facts/", amara)
    yield Screen("what we know, fault", "/code-reds/1/facts/", amara, pressing("Add what we know"))
    yield Screen("hand over", "/code-reds/1/page-next/", amara)
    yield Screen("stand down", "/code-reds/1/stand-down/", amara)
    yield Screen("stand down, fault", "/code-reds/1/stand-down/", amara, pressing("Stand down"))
    yield Screen("report so far", "/code-reds/1/report/", amara)
    yield Screen("raise another", "/raise/", amara)
    yield Screen("tray", "/tray/", story.idris)
    yield Screen("new draft", f"/code-reds/1/draft/?question={asked}", amara)
    yield Screen("draft to everyone", "/code-reds/1/draft/", amara)
    yield Screen("statement", "/code-reds/1/draft/?statement=HOLD", amara)
    yield Screen("draft", f"/answers/{mine.pk}/", amara)
    yield Screen("draft, too long", f"/code-reds/1/draft/?question={asked}", amara, too_long)
    yield Screen("draft, blank", f"/code-reds/1/draft/?question={asked}", amara, blank_left)
    yield Screen("waits for sign-off", f"/answers/{answer.pk}/", amara)
    yield Screen("not yet to release", f"/answers/{answer.pk}/release/", amara)
    yield Screen("changed meanwhile", f"/answers/{answer.pk}/", amara, changed_meanwhile(story))
    yield Screen("closed meanwhile", f"/answers/{mine.pk}/", amara, closed_meanwhile(story))


def too_long(one: Device) -> None:
    one.page.get_by_label(re.compile("^Answer on")).fill(TOO_LONG)
    press(one, "Check it")
    sees(one, "Why it has to be this long")


def blank_left(one: Device) -> None:
    press(one, re.compile(r"^Use these words\W+It was one of ours"))
    press(one, "Send for sign-off")
    sees(one, "Fill this in, or take it out")


def changed_meanwhile(story: SampleNight) -> Callable[[Device], None]:
    def go(one: Device) -> None:
        say_more(story)
        one.page.get_by_label("Answer on X").fill("Other words of mine.")
        press(one, "Save the change")
        sees(one, "Nothing has been")

    return go


def say_more(story: SampleNight) -> None:
    """Change the answer, each time to something else: it is looked at on two devices."""
    count = Answer.objects.get(pk=story.answer.pk).current
    revise(story, f"{story.script.first.amended} {MORE[count % len(MORE)]}")


def revise(story: SampleNight, text: str) -> None:
    answer = Answer.objects.get(pk=story.answer.pk)
    wording = Wording(text, answers_question=True)
    now = story.night.now()
    revise_answer(answer=answer, seen=answer.current, wording=wording, by=story.amara, now=now)


def closed_meanwhile(story: SampleNight) -> Callable[[Device], None]:
    def go(one: Device) -> None:
        one.page.get_by_label(re.compile("^Answer on")).fill("Words that must not be lost.")
        story.incident.refresh_from_db()
        if story.incident.is_open:
            now = story.night.now()
            stand_down(incident=story.incident, by=story.amara, end="mistake", now=now)
        press(one, "Save draft")
        sees(one, "Words that must not be lost.")

    return go


def breached(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    answer = story.go_to_waiting()
    story.pass_until(311)
    yield Screen("home", "/", story.amara)
    yield Screen("console", "/code-reds/1/", story.amara)
    yield Screen("console, waiting on", "/code-reds/1/?keep=1", story.amara)
    yield Screen("release under the clause", f"/answers/{answer.pk}/release/", story.amara)
    yield link("sign, late", story, story.idris)


def answered(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    answer = story.go_to_waiting()
    story.pass_until(167)
    story.approve(answer, 167)
    yield Screen("console, approved", "/code-reds/1/", story.amara)
    yield Screen("release", f"/answers/{answer.pk}/release/", story.amara)
    wrong = pressing("It’s out")
    yield Screen("release, fault", f"/answers/{answer.pk}/release/", story.amara, wrong)
    yield link("approved", story, story.idris)
    yield link("approved by another", story, story.ruth)
    story.pass_until(211)
    story.release(answer, 211)
    yield Screen("console, answered", "/code-reds/1/", story.amara)
    yield Screen("released", f"/answers/{answer.pk}/release/", story.amara)
    yield link("out", story, story.idris)


def closed(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    story.go_to_the_end()
    yield Screen("home", "/", story.amara)
    yield Screen("console", "/code-reds/1/", story.amara)
    yield Screen("report", "/code-reds/1/report/", story.amara)
    yield Screen("reports", "/reports/", story.amara)
    yield Screen("code reds", "/code-reds/", story.amara)
    yield Screen("timeline", "/code-reds/1/timeline/", story.amara)
    yield link("ended link", story, story.idris)
    yield Screen("ended link of a stranger", address_of(story.incident, story.idris))
    yield Screen("stood down", "/sign/1/", story.idris)


def drill(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    incident = story.raise_it(is_drill=True)
    yield Screen("home", "/", story.amara)
    yield Screen("console", "/code-reds/1/", story.amara)
    yield link("waiting", story, story.joanna)
    story.pass_until(62)
    asked = incident.questions.get()
    story.answer = story.submit(story.draft(asked, story.script.first.amended, 62), 62)
    yield link("sign", story, story.idris)
    story.approve(story.answer, 62)
    yield Screen("release", f"/answers/{story.answer.pk}/release/", story.amara)


# ------------------------------------------------------------ the manager's page


def link(
    name: str, story: SampleNight, by: Person, press: Callable[[Device], None] = stay
) -> Screen:
    """What somebody sees who opens the link of their page on a telephone that is known."""
    return Screen(name, address_of(story.incident, by), by, press, signed_in=False)


def before_the_answer(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    incident = story.raise_it()
    stranger = address_of(incident, story.joanna)
    yield link("needed", story, story.joanna)
    yield link("hand over", story, story.joanna, pressing("Hand over"))
    yield Screen("code", stranger)
    yield Screen("code sent", stranger, press=pressing(SEND_CODE))
    yield Screen("code wrong", stranger, press=wrong_code)
    story.pass_until(62)
    acknowledge(incident=incident, by=story.idris, now=story.at(62))
    yield link("on it", story, story.idris)
    yield Screen("at another's link", address_of(incident, story.joanna), story.idris)


def wrong_code(one: Device) -> None:
    press(one, SEND_CODE)
    one.page.get_by_label("The six digits").fill("000000")
    press(one, "Open it")
    sees(one, "That is not the code")


def to_sign(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    answer = story.go_to_waiting()
    idris = story.idris
    yield link("sign", story, idris)
    yield link("amend", story, idris, pressing("Amend"))
    yield link("amend, changed", story, idris, amended("It was wrong. "))
    yield link("amend, too long", story, idris, amended(TOO_LONG))
    yield link("ask for a change", story, idris, pressing("Ask for change"))
    no_reason = pressing("Ask for change", "Send back to Amara")
    yield link("ask for a change, fault", story, idris, no_reason)
    yield link("hand over", story, idris, pressing("Hand over"))
    yield Screen("others sign", "/sign/1/", story.siobhan)
    yield link("changed", story, idris, approve_after(story))
    revise(story, f"{TOO_LONG} Next update by {{time}}.")
    yield link("sign, with advice", story, idris)
    yield link("sign, blocked", story, idris, pressing("Approve answer"))
    answer.sign_offs.update(needed=2)
    yield link("two must sign", story, idris)


def amended(more: str) -> Callable[[Device], None]:
    def go(one: Device) -> None:
        press(one, "Amend")
        words = one.page.get_by_label("Our answer, in your words")
        words.fill(more + words.input_value())
        press(one, "See what I changed")
        sees(one, "What you changed")

    return go


def approve_after(story: SampleNight) -> Callable[[Device], None]:
    def go(one: Device) -> None:
        # It asks whether it should turn, and is never answered: as where the network is bad. What
        # it asked before that is dropped with the page.
        one.page.route("**/moved/**", lambda route: None)
        one.page.reload()
        say_more(story)
        press(one, "Approve answer")
        sees(one, "This answer changed while you were reading")

    return go


def decided(night: Night) -> Iterator[Screen]:
    story = SampleNight(night)
    answer = story.go_to_waiting()
    send_back(answer=answer, act=story.act(story.idris, 131, "Say that it was wrong"))
    yield link("sent back", story, story.idris)
    yield Screen("asked for a change", f"/answers/{answer.pk}/", story.amara)
    yield Screen("console, sent back", "/code-reds/1/", story.amara)
    story.submit(answer, 131)
    story.approve(answer, 131)
    take_back(answer=answer, act=story.act(story.ruth, 131))
    yield link("taken back", story, story.idris)
    withdraw_answer(answer=answer, by=story.amara, now=story.night.now())
    yield Screen("withdrawn", f"/sign/1/?answer={answer.pk}", story.idris)


SCENES: dict[str, Scene] = {
    each.__name__: each
    for each in (
        stranger,
        first_run,
        quiet,
        under_way,
        breached,
        answered,
        closed,
        drill,
        before_the_answer,
        to_sign,
        decided,
    )
}
