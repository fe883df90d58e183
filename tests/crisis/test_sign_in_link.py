"""Signing in by mail: a way in at three in the morning, and no way in for anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Event, current_thread
from typing import Any

import pytest
from django.core import mail
from django.utils.translation import get_language, override
from pytest_django import Settings

from crisis import post
from escalation.models import Device, Person, Role, SignInLink
from escalation.operations.people import end_sign_ins
from escalation.transports.base import TransportError
from escalation.transports.email import SMTP_BACKEND
from tests.browsers import Browser, words
from tests.crisis.test_sign_robots import dump
from tests.desk import fields
from tests.story import House, at, make_person

ASK = "/sign-in/link/"
SENT = "/sign-in/link/sent/"


class AtOnce:
    """Threads that are none: what is handed to them is done before they return."""

    def submit(self, do: Callable[..., None], *given: Any) -> None:
        do(*given)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "_threads", AtOnce())


def ask(person: Person | str, seconds: float = 100, **given: str) -> Any:
    email = person if isinstance(person, str) else person.email
    return Browser(seconds).post(ASK, username=email, password="", **given)


def mailed() -> str:
    """The way that stands in the newest mail."""
    found = re.search(r"https?://[^/]+(/sign-in/link/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def press(browser: Browser, opened: Any, **given: str) -> Any:
    """Press the one button of the page that a link opened."""
    return browser.post("/sign-in/link/enter/", **(fields(opened) | given))


def test_whoever_has_the_mailbox_gets_in_by_one_press(house: House) -> None:
    """She is the officer on duty, and her password is on the telephone that she dropped."""
    told = ask(house.olga, next="/raise/?post_url=https://x.com/1")
    browser = Browser(130)
    opened = browser.get(mailed())

    entered = press(browser, opened)

    assert told.headers["Location"] == SENT
    assert mail.outbox[-1].to == [house.olga.email]
    assert "Sign in as Olga Reyes" in words(opened)
    assert entered.headers["Location"] == "/raise/?post_url=https://x.com/1"
    assert browser.get("/").status_code == 200


def test_mailbox_alone_proves_no_device(house: House) -> None:
    """A page that comes by mail asks for a second way; whoever holds the mailbox has one only."""
    ask(house.anna)

    press(Browser(130), Browser(130).get(mailed()))

    assert not Device.objects.exists()


def test_link_works_once_and_ends_the_others(house: House) -> None:
    """What lies in a mailbox for years must open nothing."""
    ask(house.olga)
    older = mailed()
    ask(house.olga)
    opened = Browser(130).get(mailed())
    press(Browser(130), opened)

    again = press(Browser(140), opened)
    by_older = Browser(140).get(older)

    assert (again.status_code, by_older.status_code) == (410, 410)
    assert "This link has ended" in words(again)


def test_link_ends_after_a_quarter_of_an_hour(house: House) -> None:
    """A mailbox left open at noon is no way in at night."""
    ask(house.olga, seconds=0)

    in_time = Browser(15 * 60 - 1).get(mailed())
    late = press(Browser(15 * 60), in_time)

    assert (in_time.status_code, late.status_code) == (200, 410)


def test_link_of_somebody_who_left_meanwhile_opens_nothing(house: House) -> None:
    """An account is closed at the door, and its mailbox a week later."""
    ask(house.olga)
    opened = Browser(120).get(mailed())
    Person.objects.filter(pk=house.olga.pk).update(is_active=False)

    assert press(Browser(130), opened).status_code == 410


def test_link_ends_with_the_browsers_that_are_taken_back(house: House) -> None:
    """Her telephone is stolen, and the mail that she had asked for lies on it."""
    ask(house.olga)
    ada = make_person("Ada Lund", Role.ADMIN)

    end_sign_ins(person=house.olga, by=ada, now=at(110))

    assert Browser(130).get(mailed()).status_code == 410


def test_opening_it_signs_nobody_in(house: House) -> None:
    """A mail scanner opens every link before she does, and some run its scripts."""
    ask(house.olga)
    before = dump()
    scanner = Browser(130)

    for _ in range(50):
        assert scanner.get(mailed()).status_code == 200
        assert scanner.head(mailed()).status_code == 200

    assert dump() == before
    assert scanner.get("/").status_code == 302


@pytest.mark.parametrize("who", ["nobody", "lea", "ada", "sam"])
def test_nobody_learns_who_is_known_here(house: House, who: str) -> None:
    """The form must not name our people; a mailbox opens no address book."""
    known = ask(house.olga)
    mail.outbox.clear()
    Person.objects.filter(pk=make_person("Lea Fort", Role.OFFICER).pk).update(is_active=False)
    Person.objects.filter(pk=make_person("Sam Root", Role.OFFICER).pk).update(is_staff=True)
    make_person("Ada Lund", Role.ADMIN)

    told = ask(f"{who}@example.org")

    assert (told.status_code, told.headers["Location"]) == (known.status_code, SENT)
    assert not mail.outbox


def test_link_that_was_used_makes_room(house: House) -> None:
    """Six sign-ins in a bad quarter of an hour are no attack."""
    for _ in range(6):
        ask(house.olga)
        assert press(Browser(130), Browser(130).get(mailed())).status_code == 302


def test_link_that_never_left_makes_room(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail server was away for a minute, and she waits for a quarter of an hour."""
    with monkeypatch.context() as away:
        away.setattr(post, "send", refuse)
        for _ in range(6):
            ask(house.olga)

    ask(house.olga)

    assert press(Browser(130), Browser(130).get(mailed())).status_code == 302


def test_link_that_may_have_left_counts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server took it and said nothing: what lies in her mailbox has to work."""

    def lose(message: Any) -> None:
        raise TransportError("The mail server did not say if it took it.", is_unknown=True)

    monkeypatch.setattr(post, "send", lose)
    ask(house.olga)

    assert SignInLink.objects.count() == 1


def test_nobodys_mailbox_is_filled_by_others(house: House) -> None:
    """Whoever wants her awake all night has her address; what she asked for herself still works."""
    ask(house.olga)
    first = mailed()
    for _ in range(9):
        assert ask(house.olga).headers["Location"] == SENT

    assert len(mail.outbox) == 5
    assert Browser(130).get(first).status_code == 200


def test_address_is_taken_as_telephones_write_it(house: House) -> None:
    """A capital letter that the telephone put there must not cost a minute."""
    ask(f" {house.olga.email.title()} ")

    assert mail.outbox[-1].to == [house.olga.email]


@pytest.mark.parametrize(
    ("typed", "says"),
    [("", "Type your work email first."), ("olga", "Enter a valid email address.")],
)
def test_address_that_is_none_is_told_beside_its_field(house: House, typed: str, says: str) -> None:
    """A slip that is told nowhere is a mail that never comes."""
    told = ask(typed, next="/raise/")

    assert told.status_code == 422
    assert says in words(told)
    assert fields(told)["next"] == "/raise/"
    assert 'method="post" action="/sign-in/"' in told.content.decode()
    assert f'value="{typed}"' in told.content.decode() or not typed
    assert not mail.outbox


@pytest.mark.parametrize(
    "url",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"),
        *("raise", "?q", "#x", "crisis:raise", "/" + "a" * 500),
    ],
)
def test_it_leads_to_no_other_site(house: House, url: str) -> None:
    """A mail from us that leads through our sign-in to somebody else's is a trap.

    Nor may anybody ask for links in her name that end in an error.
    """
    ask(house.olga, next=url)

    opened = Browser(130).get(mailed())
    assert press(Browser(130), opened, next=url).headers["Location"] == "/"


def test_whoever_asks_writes_nothing_into_the_mail(house: House) -> None:
    """A stranger's "call this number" would come from us."""
    ask(house.olga, next="/?URGENT-CALL-44.900.123456")

    assert "URGENT" not in str(mail.outbox[-1].message())
    opened = Browser(130).get(mailed())
    assert press(Browser(130), opened).headers["Location"] == "/?URGENT-CALL-44.900.123456"


@pytest.mark.parametrize("path", [ASK, "/sign-in/link/enter/"])
def test_page_that_is_loaded_again_leads_back_to_the_form(path: str, house: House) -> None:
    """A tab that the telephone brings back asks with GET, and would be an empty page."""
    assert Browser().get(path).headers["Location"] == "/sign-in/"


def test_no_link_is_offered_where_none_could_leave(house: House, settings: Settings) -> None:
    """She waits at three in the morning for a mail that nobody will send."""
    assert "Email me a sign-in link" in words(Browser().get("/sign-in/"))

    settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP_BACKEND, ""

    assert "Email me a sign-in link" not in words(Browser().get("/sign-in/"))


def test_press_from_another_site_signs_nobody_in(house: House) -> None:
    """Signed in unknowingly as somebody else, she would raise in their name."""
    ask(house.olga)

    opened = Browser(130).get(mailed())

    refused = press(Browser(130, checks_csrf=True), opened)

    assert refused.status_code == 403
    assert SignInLink.objects.get().used_at is None


def test_network_that_asks_and_asks_waits(house: House) -> None:
    """Each asking is a look into the database, which the clocks need."""
    told = [ask(f"nobody{n}@example.org").status_code for n in range(62)]

    assert told[0] == 302
    assert told[-1] == 429


def test_demonstration_says_where_its_mail_is(house: House, settings: Settings) -> None:
    """Whoever tries it out waits for a mail that never leaves."""
    assert "var/log/web.log" not in words(Browser().get(SENT))

    settings.CODERED_DEMO = True

    assert "var/log/web.log" in words(Browser().get(SENT))


def test_mail_server_that_is_away_is_in_the_log_and_nothing_else(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that differs tells whom we know; a log with the link in it opens the door."""
    monkeypatch.setattr(post, "send", refuse)

    told = ask(house.olga)

    assert told.headers["Location"] == SENT
    assert "A mail was not sent" in caplog.text
    assert "/sign-in/link/" not in caplog.text
    assert house.olga.email not in caplog.text


def refuse(message: Any) -> None:
    raise TransportError("The mail server could not be reached in time.")


class Blank:
    """A mail with nothing in it."""

    def write(self) -> None:
        return None

    def has_not_left(self) -> None:
        return None


def test_too_many_at_once_are_dropped_and_room_comes_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Mail that waits without end for a server that hangs takes a process's memory."""
    waiting: list[tuple[Any, ...]] = []
    monkeypatch.setattr(AtOnce, "submit", lambda _, *given: waiting.append(given))

    for _ in range(post.MOST_WAITING + 1):
        post.post(Blank())
    assert len(waiting) == post.MOST_WAITING
    assert "too many are waiting" in caplog.text

    monkeypatch.setattr(post, "leave_database", fail)
    for do, *given in waiting:
        with pytest.raises(OSError, match="away"):
            do(*given)
    post.post(Blank())
    assert len(waiting) == post.MOST_WAITING + 1
    monkeypatch.undo()
    waiting[-1][0](*waiting[-1][1:])


def fail() -> None:
    raise OSError("away")


def test_it_is_written_elsewhere_and_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever waits for the answer could tell by the wait whose address is known."""
    monkeypatch.undo()
    seen: list[object] = []
    done = Event()

    class Watched(Blank):
        def write(self) -> None:
            seen.extend([current_thread().name, get_language()])
            done.set()

    with override("fr"):
        post.post(Watched())

    assert done.wait(10)
    assert str(seen[0]).startswith("post")
    assert seen[1] == "fr"
