"""What is known of a storm: written down once, seen by whoever writes and decides, taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from crisis.models import Answer, Fact, Incident
from crisis.operations.answer import submit_answer
from crisis.operations.fact import AlreadyKnown, Learned, add_fact, drop_fact
from crisis.operations.incident import NotOpen, NotYours, stand_down
from crisis.queries.invariants import record_faults
from escalation.models import Event, Role
from tests.agreements import agree
from tests.browsers import Browser, words
from tests.desk import draft_page, write
from tests.story import TEXT, House, at, make_person

INDOORS = Learned("He is unhurt and indoors", "Leeds team lead, by phone")
WHY = Learned("Why he did it", "Don’t guess", is_known=False)


def learn(
    house: House, incident: Incident, learned: Learned = INDOORS, seconds: float = 40
) -> Fact:
    return add_fact(incident=incident, learned=learned, by=house.olga, now=at(seconds))


def address(incident: Incident, back: str = "") -> str:
    return f"/code-reds/{incident.number}/facts/{back}"


# ------------------------------------------------------------ what is kept


def test_fact_and_its_end_are_in_the_evidence(house: House, incident: Incident) -> None:
    """Whoever asks afterwards what was known when it was signed must be told."""
    fact = learn(house, incident)
    assert drop_fact(fact=fact, by=house.anna, now=at(50))

    added, dropped = Event.objects.filter(kind__startswith="fact_").order_by("sequence")
    assert (added.by, added.detail["fact"], added.detail["is_known"]) == (house.olga, fact.pk, True)
    assert INDOORS.text not in str(added.detail)
    assert (dropped.by, dropped.detail) == (house.anna, {"fact": fact.pk})


def test_same_fact_stands_once(house: House, incident: Incident) -> None:
    """Two people on one telephone call write down the same."""
    learn(house, incident)

    with pytest.raises(AlreadyKnown):
        learn(house, incident)

    assert Fact.objects.count() == 1


def test_what_was_taken_back_can_be_said_again(house: House, incident: Incident) -> None:
    """A slip of the finger takes back what is so."""
    drop_fact(fact=learn(house, incident), by=house.olga, now=at(50))

    again = learn(house, incident, seconds=60)

    assert again.dropped_at is None


def test_taking_back_twice_is_told_once(house: House, incident: Incident) -> None:
    """Each press that repeats itself would be an event that never was."""
    fact = learn(house, incident)

    assert drop_fact(fact=fact, by=house.olga, now=at(50))
    assert not drop_fact(fact=fact, by=house.anna, now=at(51))
    fact.refresh_from_db()

    assert (fact.dropped_by, fact.dropped_at) == (house.olga, at(50))
    assert Event.objects.filter(kind="fact_dropped").count() == 1


def test_closed_code_red_learns_nothing_more(house: House, incident: Incident) -> None:
    """What was known is what was known: the report is sealed."""
    fact = learn(house, incident)
    stand_down(incident=incident, by=house.olga, end="over", now=at(60))

    with pytest.raises(NotOpen):
        learn(house, incident, WHY)
    with pytest.raises(NotOpen):
        drop_fact(fact=fact, by=house.olga, now=at(70))


def test_admin_writes_down_nothing(house: House, incident: Incident) -> None:
    """They author; the storm is not theirs."""
    cara = make_person("Cara Diaz", Role.ADMIN)
    fact = learn(house, incident)

    with pytest.raises(NotYours):
        add_fact(incident=incident, learned=WHY, by=cara, now=at(41))
    with pytest.raises(NotYours):
        drop_fact(fact=fact, by=cara, now=at(41))


@pytest.mark.parametrize("change", [{"text": "He is hurt"}, {"source": "Nobody"}])
def test_words_that_were_changed_are_found(
    house: House, incident: Incident, change: dict[str, str]
) -> None:
    """Whoever edits the row afterwards would make a signature rest on other facts."""
    fact = learn(house, incident)
    assert not record_faults([incident.timeline_id])
    try:
        with transaction.atomic():
            Fact.objects.filter(pk=fact.pk).update(**change)
    except DatabaseError:
        assert connection.vendor == "postgresql"
        return

    assert [each.row for each in record_faults([incident.timeline_id])] == [f"fact {fact.pk}"]


def test_database_refuses_a_rumour(house: House, incident: Incident) -> None:
    """What nobody said is not known, whichever road it comes by."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.create(
            incident=incident, text="He is hurt", added_at=at(40), added_by=house.olga
        )


# ------------------------------------------------------------ the page


def test_officer_writes_down_and_takes_back(
    house: House, desk: Browser, incident: Incident
) -> None:
    """On the telephone with Leeds, and nowhere to put it but a piece of paper."""
    done = desk.post(address(incident), text=INDOORS.text, source=INDOORS.source)
    assert done.status_code == 302
    page = words(desk.get(address(incident)))
    assert INDOORS.text in page
    assert "Leeds team lead, by phone, 12:01:40" in page

    desk.post(f"/facts/{Fact.objects.get().pk}/drop/")
    page = words(desk.get(address(incident)))
    assert "Olga took it back at 12:01:40" in page
    assert "It is so after all" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"source": "Leeds"}, "Say what is known"),
        ({"text": INDOORS.text}, "Say who says so, or that we don’t know it yet"),
        ({"text": "n" * 201, "source": "Leeds"}, "Cut 1 character: it may have 200"),
        ({"text": INDOORS.text, "source": "n" * 121}, "Cut 1 character: it may have 120"),
        ({"text": "\u202eneves", "source": "Leeds"}, "runs backwards"),
    ],
)
def test_fault_is_said_beside_the_field_and_loses_nothing(
    desk: Browser, incident: Incident, typed: dict[str, str], says: str
) -> None:
    """Typed once under pressure is never typed twice."""
    page = desk.post(address(incident), **typed)

    assert page.status_code == 422
    assert says in words(page)
    assert all(each in page.content.decode() for each in typed.values())
    assert not Fact.objects.exists()


def test_unknown_needs_nobody_who_says_so(desk: Browser, incident: Incident) -> None:
    """ "We don't know yet" is the most honest thing that is known."""
    desk.post(address(incident), text=WHY.text, is_unknown="on")

    assert "Not known yet: Why he did it" in words(desk.get("/code-reds/1/"))


def test_written_down_already_is_said(house: House, desk: Browser, incident: Incident) -> None:
    """The second press must not look like a fault of the first."""
    learn(house, incident)

    page = desk.post(address(incident), text=INDOORS.text, source="Siobhan")

    assert page.status_code == 422
    assert "This is written down already" in words(page)


def test_closed_code_red_shows_what_was_known(
    house: House, desk: Browser, incident: Incident
) -> None:
    """A button that does nothing is worse than none."""
    fact = learn(house, incident)
    stand_down(incident=incident, by=house.olga, end="over", now=at(60))

    page = desk.get(address(incident)).content.decode()
    said = desk.post(address(incident), text=WHY.text, is_unknown="on")
    dropped = desk.post(f"/facts/{fact.pk}/drop/")

    assert INDOORS.text in page
    assert "Take back" not in page
    assert "Nothing can be added any more" in words(said)
    assert WHY.text in said.content.decode()
    assert dropped.status_code == 302
    assert Fact.objects.get().dropped_at is None


def test_looking_changes_nothing(house: House, desk: Browser, incident: Incident) -> None:
    """A scanner that follows each address would take back what is so."""
    fact = learn(house, incident)

    assert desk.get(f"/facts/{fact.pk}/drop/").status_code == 405
    fact.refresh_from_db()
    assert fact.dropped_at is None


def test_fact_of_a_restricted_code_red_is_not_there_for_others(house: House) -> None:
    """That there is something to take back is told to nobody who may not know of it."""
    hidden = house.alarm(playbook=agree(house, "SAFE-01", is_restricted=True))
    fact = learn(house, hidden)
    outsider = Browser()
    outsider.sign_in(make_person("Eve Stone", Role.OFFICER))

    assert outsider.post(f"/facts/{fact.pk}/drop/").status_code == 404
    fact.refresh_from_db()
    assert fact.dropped_at is None


# ------------------------------------------------------------ whoever writes


def test_desk_shows_what_is_known_the_newest_first(
    house: House, desk: Browser, incident: Incident
) -> None:
    """An answer that says what is no longer so is the next storm."""
    learn(house, incident, WHY, 20)
    learn(house, incident, INDOORS, 30)
    dropped = learn(house, incident, Learned("He was drunk", "A neighbour"), 35)
    drop_fact(fact=dropped, by=house.olga, now=at(40))
    learn(house, incident, Learned("He is a volunteer", "Siobhan Daly"), 50)

    page = words(draft_page(desk))

    order = ["He is a volunteer", INDOORS.text, "Not known yet: Why he did it"]
    assert [page.index(each) for each in order] == sorted(page.index(each) for each in order)
    assert "drunk" not in page


def test_words_are_kept_on_the_way_to_the_facts_and_back(
    house: House, desk: Browser, incident: Incident
) -> None:
    """The telephone rings in the middle of a sentence."""
    gone = write(desk, draft_page(desk), "go:facts", text=TEXT)

    answer = Answer.objects.get()
    assert answer.versions.get().text == TEXT
    assert gone.headers["Location"] == f"/code-reds/1/facts/?back=%2Fanswers%2F{answer.pk}%2F"
    page = desk.get(gone.headers["Location"])
    assert f'href="/answers/{answer.pk}/"' in page.content.decode()
    added = desk.post(gone.headers["Location"], text=WHY.text, is_unknown="on")
    assert added.headers["Location"] == gone.headers["Location"]


def test_new_page_without_words_is_found_again(
    house: House, desk: Browser, incident: Incident
) -> None:
    """Back at another question, she answers somebody who did not ask that."""
    asked = incident.questions.get().pk

    gone = write(desk, draft_page(desk, f"?question={asked}"), "go:facts")

    page = desk.get(gone.headers["Location"]).content.decode()
    back = re.search(r'href="(/code-reds/1/draft/[^"]+)"', page)
    assert back
    assert f"question={asked}" in back[1]
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "back", ["https://example.org/", "//example.org/answers/", "/admin/", "/code-reds/2/draft/"]
)
def test_way_back_leads_to_an_answer_alone(desk: Browser, incident: Incident, back: str) -> None:
    """A link in our own page to a place of somebody else's."""
    assert "Back to the answer" not in words(desk.get(address(incident, f"?back={back}")))


# ------------------------------------------------------------ whoever decides


@pytest.fixture
def anna(house: House) -> Browser:
    anna = Browser()
    anna.sign_in(house.anna)
    return anna


def stamp(page: Any) -> str:
    found = re.search(r'data-turn="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_manager_decides_on_what_is_known(house: House, incident: Incident, anna: Browser) -> None:
    """She signs a sentence, and asks on the telephone whether it is so."""
    learn(house, incident, INDOORS)
    learn(house, incident, WHY)
    house.submitted(incident)

    page = words(anna.get("/sign/1/"))

    assert "What we know" in page
    assert "He is unhurt and indoors Leeds team lead, by phone, 12:00:40" in page
    assert "Not known yet: Why he did it" in page


def test_manager_who_waits_sees_it_too(house: House, incident: Incident, anna: Browser) -> None:
    """The minute before the answer comes is the minute to read."""
    learn(house, incident)

    assert INDOORS.text in words(anna.get("/sign/1/"))


def test_page_of_a_manager_turns_when_something_is_learned(
    house: House, incident: Incident, anna: Browser
) -> None:
    """What turned out not to be so stands before her eyes while she signs."""
    answer = house.draft(incident)
    submit_answer(answer=answer, seen=1, by=house.olga, now=at(60))
    stamps = [stamp(anna.get("/sign/1/"))]

    fact = learn(house, incident, seconds=61)
    stamps.append(stamp(anna.get("/sign/1/")))
    drop_fact(fact=fact, by=house.olga, now=at(62))
    stamps.append(stamp(anna.get("/sign/1/")))

    assert len(set(stamps)) == 3


def test_manager_is_not_given_a_list_without_end(
    house: House, incident: Incident, anna: Browser
) -> None:
    """Sixty lines at 3 am are none."""
    for number in range(8):
        learn(house, incident, Learned(f"Thing {number}", "Leeds"), 40 + number)
    house.submitted(incident)

    page = words(anna.get("/sign/1/"))

    assert "Thing 7" in page
    assert "Thing 2" not in page
    assert "And 3 more" in page


def test_report_tells_when_it_was_known(house: House, desk: Browser, incident: Incident) -> None:
    """ "Did you know that when you wrote it?" is what the board asks."""
    drop_fact(fact=learn(house, incident), by=house.anna, now=at(50))
    stand_down(incident=incident, by=house.olga, end="over", now=at(60))

    page = words(desk.get(f"/code-reds/{incident.number}/report/"))

    assert "Olga Reyes wrote down what we know: He is unhurt and indoors" in page
    assert "Anna Hale took back: He is unhurt and indoors" in page
