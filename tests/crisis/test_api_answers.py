"""Answers by API: exact words, what the checks say, and what may go out under which authority."""

from typing import Any

import pytest

from crisis.models import Answer, Question
from crisis.operations.sign_off import approve
from crisis.rules.text import sha256_of
from playbooks.models import Channel, Playbook, Protocol, Statement
from tests.programs import Program, fields, problem
from tests.story import NOON, TEXT, House, act, fast_forward

URL = "https://x.com/h/status/2"
HOLDING = "We've seen the video. We're finding out now. Next update here by 12:30."


def first_question(house: House) -> Question:
    return house.alarm().questions.get()


def test_free_words_are_kept_with_their_hash_and_checked(house: House, olgas: Program) -> None:
    """The hash that a program reads is the one that a signature will name."""
    question = first_question(house)

    response = olgas.post(
        "/incidents/1/answers",
        {
            "question": question.pk,
            "channel": house.x.pk,
            "text": f"  {TEXT}\r\n",
            "answers_question": True,
        },
    )

    answer = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v1/answers/{answer['id']}"
    assert answer["version"]["text"] == TEXT
    assert answer["version"]["sha256"] == sha256_of(TEXT)
    assert answer["question_text"] == question.text
    assert {check["code"] for check in answer["checks"]} >= {"fits", "no_blanks", "answered"}
    assert (answer["status"], answer["authority"], answer["release"]) == ("draft", None, None)


def test_statement_with_its_blanks_filled_may_go_out_at_once(house: House, olgas: Program) -> None:
    """First word within two minutes needs no signature when the words were agreed before."""
    first_question(house)

    answer = olgas.post(
        "/incidents/1/answers",
        {"channel": house.x.pk, "statement": "HOLD", "values": {"time": "12:30"}},
    ).json()
    out = olgas.post(f"/answers/{answer['id']}/releases", {"version": 1, "url": URL})

    assert answer["version"]["text"] == HOLDING
    assert answer["authority"] == {"basis": "pre_approved", "clause": ""}
    assert out.status_code == 201
    assert out.json()["release"]["sha256"] == answer["version"]["sha256"]
    assert out.json()["authority"] is None


def test_statement_with_other_words_needs_a_signature(house: House, olgas: Program) -> None:
    """A pre-approved statement with one word changed was approved by nobody."""
    first_question(house)

    answer = olgas.post(
        "/incidents/1/answers",
        {
            "channel": house.x.pk,
            "statement": "HOLD",
            "values": {"time": "12:30"},
            "text": HOLDING.replace("finding out", "looking away"),
        },
    ).json()

    assert answer["authority"] is None
    response = olgas.post(f"/answers/{answer['id']}/releases", {"version": 1, "url": URL})
    assert problem(response) == (409, "not_releasable")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"question": 999_999}, {"question": "unknown"}),
        ({"channel": 999_999}, {"channel": "unknown"}),
        ({"statement": "APOLOGY"}, {"statement": "unknown"}),
        ({"statement": "HOLD", "values": {"place": "x"}}, {"values.place": "unknown"}),
        ({"values": {"time": "12:30"}}, {"values.time": "unknown"}),
    ],
)
def test_reference_out_of_place_names_its_field(
    house: House, olgas: Program, changes: dict[str, Any], wrong: dict[str, str]
) -> None:
    """A wrong id must be found before the words are out under the wrong question."""
    first_question(house)

    response = olgas.post("/incidents/1/answers", {"channel": house.x.pk, "text": "Yes."} | changes)

    assert problem(response) == (422, "unknown_reference")
    assert fields(response) == wrong
    assert not Answer.objects.exists()


def test_question_of_another_storm_and_statement_of_another_protocol_are_unknown(
    house: House, olgas: Program
) -> None:
    """Words must not cross from one storm into another by a mistyped id."""
    house.alarm()
    other = house.alarm().questions.get()
    playbook = Playbook.objects.create(code="WATER-01", title="Water")
    protocol = Protocol.objects.create(playbook=playbook, version=1, chain=house.chain)
    Statement.objects.create(
        protocol=protocol, code="BOIL", title="Boil", kind="instruction", text="Boil it."
    )
    Channel.objects.filter(pk=house.facebook.pk).update(is_active=False)
    body = {"channel": house.x.pk, "text": "Yes."}

    def wrong(**changes: Any) -> dict[str, str]:
        return fields(olgas.post("/incidents/1/answers", body | changes))

    assert wrong(question=other.pk) == {"question": "unknown"}
    assert wrong(statement="BOIL") == {"statement": "unknown"}
    assert wrong(channel=house.facebook.pk) == {"channel": "unknown"}


def test_answer_without_words_is_refused(house: House, olgas: Program) -> None:
    """An empty draft with a green light beside it helps nobody."""
    first_question(house)

    response = olgas.post("/incidents/1/answers", {"channel": house.x.pk})

    assert (problem(response), fields(response)) == ((422, "not_together"), {"text": "required"})


def test_revising_makes_a_new_version(house: House, olgas: Program) -> None:
    """What was signed must stay readable beside what came after."""
    answer = house.draft(house.alarm())

    revised = olgas.put(f"/answers/{answer.pk}", {"version": 1, "text": "Yes. He is."}).json()

    assert (revised["version"]["number"], revised["version"]["text"]) == (2, "Yes. He is.")
    assert answer.versions.count() == 2


def test_revising_what_changed_meanwhile_shows_what_changed(house: House, olgas: Program) -> None:
    """Two programs that write at once must not overwrite each other unseen."""
    answer = house.draft(house.alarm())
    olgas.put(f"/answers/{answer.pk}", {"version": 1, "text": TEXT.replace("tonight", "today")})

    response = olgas.put(f"/answers/{answer.pk}", {"version": 1, "text": "Mine."})

    stale = response.json()
    assert problem(response) == (409, "stale_version")
    assert stale["current"]["version"] == 2
    assert stale["current"]["written_by"]["name"] == "Olga Reyes"
    assert stale["current"]["sha256"] == sha256_of(stale["current"]["text"])
    assert [each for each in stale["diff"] if each["op"] != "same"] == [
        {"op": "removed", "text": "tonight"},
        {"op": "added", "text": "today"},
    ]


def test_too_long_an_answer_is_kept_but_not_sent_for_sign_off(house: House, olgas: Program) -> None:
    """The manager's minute must not go into a text that no network takes."""
    first_question(house)
    answer = olgas.post("/incidents/1/answers", {"channel": house.x.pk, "text": "ha " * 200}).json()

    response = olgas.post(f"/answers/{answer['id']}/submit", {"version": 1})

    assert problem(response) == (422, "blocked")
    assert [(each["code"], each["level"]) for each in response.json()["checks"]] == [
        ("too_long", "block")
    ]
    assert "of 280" in response.json()["checks"][0]["text"]
    assert olgas.get(f"/answers/{answer['id']}").json()["status"] == "draft"


def test_submitting_asks_the_signers(house: House, olgas: Program, annas: Program) -> None:
    """What waits for a signature has to stand in the signer's queue, with the words to sign."""
    answer = house.draft(house.alarm())

    shown = olgas.post(f"/answers/{answer.pk}/submit", {"version": 1}).json()

    waiting = annas.get("/queue").json()["results"]
    assert (shown["status"], shown["sign_off"]["needed"]) == ("awaiting_sign_off", 1)
    assert [each["name"] for each in shown["sign_off"]["signers"]] == ["Anna Hale", "Ben Okafor"]
    assert [each["answer"] for each in waiting] == [answer.pk]
    assert waiting[0]["version"]["sha256"] == sha256_of(TEXT)
    assert waiting[0]["due_at"] == "2026-11-14T12:05:00Z"
    assert olgas.get("/queue").json()["results"] == []


def test_submitting_twice_or_with_nobody_to_sign_is_refused(house: House, olgas: Program) -> None:
    """A sign-off that nobody can give is silence until the deadline."""
    answer = house.submitted(house.alarm())
    lonely = house.draft(house.alarm())
    Answer.objects.filter(pk=lonely.pk).update(created_by=house.olga)
    lonely.incident.escalation.steps.all().delete()

    again = olgas.post(f"/answers/{answer.pk}/submit", {"version": 1})
    nobody = olgas.post(f"/answers/{lonely.pk}/submit", {"version": 1})

    assert problem(again) == (409, "not_submittable")
    assert problem(nobody) == (422, "nobody_to_sign")


def test_signed_words_go_out_once_with_proof(house: House, olgas: Program) -> None:
    """The clock stops at the link that proves the words are out, and not before."""
    answer = house.submitted(house.alarm())
    approve(answer=answer, act=act(house.anna, 80))
    olgas.seconds = 100

    before = olgas.get(f"/answers/{answer.pk}").json()
    unproven = olgas.post(f"/answers/{answer.pk}/releases", {"version": 1})
    out = olgas.post(f"/answers/{answer.pk}/releases", {"version": 1, "url": URL})
    again = olgas.post(f"/answers/{answer.pk}/releases", {"version": 1, "url": URL})

    assert before["authority"] == {"basis": "approved", "clause": ""}
    assert (problem(unproven), fields(unproven)) == (
        (422, "proof_missing"),
        {"url": "proof_missing"},
    )
    assert out.json()["release"]["url"] == URL
    assert out.json()["release"]["at"] == "2026-11-14T12:01:40Z"
    assert problem(again) == (409, "already_out")
    assert olgas.get("/incidents/1/report").json()["figures"]["answer_seconds"] == 100.0


def test_clause_lets_words_go_when_nobody_decided_in_time(house: House, olgas: Program) -> None:
    """On breach the officer must read what has fallen to them, and by which clause."""
    clause = "4.2: after ten minutes the officer answers"
    playbook = Playbook.objects.create(code="WATER-01", title="Water")
    Protocol.objects.create(
        playbook=playbook,
        version=1,
        chain=house.chain,
        falls_to_officer="answer",
        clause=clause,
        status="published",
        published_at=NOON,
        manager_signed_by=house.anna,
        manager_signed_at=NOON,
    )
    answer = house.draft(house.alarm(playbook=playbook))
    early = olgas.get(f"/answers/{answer.pk}").json()
    fast_forward(301)
    olgas.seconds = 302

    late = olgas.get(f"/answers/{answer.pk}").json()

    assert early["authority"] is None
    assert late["authority"] == {"basis": "clause", "clause": clause}


def test_withdrawn_answer_is_out_of_use(house: House, olgas: Program) -> None:
    """A text that was given up must not be revived by a script that did not hear of it."""
    answer = house.draft(house.alarm())

    shown = olgas.post(f"/answers/{answer.pk}/withdraw").json()
    response = olgas.put(f"/answers/{answer.pk}", {"version": 1, "text": "Again."})

    assert shown["status"] == "withdrawn"
    assert problem(response) == (409, "not_editable")
    assert [each["status"] for each in olgas.get("/incidents/1/answers").json()["results"]] == [
        "withdrawn"
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/submit", {"version": 1}),
        ("/releases", {"version": 1, "url": URL}),
        ("/withdraw", {}),
    ],
)
def test_manager_does_not_do_the_officers_part(
    house: House, annas: Program, path: str, body: dict[str, Any]
) -> None:
    """The record says who wrote and who signed; one role must not do both by API."""
    answer = house.draft(house.alarm())

    assert problem(annas.post(f"/answers/{answer.pk}{path}", body)) == (403, "not_yours")


def test_list_of_answers_shows_the_words_they_have_now(house: House, olgas: Program) -> None:
    """A list with yesterday's wording is worse than none."""
    answer = house.draft(house.alarm())
    olgas.put(f"/answers/{answer.pk}", {"version": 1, "text": "New words."})

    listed = olgas.get("/incidents/1/answers").json()["results"]

    assert [(each["id"], each["version"]["text"]) for each in listed] == [(answer.pk, "New words.")]
