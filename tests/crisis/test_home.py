"""Home: what is open, what waits, and who would be paged now."""

from __future__ import annotations

from datetime import timedelta

from crisis.models import Incident
from crisis.operations.incident import stand_down
from crisis.operations.release import release_answer
from crisis.operations.sign_off import approve, send_back
from crisis.screens.coverage import ways_in_words
from escalation.models import ContactMethod
from playbooks.models import Briefing
from tests.browsers import Browser, words
from tests.desk import OUT
from tests.story import NOON, House, act, at

# ------------------------------------------------------------ home


def test_quiet_home_says_what_is_true_and_the_last_time(
    house: House, desk: Browser, incident: Incident
) -> None:
    """An empty screen must not be a worrying one."""
    answer = house.submitted(incident)
    approve(answer=answer, act=act(house.anna))
    release_answer(answer=answer, seen=1, url=OUT, by=house.olga, now=at(245))
    stand_down(incident=incident, by=house.olga, end="answered", now=at(900))
    desk.seconds = 90_000

    told = words(desk.get("/"))

    assert "Nothing is open Sunday 15 November, 13:00" in told
    assert "was answered in 4:05 on Sat 14 Nov. If something breaks now" in told
    assert "Run a drill There has been none yet" in told


def test_home_shows_what_is_open_and_who_is_on_it(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The first screen is where somebody lands who has two seconds."""
    house.submitted(incident)
    page = desk.get("/")

    told = words(page)
    assert "One code red is open" in told
    assert "Raised by you at 12:00:00" in told
    assert "Nobody is on it yet" in told
    assert "1 answer waiting for sign-off 1 person asking" in told
    assert "Open code red 1" in told
    assert "(1) Home" in page.content.decode()


def test_home_with_drills_alone_wears_their_dress(house: House, desk: Browser) -> None:
    """A red card for a rehearsal spends the trust that the real one needs."""
    house.alarm(is_drill=True)
    html = desk.get("/").content.decode()

    assert "One drill is open" in html
    assert "This is a drill" in html
    assert "card--red" not in html


def test_home_lists_what_waits_for_the_officer(house: House, desk: Browser) -> None:
    """An approved answer that nobody posts, and a change that nobody makes, cost the minutes."""
    incident = house.alarm()
    back = house.submitted(incident, "One thing.")
    send_back(answer=back, act=act(house.anna, reason="Say who."))
    approved = house.submitted(incident, "Another, altogether different, thing to say.")
    approve(answer=approved, act=act(house.anna))
    house.draft(incident, "A third.")

    told = words(desk.get("/"))

    assert "Waiting for you 3" in told
    order = [told.index(f"{act} the answer to") for act in ("Post", "Change", "Finish")]
    assert order == sorted(order)


def test_home_lists_what_a_manager_has_to_decide(house: House) -> None:
    """A manager who signs in by themselves must find the answer without a link."""
    house.submitted(house.alarm())
    browser = Browser()
    browser.sign_in(house.anna)

    page = browser.get("/")

    assert "Decide on the answer to @priya_walks" in words(page)
    assert 'href="/sign/1/"' in page.content.decode()
    assert "Raise code red" not in words(page)


def test_home_tells_who_would_be_paged_and_when_that_was_last_proven(
    house: House, desk: Browser
) -> None:
    """A chain that is not tested is a hope."""
    ContactMethod.objects.filter(person=house.anna).update(last_proven_at=NOON)
    ContactMethod.objects.filter(person=house.ben).update(last_proven_at=NOON - timedelta(days=34))

    told = words(desk.get("/"))

    assert "0:00 Anna Hale Reached on Sat 14 Nov" in told
    assert "1:00 Ben Okafor Not tested for 34 days" in told


def test_way_that_this_release_does_not_know_stands_as_it_is() -> None:
    """After a release is taken back, one new kind of contact method would take Home away."""
    assert ways_in_words(["email", "Pager", "webhook"]) == "E-mail, pager and webhook"


def test_home_shows_what_comes_up_and_what_has_no_briefing(house: House, desk: Browser) -> None:
    """What is asked about on Monday is known on Saturday."""
    Briefing.objects.create(title="Shelter funding", happens_at=NOON + timedelta(days=9))

    assert "Shelter funding Mon 23 Nov, 12:00 No briefing yet" in words(desk.get("/"))
