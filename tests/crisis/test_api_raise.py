"""Raising by API: one code red for one storm, and an answer that says when it is due."""

from typing import Any

import pytest

from crisis.models import Incident, RaiseKey
from escalation.models import Chain, Person
from playbooks.models import Channel, Organisation, Playbook
from tests.programs import Program, fields, problem
from tests.story import NOON, House, at, make_person


def storm(house: House, **changes: Any) -> dict[str, Any]:
    body = {
        "question": "Is he one of yours?",
        "post_url": "https://x.com/priya_walks/status/1",
        "author": "@priya_walks",
        "channel": house.x.pk,
        "playbook": "VOL-01",
    }
    return body | changes


def test_raise_tells_when_the_answer_is_due_and_who_is_paged(house: House, olgas: Program) -> None:
    """A program that raised must know the deadline without asking again."""
    olgas.seconds = 0

    response = olgas.post("/incidents", storm(house))

    raised = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == raised["url"] == "/api/v1/incidents/1"
    assert raised["raised_at"] == "2026-11-14T12:00:00Z"
    assert raised["deadlines"] == [
        {"kind": "first_word", "due_at": "2026-11-14T12:02:00Z"},
        {"kind": "answer", "due_at": "2026-11-14T12:05:00Z"},
    ]
    assert [each["person"]["name"] for each in raised["plan"]] == ["Anna Hale", "Ben Okafor"]


def test_raise_keeps_every_word_of_the_storm(house: House, olgas: Program) -> None:
    """A field that gets lost between program and record is a question nobody answers."""
    body = storm(
        house, title="Video", post_text="Line one\nline two", limit_seconds=600, is_drill=True
    )

    olgas.post("/incidents", body)

    incident = Incident.objects.get()
    assert (incident.question, incident.title) == ("Is he one of yours?", "Video")
    assert incident.post_text == "Line one\nline two"
    assert (incident.limit_seconds, incident.is_drill) == (600, True)
    assert (incident.channel, incident.protocol) == (house.x, house.protocol)
    assert incident.questions.get().author == "@priya_walks"
    assert (incident.raised_by, incident.raised_at) == (house.olga, at(60))


def test_one_line_is_enough_to_raise(house: House, olgas: Program) -> None:
    """In a storm nobody fills in forms: what they ask is all that is needed."""
    response = olgas.post("/incidents", {"question": "Is the water safe?"})

    assert response.status_code == 201
    assert response.json()["playbook"] is None
    assert Incident.objects.get().limit_seconds == 300


def test_manager_does_not_raise(annas: Program, house: House) -> None:
    """The role that signs is not the role that raises."""
    response = annas.post("/incidents", storm(house))

    assert problem(response) == (403, "not_an_officer")
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("channel", 999_999), ("playbook", "NOT-THERE"), ("channel", 2**31 - 1)]
)
def test_reference_to_nothing_names_its_field(
    house: House, olgas: Program, field: str, value: Any
) -> None:
    """Whoever wrote the program has to find the wrong id without guessing."""
    response = olgas.post("/incidents", storm(house, **{field: value}))

    assert problem(response) == (422, "unknown_reference")
    assert fields(response) == {field: "unknown"}
    assert not Incident.objects.exists()


def test_channel_and_playbook_out_of_use_are_refused(house: House, olgas: Program) -> None:
    """An account that was given up must not get an answer by an old script."""
    Channel.objects.filter(pk=house.x.pk).update(is_active=False)
    Playbook.objects.filter(pk=house.playbook.pk).update(is_active=False)

    assert fields(olgas.post("/incidents", storm(house))) == {"channel": "unknown"}
    assert fields(olgas.post("/incidents", storm(house, channel=None))) == {"playbook": "unknown"}


def test_house_without_anybody_to_page_says_so(house: House, olgas: Program) -> None:
    """A code red that pages nobody must not look like one that does."""
    empty = Chain.objects.create(name="Empty")
    Organisation.objects.update(default_chain=empty)

    response = olgas.post("/incidents", {"question": "Is the water safe?"})

    assert problem(response) == (422, "no_chain")
    assert not Incident.objects.exists()


def test_same_key_and_body_raise_once_and_answer_the_same(house: House, olgas: Program) -> None:
    """A timeout in the storm makes programs repeat: managers must not be paged for two."""
    first = olgas.post("/incidents", storm(house), Idempotency_Key="storm-1")
    olgas.seconds = 90
    olgas.post("/incidents/1/stand-down", {"end": "over"})

    again = olgas.post("/incidents", storm(house), Idempotency_Key="storm-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Incident.objects.count() == 1


def test_same_key_with_another_body_is_refused(house: House, olgas: Program) -> None:
    """A key that was reused by mistake must not hide a second storm."""
    olgas.post("/incidents", storm(house), Idempotency_Key="storm-1")

    response = olgas.post(
        "/incidents", storm(house, question="And her?"), Idempotency_Key="storm-1"
    )

    assert problem(response) == (422, "key_reused")
    assert Incident.objects.count() == 1


def test_key_belongs_to_one_person(house: House, olgas: Program) -> None:
    """Two officers whose programs count from one must not swallow each other's storm."""
    mark = make_person("Mark Lund", "officer")
    olgas.post("/incidents", storm(house), Idempotency_Key="1")

    response = Program(mark).post("/incidents", storm(house), Idempotency_Key="1")

    assert "Idempotency-Replayed" not in response.headers
    assert Incident.objects.count() == 2
    assert RaiseKey.objects.count() == 2


def test_without_a_key_every_raise_is_one(house: House, olgas: Program) -> None:
    """Two storms with the same words are two storms."""
    olgas.post("/incidents", storm(house))
    olgas.post("/incidents", storm(house))

    assert Incident.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "k" * 121])
def test_key_that_is_none_is_refused(house: House, olgas: Program, key: str) -> None:
    """A key cut off on its way would let two storms meet."""
    response = olgas.post("/incidents", storm(house), Idempotency_Key=key)

    assert problem(response) == (400, "invalid")
    assert fields(response) == {"Idempotency-Key": "invalid"}


def test_officer_who_left_raises_no_more(house: House, olgas: Program) -> None:
    """A script of somebody who left must not wake the managers."""
    Person.objects.filter(pk=house.olga.pk).update(is_active=False)

    assert problem(olgas.post("/incidents", storm(house))) == (401, "bad_key")
    assert not Incident.objects.filter(raised_at__gte=NOON).exists()
