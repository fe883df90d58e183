"""Decisions by API: one act on the exact words read, and only the first one counts."""

from typing import Any

import pytest

from crisis.models import Answer, Decision
from crisis.operations.answer import Wording, revise_answer
from crisis.operations.sign_off import approve
from crisis.rules.text import sha256_of
from playbooks.models import Playbook, Protocol
from tests.programs import Program, fields, problem
from tests.story import NOON, TEXT, House, act, at, make_person

BETTER = "Yes, he is one of our volunteers. We suspended him tonight."


def decision(kind: str = "approve", **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "version": 1, "sha256": sha256_of(TEXT)} | changes


def test_approving_by_api_is_recorded_as_such(house: House, annas: Program) -> None:
    """The record must tell a press of the button from a program's call."""
    answer = house.submitted(house.alarm())

    response = annas.post(f"/answers/{answer.pk}/decisions", decision())

    made = Decision.objects.get()
    assert (response.status_code, response.json()["status"]) == (201, "approved")
    assert (made.by, made.via, made.sha256, made.at) == (
        house.anna,
        "api",
        sha256_of(TEXT),
        at(60),
    )
    assert response.json()["sign_off"]["decisions"][0]["kind"] == "approve"


def test_second_decision_is_told_who_was_first(house: House, annas: Program) -> None:
    """Two managers, two answers: the second has to learn whose decision stands."""
    answer = house.submitted(house.alarm())
    annas.seconds = 70
    annas.post(f"/answers/{answer.pk}/decisions", decision())

    response = Program(house.ben).post(f"/answers/{answer.pk}/decisions", decision())

    assert problem(response) == (409, "already_decided")
    assert response.json()["decided"] == {
        "kind": "approve",
        "version": 1,
        "by": {"id": house.anna.pk, "name": "Anna Hale", "title": ""},
        "at": "2026-11-14T12:01:10Z",
    }


def test_stale_version_shows_the_words_and_the_difference(house: House, annas: Program) -> None:
    """What was approved is what was read, word for word; else read again."""
    answer = house.submitted(house.alarm())
    revise_answer(answer=answer, seen=1, wording=Wording(BETTER), by=house.olga, now=at(65))

    response = annas.post(f"/answers/{answer.pk}/decisions", decision())

    stale = response.json()
    assert problem(response) == (409, "stale_version")
    assert (stale["current"]["version"], stale["current"]["text"]) == (2, BETTER)
    assert "".join(each["text"] for each in stale["diff"] if each["op"] != "added") == TEXT
    assert "".join(each["text"] for each in stale["diff"] if each["op"] != "removed") == BETTER
    assert not Decision.objects.exists()


@pytest.mark.parametrize("seen", [{"sha256": "0" * 64}, {"version": 7}])
def test_right_number_with_other_words_approves_nothing(
    house: House, annas: Program, seen: dict[str, Any]
) -> None:
    """A program that shows one text and approves another must be found out."""
    answer = house.submitted(house.alarm())

    response = annas.post(f"/answers/{answer.pk}/decisions", decision(**seen))

    assert problem(response) == (409, "stale_version")
    assert response.json()["current"]["sha256"] == sha256_of(TEXT)
    assert not Decision.objects.exists()


def test_own_text_is_not_signed_off(house: House, annas: Program) -> None:
    """Four eyes: a manager who wrote the words asks somebody else to sign them."""
    answer = house.submitted(house.alarm())
    house.anna.groups.add(*house.olga.groups.all())
    revise_answer(answer=answer, seen=1, wording=Wording(BETTER), by=house.anna, now=at(65))

    response = annas.post(
        f"/answers/{answer.pk}/decisions", decision(version=2, sha256=sha256_of(BETTER))
    )

    assert problem(response) == (403, "four_eyes")


def test_who_is_not_asked_does_not_sign(house: House, olgas: Program) -> None:
    """An officer's key must not sign off what the officer sent."""
    answer = house.submitted(house.alarm())

    assert problem(olgas.post(f"/answers/{answer.pk}/decisions", decision())) == (
        403,
        "not_a_signer",
    )


def test_draft_waits_for_no_decision(house: House, annas: Program) -> None:
    """A signature on a draft would be a signature on words that nobody offered."""
    answer = house.draft(house.alarm())

    response = annas.post(f"/answers/{answer.pk}/decisions", decision())

    assert problem(response) == (409, "not_awaiting_sign_off")
    assert response.json()["answer_status"] == "draft"


def test_amending_approves_the_new_words(house: House, annas: Program) -> None:
    """One touch for the manager: what was changed is what was signed."""
    answer = house.submitted(house.alarm())

    response = annas.post(
        f"/answers/{answer.pk}/decisions", decision("amend_and_approve", text=BETTER)
    )

    shown = response.json()
    assert (shown["status"], shown["version"]["text"]) == ("approved", BETTER)
    assert shown["sign_off"]["decisions"][0]["sha256"] == sha256_of(BETTER)


def test_amending_beyond_the_limit_is_blocked(house: House, annas: Program) -> None:
    """A manager's long sentence must not go out cut off in the middle."""
    answer = house.submitted(house.alarm())

    response = annas.post(
        f"/answers/{answer.pk}/decisions", decision("amend_and_approve", text="ha " * 200)
    )

    assert problem(response) == (422, "blocked")
    assert response.json()["checks"][0]["code"] == "too_long"
    assert Answer.objects.get().current == 1


def test_sending_back_needs_a_reason(house: House, annas: Program) -> None:
    """“No” without a why costs the officer the minutes that are left."""
    answer = house.submitted(house.alarm())

    bare = annas.post(f"/answers/{answer.pk}/decisions", decision("send_back"))
    said = annas.post(f"/answers/{answer.pk}/decisions", decision("send_back", reason="Say when."))

    assert (problem(bare), fields(bare)) == (
        (422, "reason_missing"),
        {"reason": "reason_missing"},
    )
    assert said.json()["status"] == "sent_back"
    assert said.json()["sign_off"]["decisions"][0]["reason"] == "Say when."


def test_handing_over_pages_the_one_named(house: House, annas: Program) -> None:
    """A hand-over to somebody who may not sign would be lost time."""
    answer = house.submitted(house.alarm())

    to_olga = annas.post(f"/answers/{answer.pk}/decisions", decision("hand_over", to=house.olga.pk))
    to_ben = annas.post(f"/answers/{answer.pk}/decisions", decision("hand_over", to=house.ben.pk))

    assert problem(to_olga) == (403, "not_a_signer")
    assert to_ben.json()["sign_off"]["decisions"][0]["kind"] == "hand_over"
    assert [each["person"]["name"] for each in annas.get("/pages?incident=1").json()["results"]][
        -1
    ] == "Ben Okafor"


def test_taking_back_stops_what_was_approved(house: House, annas: Program) -> None:
    """A second thought must be possible until the words are out, and only until then."""
    answer = house.submitted(house.alarm())
    path = f"/answers/{answer.pk}/decisions"

    early = annas.post(path, decision("take_back"))
    annas.post(path, decision())
    taken = annas.post(path, decision("take_back"))

    assert problem(early) == (409, "not_approved")
    assert taken.json()["status"] == "sent_back"


def test_second_signature_of_the_same_person_is_refused(house: House) -> None:
    """Two signatures needed means two people, not one who presses twice."""
    mark = make_person("Mark Lund")
    playbook = Playbook.objects.create(code="WATER-01", title="Water")
    protocol = Protocol.objects.create(
        playbook=playbook, version=1, chain=house.chain, sign_off="all"
    )
    protocol.signers.set([house.anna, mark])
    Protocol.objects.filter(pk=protocol.pk).update(
        status="published", published_at=NOON, manager_signed_by=house.anna, manager_signed_at=NOON
    )
    answer = house.submitted(house.alarm(playbook=playbook))
    approve(answer=answer, act=act(house.anna, 61))

    response = Program(house.anna).post(f"/answers/{answer.pk}/decisions", decision())

    assert problem(response) == (409, "already_signed")
    assert Program(house.anna).get("/queue").json()["results"] == []
    assert len(Program(mark).get("/queue").json()["results"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "wrong"),
    [
        (decision("amend_and_approve"), 422, {"text": "required"}),
        (decision("approve", text=BETTER), 422, {"text": "unexpected"}),
        (decision("approve", answers_question=False), 422, {"answers_question": "unexpected"}),
        (decision("approve", to=1), 422, {"to": "unexpected"}),
        (decision("burn"), 400, {"kind": "invalid_choice"}),
        (decision(sha256="ABC"), 400, {"sha256": "no_digest"}),
        ({"kind": "approve"}, 400, {"version": "required", "sha256": "required"}),
    ],
)
def test_decision_that_does_not_add_up_is_refused(
    house: House, annas: Program, body: dict[str, Any], status: int, wrong: dict[str, str]
) -> None:
    """Words beside an approval that are passed over in silence would look approved."""
    answer = house.submitted(house.alarm())

    response = annas.post(f"/answers/{answer.pk}/decisions", body)

    assert (problem(response)[0], fields(response)) == (status, wrong)
    assert not Decision.objects.exists()
