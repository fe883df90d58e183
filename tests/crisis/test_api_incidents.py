"""Code reds by API: read them, be on it, hand over, stand down, and nothing that is not yours."""

from typing import Any

import pytest

from crisis.models import Incident
from escalation.models import ContactMethod, Event, Page, Person
from playbooks.models import Playbook, Protocol
from tests.programs import Program, fields, problem
from tests.story import NOON, House, ask_more, at, fast_forward, make_person

READS = ["", "/timeline", "/report", "/questions", "/facts", "/answers"]
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("/acknowledge", {}),
    ("/hand-over", {}),
    ("/stand-down", {"end": "over"}),
    ("/questions", {"text": "And me?"}),
    ("/facts", {"text": "He left in 2021.", "source": "Joy Mensah"}),
    ("/answers", {"channel": 0, "text": "Yes."}),
]


def restricted_alarm(house: House, *signers: Person) -> Incident:
    """A code red that only its officer and the people on its chain may see."""
    playbook = Playbook.objects.create(code="SAFE-01", title="Safeguarding")
    protocol = Protocol.objects.create(
        playbook=playbook, version=1, chain=house.chain, is_restricted=True
    )
    protocol.signers.set(signers)
    Protocol.objects.filter(pk=protocol.pk).update(
        status="published", published_at=NOON, manager_signed_by=house.anna, manager_signed_at=NOON
    )
    return house.alarm(playbook=playbook)


def forged(incident: Incident) -> Event:
    """An event that somebody put at the end of the chain by hand."""
    timeline = incident.timeline
    timeline.refresh_from_db()
    return Event(
        timeline=timeline, sequence=timeline.length + 1, kind="decided", at=at(1), hash="0" * 64
    )


def test_list_goes_on_after_the_last_row_seen(house: House, olgas: Program) -> None:
    """Rows that come in while one pages through must not push others out of sight."""
    for _ in range(5):
        house.alarm()

    first = olgas.get("/incidents?limit=2").json()
    house.alarm()
    second = olgas.get(first["next"].removeprefix("/api/v1")).json()
    third = olgas.get(second["next"].removeprefix("/api/v1")).json()

    numbers = [[row["number"] for row in part["results"]] for part in (first, second, third)]
    assert numbers == [[5, 4], [3, 2], [1]]
    assert third["next"] is None


def test_list_is_read_without_counting_or_skipping_rows(
    house: House, olgas: Program, django_assert_num_queries: Any
) -> None:
    """A list that gets slower with every storm is slow in the worst one."""
    for _ in range(4):
        house.alarm()

    with django_assert_num_queries(5) as seen:
        olgas.get("/incidents?after=4&limit=2")

    asked = " ".join(query["sql"] for query in seen.captured_queries).upper()
    assert "OFFSET" not in asked
    assert "COUNT(" not in asked


def test_list_filters_by_status_and_moment(house: House, olgas: Program) -> None:
    """A wall screen shows what is open, and a monthly report what was raised this month."""
    house.alarm()
    house.alarm()
    olgas.post("/incidents/1/stand-down", {"end": "over"})

    def numbers(query: str) -> list[int]:
        return [row["number"] for row in olgas.get(f"/incidents?{query}").json()["results"]]

    assert numbers("status=open") == [2]
    assert numbers("status=stood_down") == [1]
    assert numbers("raised_since=2026-11-14T12:00:00Z") == [2, 1]
    assert numbers("raised_since=2026-11-14T14:00:01%2B02:00") == []
    assert numbers("raised_since=2026-11-14T12:00:00%2B22:55") == [2, 1]


def test_incident_shows_promises_and_paging(house: House, olgas: Program) -> None:
    """The clock that a screen shows must be the one that the record keeps."""
    house.alarm()

    shown = olgas.get("/incidents/1").json()

    assert [each["due_at"] for each in shown["deadlines"]] == [
        "2026-11-14T12:02:00Z",
        "2026-11-14T12:05:00Z",
    ]
    assert shown["paging"]["is_running"] is True
    assert shown["playbook"] == {"code": "VOL-01", "title": house.playbook.title, "version": 1}


def test_timeline_goes_on_by_sequence_and_carries_the_hashes(house: House, olgas: Program) -> None:
    """Whoever copies the evidence out must be able to check it, event by event."""
    incident = house.alarm()

    first = olgas.get("/incidents/1/timeline?limit=1").json()
    rest = olgas.get(first["next"].removeprefix("/api/v1")).json()

    told = [*first["results"], *rest["results"]]
    events = list(incident.timeline.events.order_by("sequence"))
    assert [(each["sequence"], each["hash"]) for each in told][:2] == [
        (event.sequence, event.hash) for event in events
    ][:2]
    assert told[0]["by"]["name"] == "Olga Reyes"


def test_acknowledging_holds_the_chain(house: House, annas: Program) -> None:
    """“I'm on it” by API must give the same quiet as the button."""
    house.alarm()

    shown = annas.post("/incidents/1/acknowledge").json()

    assert shown["paging"]["acknowledged_by"]["name"] == "Anna Hale"
    assert shown["paging"]["held_until"] == "2026-11-14T12:02:30Z"
    assert shown["paging"]["is_running"] is True


def test_only_somebody_who_is_paged_can_be_on_it(house: House, olgas: Program) -> None:
    """The officer's program must not silence the managers' pages."""
    house.alarm()

    assert problem(olgas.post("/incidents/1/acknowledge")) == (409, "not_paging")


def test_hand_over_tells_whom_it_paged(house: House, annas: Program) -> None:
    """Handing over into the void would leave the storm to nobody."""
    incident = house.alarm()

    response = annas.post("/incidents/1/hand-over", {"to": house.ben.pk})

    assert [each["name"] for each in response.json()["paged"]] == ["Ben Okafor"]
    assert Page.objects.filter(escalation=incident.escalation, person=house.ben).exists()


def test_hand_over_names_the_field_when_nobody_is_there(house: House, annas: Program) -> None:
    """A wrong id must not look like a hand-over that went through."""
    house.alarm()
    ContactMethod.objects.filter(person=house.ben).update(is_enabled=False)
    Person.objects.filter(pk=house.olga.pk).update(is_active=False)

    unreachable = annas.post("/incidents/1/hand-over", {"to": house.ben.pk})
    unknown = annas.post("/incidents/1/hand-over", {"to": 999_999})
    gone = annas.post("/incidents/1/hand-over", {"to": house.olga.pk})

    assert (problem(unreachable), fields(unreachable)) == (
        (422, "cannot_be_reached"),
        {"to": "cannot_be_reached"},
    )
    assert (problem(unknown), fields(unknown)) == ((422, "unknown_reference"), {"to": "unknown"})
    assert fields(gone) == {"to": "unknown"}


def test_stood_down_is_closed_to_writing_and_says_when(house: House, olgas: Program) -> None:
    """A late script must not write into a storm that is over, and must learn that it is."""
    house.alarm()
    olgas.seconds = 200
    olgas.post("/incidents/1/stand-down", {"end": "answered", "reason": "Said it."})

    for path, body in WRITES:
        if "channel" in body:
            body = body | {"channel": house.x.pk}
        response = olgas.post(f"/incidents/1{path}", body)

        assert problem(response) == (409, "closed"), path
        assert response.json()["incident"] == {
            "number": 1,
            "status": "stood_down",
            "stood_down_at": "2026-11-14T12:03:20Z",
            "end": "answered",
        }


def test_report_gives_figures_people_and_whether_the_evidence_holds(
    house: House, olgas: Program
) -> None:
    """The account afterwards must say by itself whether somebody rewrote it."""
    incident = house.alarm()
    fast_forward(0)
    whole = olgas.get("/incidents/1/report").json()

    Event.objects.bulk_create([forged(incident)])
    altered = olgas.get("/incidents/1/report").json()

    assert whole["figures"]["limit_seconds"] == 300
    assert [each["person"]["name"] for each in whole["people"]] == ["Anna Hale", "Ben Okafor"]
    assert whole["evidence"]["is_whole"] is True
    assert altered["evidence"] | {"head_hash": ""} == {
        "is_whole": False,
        "events": whole["evidence"]["events"],
        "head_hash": "",
        "fault": f"event {whole['evidence']['events'] + 1}: the event was changed",
    }


def test_pages_never_show_an_address(house: House, olgas: Program) -> None:
    """Telephone numbers and addresses are for their owner and the admins alone."""
    ContactMethod.objects.filter(person=house.anna).update(label="Phone")
    house.alarm()
    fast_forward(0)
    Page.objects.update(error="550 anna@example.org is unknown", provider_id="tray:anna")

    response = olgas.get("/pages?incident=1")

    page = response.json()["results"][0]
    assert (page["person"]["name"], page["contact_kind"], page["contact_label"]) == (
        "Anna Hale",
        "tray",
        "Phone",
    )
    assert (page["occasion"], page["status"]) == ("step", "delivered")
    assert b"anna@example.org" not in response.content
    assert b"tray:" not in response.content


@pytest.mark.parametrize(
    ("label", "told"),
    [("Desk 0113 496 0001", "Desk •••• ••• ••01"), ("anna@example.org", "a•••@example.org")],
)
def test_pages_never_show_an_address_that_stands_in_a_label(
    house: House, olgas: Program, label: str, told: str
) -> None:
    """Who names a telephone by its number would have it read out to every program."""
    ContactMethod.objects.filter(person=house.anna).update(label=label)
    house.alarm()

    response = olgas.get("/pages?incident=1")

    assert response.json()["results"][0]["contact_label"] == told


@pytest.mark.parametrize("path", READS)
def test_restricted_incident_answers_like_one_that_is_not_there(house: House, path: str) -> None:
    """That there is a storm about one of the managers is itself the secret."""
    restricted_alarm(house)
    outsider = Program(make_person("Mark Lund"))

    hidden = outsider.get(f"/incidents/1{path}", X_Request_ID="the-same-id")
    missing = outsider.get(f"/incidents/2{path}", X_Request_ID="the-same-id")

    assert problem(hidden) == (404, "not_found")
    assert hidden.content == missing.content


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_restricted_incident_cannot_be_written_to_either(
    house: House, path: str, body: dict[str, Any]
) -> None:
    """A refusal that says 'not for your role' would tell that there is something."""
    restricted_alarm(house)
    outsider = Program(make_person("Mark Lund", "officer"))

    hidden = outsider.post(f"/incidents/1{path}", body, X_Request_ID="the-same-id")
    missing = outsider.post(f"/incidents/2{path}", body, X_Request_ID="the-same-id")

    assert problem(hidden) == (404, "not_found")
    assert hidden.content == missing.content
    assert Incident.objects.get().is_open


def test_restricted_answers_pages_and_queue_are_hidden_too(house: House) -> None:
    """An answer's own address must not be the side door into a restricted storm."""
    mark = make_person("Mark Lund")
    answer = house.submitted(restricted_alarm(house, house.anna, mark))
    outsider = Program(mark)
    sha256 = answer.versions.get().sha256
    decision = {"kind": "approve", "version": 1, "sha256": sha256}

    assert problem(outsider.get(f"/answers/{answer.pk}")) == (404, "not_found")
    assert problem(outsider.post(f"/answers/{answer.pk}/decisions", decision))[0] == 404
    assert problem(outsider.get("/pages?incident=1")) == (404, "not_found")
    assert outsider.get("/queue").json()["results"] == []
    assert outsider.get("/incidents").json()["results"] == []


def test_admin_reads_no_storm_that_is_not_theirs(house: House) -> None:
    """Whoever authors the playbooks is not thereby told of the storms."""
    house.alarm()
    admin = Program(make_person("Cara Voss", "admin"))

    assert admin.get("/incidents").json()["results"] == []
    assert problem(admin.get("/incidents/1")) == (404, "not_found")


def test_questions_are_added_once_and_listed_in_order(house: House, olgas: Program) -> None:
    """The same post from two listening tools is one person who asks."""
    incident = house.alarm()
    ask_more(incident, 2, house.x)
    post = {"text": "And the children?", "author": "@dan", "url": "https://x.com/dan/status/9"}

    added = olgas.post("/incidents/1/questions", post | {"channel": house.x.pk})
    again = olgas.post("/incidents/1/questions", post)

    listed = olgas.get("/incidents/1/questions").json()["results"]
    assert added.status_code == 201
    assert problem(again) == (409, "already_added")
    assert again.json()["question"] == added.json()["id"] == listed[-1]["id"]
    assert len(listed) == 4
    assert at(60).isoformat().startswith(listed[-1]["added_at"][:19])
