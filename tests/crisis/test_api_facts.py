"""Facts by API: what is known and who says so, dropped but never reworded, by who may see it."""

from __future__ import annotations

from typing import Any

import pytest

from crisis.models import Fact, Incident
from crisis.operations.fact import Learned, add_fact
from crisis.rules.text import fact_sha256
from escalation.models import ChainTarget, Event
from tests.agreements import agree
from tests.programs import Program, fields, problem
from tests.story import House, at, make_person

HE_LEFT = {"text": "He left in 2021.", "source": "Joy Mensah, volunteering"}
NOBODY_KNOWS = {"text": "Whether anybody was hurt.", "is_known": False}


def known(house: House, incident: Incident, text: str = HE_LEFT["text"]) -> Fact:
    """What Olga has learned."""
    learned = Learned(text, HE_LEFT["source"])
    return add_fact(incident=incident, learned=learned, by=house.olga, now=at(20))


def about(incident: Incident) -> list[Event]:
    """What the evidence tells of facts."""
    return list(incident.timeline.events.filter(kind__startswith="fact_").order_by("sequence"))


# ------------------------------------------------------------ adding


def test_what_is_known_is_written_down_with_who_says_so(house: House, olgas: Program) -> None:
    """A rumour without a source that reads like a fact goes out as one."""
    incident = house.alarm()

    response = olgas.post("/incidents/1/facts", HE_LEFT)

    fact = Fact.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": fact.pk,
        **HE_LEFT,
        "is_known": True,
        "added_at": "2026-11-14T12:01:00Z",
        "added_by": {"id": house.olga.pk, "name": "Olga Reyes", "title": ""},
        "dropped_at": None,
        "dropped_by": None,
    }
    (event,) = about(incident)
    words = fact_sha256(fact.text, fact.source)
    assert event.detail == {"fact": fact.pk, "is_known": True, "words": words}


def test_manager_writes_down_what_they_know(house: House, annas: Program) -> None:
    """Whoever knows it best must not need somebody else's hands to say it."""
    house.alarm()

    assert annas.post("/incidents/1/facts", HE_LEFT).json()["added_by"]["name"] == "Anna Hale"


def test_what_nobody_knows_needs_nobody_who_says_so(house: House, olgas: Program) -> None:
    """A made-up source for "we do not know" is a lie in the evidence."""
    house.alarm()

    shown = olgas.post("/incidents/1/facts", NOBODY_KNOWS).json()

    assert (shown["is_known"], shown["source"]) == (False, "")


@pytest.mark.parametrize("source", [{}, {"source": ""}, {"source": " \u200b "}])
def test_what_is_known_without_a_source_is_refused(
    house: House, olgas: Program, source: dict[str, str]
) -> None:
    """Nobody can ask again where nobody knows who had said it."""
    house.alarm()

    response = olgas.post("/incidents/1/facts", {"text": "He left in 2021."} | source)

    assert problem(response) == (422, "not_together")
    assert fields(response) == {"source": "required"}
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"text": ""}, {"text": "blank"}),
        ({"text": None}, {"text": "null"}),
        ({"text": "a" * 201}, {"text": "too_long"}),
        ({"text": "He left.\nHe did not."}, {"text": "bad_character"}),
        ({"text": "He left \u202e1202 ni."}, {"text": "turned"}),
        ({"source": "a" * 121}, {"source": "too_long"}),
        ({"source": "Joy\nand all of us"}, {"source": "bad_character"}),
        ({"source": "\u202eyoJ"}, {"source": "turned"}),
        ({"source": None}, {"source": "null"}),
        ({"is_known": 1}, {"is_known": "invalid"}),
        ({"is_known": None}, {"is_known": "null"}),
        ({"dropped_at": None}, {"dropped_at": "unknown_field"}),
        ({"added_by": 2}, {"added_by": "unknown_field"}),
    ],
)
def test_bad_fact_is_refused_by_name(
    house: House, olgas: Program, changes: dict[str, Any], wrong: dict[str, str]
) -> None:
    """Words that read as others, or a name that somebody gave to them, decide what goes out."""
    house.alarm()

    response = olgas.post("/incidents/1/facts", HE_LEFT | changes)

    assert (problem(response), fields(response)) == ((400, "invalid"), wrong)
    assert not Fact.objects.exists()


def test_most_that_is_allowed_is_taken(house: House, olgas: Program) -> None:
    """A limit that bites below its own number refuses what somebody found out."""
    house.alarm()

    response = olgas.post("/incidents/1/facts", {"text": "é" * 200, "source": "é" * 120})

    assert response.status_code == 201


def test_same_words_stand_once(house: House, annas: Program) -> None:
    """Two programs that hear the same thing would make one witness look like two."""
    fact = known(house, house.alarm())

    again = annas.post("/incidents/1/facts", HE_LEFT | {"source": "Another"})

    assert problem(again) == (409, "already_known")
    assert again.json()["fact"] == fact.pk
    assert Fact.objects.get() == fact


def test_same_words_in_another_storm_are_another_fact(house: House, olgas: Program) -> None:
    """What is known in one storm is not thereby before the eyes of who decides in the next."""
    known(house, house.alarm())
    house.alarm()

    assert olgas.post("/incidents/2/facts", HE_LEFT).status_code == 201


# ------------------------------------------------------------ reading


def test_facts_are_listed_in_order_with_those_that_were_dropped(
    house: House, olgas: Program, annas: Program
) -> None:
    """Whoever reads along must see what the answer was written by, and not only what held on."""
    incident = house.alarm()
    first, second = known(house, incident), known(house, incident, "He was never trained.")
    third = olgas.post("/incidents/1/facts", NOBODY_KNOWS).json()
    annas.seconds = 90
    annas.post(f"/facts/{first.pk}/drop")

    listed = olgas.get("/incidents/1/facts").json()["results"]

    assert [each["id"] for each in listed] == [first.pk, second.pk, third["id"]]
    assert [each["dropped_at"] for each in listed] == ["2026-11-14T12:01:30Z", None, None]
    assert listed[0]["dropped_by"]["name"] == "Anna Hale"


def test_long_list_goes_on_after_the_last_row_seen(house: House, olgas: Program) -> None:
    """A fact beyond the first part is a fact that nobody reads."""
    incident = house.alarm()
    facts = [known(house, incident, f"Thing {number}.") for number in range(3)]

    first = olgas.get("/incidents/1/facts?limit=2").json()
    rest = olgas.get(first["next"].removeprefix("/api/v1")).json()

    told = [each["id"] for each in (*first["results"], *rest["results"])]
    assert told == [fact.pk for fact in facts]
    assert rest["next"] is None


def test_more_facts_ask_no_more_of_the_database(
    house: House, olgas: Program, django_assert_max_num_queries: Any
) -> None:
    """A list that asks for each name apart is slow in the storm in which most is known."""
    incident = house.alarm()
    for number in range(6):
        known(house, incident, f"Thing {number}.")

    with django_assert_max_num_queries(5):
        olgas.get("/incidents/1/facts")


# ------------------------------------------------------------ dropping


def test_dropped_fact_says_when_and_by_whom(house: House, annas: Program) -> None:
    """What turned out to be false must not decide the next answer, nor vanish from this one."""
    incident = house.alarm()
    fact = known(house, incident)

    response = annas.post(f"/facts/{fact.pk}/drop")

    shown = response.json()
    assert response.status_code == 200
    assert (shown["dropped_at"], shown["dropped_by"]["name"]) == (
        "2026-11-14T12:01:00Z",
        "Anna Hale",
    )
    assert shown["text"] == HE_LEFT["text"]
    assert [(each.kind, each.by) for each in about(incident)] == [
        ("fact_added", house.olga),
        ("fact_dropped", house.anna),
    ]


def test_dropping_again_tells_who_was_first_and_changes_nothing(
    house: House, olgas: Program, annas: Program
) -> None:
    """A request that is sent twice would put a second hand, and a later moment, on the record."""
    incident = house.alarm()
    fact = known(house, incident)
    first = annas.post(f"/facts/{fact.pk}/drop")
    olgas.seconds = 300

    again = olgas.post(f"/facts/{fact.pk}/drop", {})

    assert again.status_code == 200
    assert again.json() == first.json()
    assert len(about(incident)) == 2


def test_dropped_words_may_be_known_anew(house: House, olgas: Program) -> None:
    """A fact that was dropped too soon could otherwise never be told again."""
    fact = known(house, house.alarm())
    olgas.post(f"/facts/{fact.pk}/drop")

    anew = olgas.post("/incidents/1/facts", HE_LEFT)

    assert anew.status_code == 201
    assert anew.json()["id"] != fact.pk


def test_drop_takes_no_words(house: House, olgas: Program) -> None:
    """Whoever sends new words with it would believe that they are there now."""
    fact = known(house, house.alarm())

    response = olgas.post(f"/facts/{fact.pk}/drop", {"text": "He left in 2019."})

    assert fields(response) == {"text": "unknown_field"}
    assert Fact.objects.get().dropped_at is None


# ------------------------------------------------------------ who may, and until when


def test_stood_down_keeps_its_facts_as_they_were(house: House, olgas: Program) -> None:
    """What was known that night is not for the morning after to change."""
    fact = known(house, house.alarm())
    olgas.post("/incidents/1/stand-down", {"end": "over"})

    dropped = olgas.post(f"/facts/{fact.pk}/drop")

    assert problem(dropped) == (409, "closed")
    assert dropped.json()["incident"]["number"] == 1
    assert Fact.objects.get().dropped_at is None
    assert len(olgas.get("/incidents/1/facts").json()["results"]) == 1


def test_whoever_is_only_asked_reads_and_writes_nothing_down(house: House) -> None:
    """Neither officer nor manager: what they put there would pass for what the house knows."""
    cara = make_person("Cara Voss", "admin")
    ChainTarget.objects.create(step=house.chain.steps.get(position=0), person=cara)
    fact = known(house, house.alarm())
    program = Program(cara)

    assert problem(program.post("/incidents/1/facts", NOBODY_KNOWS)) == (403, "not_yours")
    assert problem(program.post(f"/facts/{fact.pk}/drop")) == (403, "not_yours")
    assert len(program.get("/incidents/1/facts").json()["results"]) == 1
    assert Fact.objects.get().dropped_at is None


def test_fact_of_a_restricted_storm_is_not_there_for_others(house: House) -> None:
    """A fact's own address must not be the side door into a restricted storm."""
    incident = house.alarm(playbook=agree(house, "SAFE-01", is_restricted=True))
    fact = known(house, incident)
    outsider = Program(make_person("Mark Lund", "officer"))

    hidden = outsider.post(f"/facts/{fact.pk}/drop", X_Request_ID="the-same-id")
    missing = outsider.post(f"/facts/{fact.pk + 1}/drop", X_Request_ID="the-same-id")

    assert incident.is_restricted
    assert problem(hidden) == (404, "not_found")
    assert hidden.content == missing.content
    assert Fact.objects.get().dropped_at is None


def test_admin_as_such_drops_nothing(house: House) -> None:
    """Whoever sets up the chains has no say in what is true of a storm."""
    fact = known(house, house.alarm())

    response = Program(make_person("Tom Asher", "admin")).post(f"/facts/{fact.pk}/drop")

    assert problem(response) == (404, "not_found")
