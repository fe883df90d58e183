"""The storm that is rehearsed: its words, its stage, and the program that plays it."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import combinations
from typing import Any

import pytest

from crisis.rehearsal.account import account_of, table
from crisis.rehearsal.client import Client, NotThere, Refused
from crisis.rehearsal.officer import SIGNATURE
from crisis.rehearsal.pace import Pace
from crisis.rehearsal.scene import Scene
from crisis.rehearsal.stage import CHAIN, PLAYBOOK, NotSetUp, divided, staged
from crisis.rehearsal.story import Storm, hand_of, read_storm
from crisis.rules.checks import ALIKE_PERCENT, SAME_PERCENT, alike_percent
from escalation.models import ApiKey, Chain
from escalation.operations.keys import find_key
from playbooks.files.house import read_house
from playbooks.files.sample import SAMPLE, load_sample
from playbooks.models import Playbook, Protocol
from playbooks.rules.counting import fit
from playbooks.rules.jargon import DEFAULT_JARGON, flags
from tests.story import NOON, House
from tests.wires import scripted_server

STORM = read_storm()

Sent = tuple[str, str, str]


def sent() -> list[Sent]:
    """Every text that is sent for sign-off: to whom, on which network, the words."""
    first = STORM.first
    found = [
        (first.who, first.channel, text) for text in (first.drafted, first.revised, first.amended)
    ]
    for asker in STORM.others:
        texts = filter(None, [asker.answer, asker.edited])
        found += [(asker.who, asker.channel, text) for text in texts]
    return found


# ------------------------------------------------------------ the words


def test_forty_people_ask_different_things_on_four_channels() -> None:
    """A story with fewer proves less than it says; two alike are told apart by nobody."""
    networks = {each.channel for each in STORM.others} | {STORM.first.channel}
    asked = {each.asks for each in STORM.others} | {STORM.first.asks}

    assert STORM.asking == 40
    assert len(asked) == len(STORM.askers) + 1 == 40
    assert networks == {"x", "facebook", "instagram", "bluesky"}


@pytest.mark.parametrize("text", sent(), ids=lambda each: each[0])
def test_every_answer_fits_its_channel(text: Sent) -> None:
    """An answer that is too long stops the story in the middle, in front of everybody."""
    house = read_house((SAMPLE / "organisation.yaml").read_bytes())
    limits = {each.network: each.limit for each in house.channels}
    _, network, words = text

    assert not fit(words, network, house.house_limit, limits[network], is_reply=True).is_over


def test_no_two_people_get_nearly_the_same_answer() -> None:
    """The story must not do what it shows the system stopping."""
    pairs = ((a, b) for a, b in combinations(sent(), 2) if a[0] != b[0])

    alike = [(a[0], b[0]) for a, b in pairs if alike_percent(a[2], b[2]) >= ALIKE_PERCENT]

    assert alike == []


def test_the_pasted_answer_is_a_copy_whichever_it_is_taken_from() -> None:
    """Were it let through, the story would stop with a fault of its own."""
    percents = [alike_percent(text + SIGNATURE, text) for _, _, text in sent()]

    assert min(percents) >= SAME_PERCENT


def test_no_answer_has_a_word_that_a_neighbour_would_not_use() -> None:
    """What we show as good words has to be in them."""
    found = [(who, flags(text, DEFAULT_JARGON)) for who, _, text in sent()]

    assert [each for each in found if each[1]] == []


def test_the_same_seed_tells_the_same_story_and_another_another() -> None:
    """What was seen once has to be seen again, or it cannot be talked about."""
    told = [hand_of(seed, "Listener").arrivals(39, 300) for seed in (7, 7, 8)]

    assert told[0] == told[1]
    assert told[0] != told[2]
    assert told[0] == sorted(told[0])
    assert 0 < told[0][0] < told[0][-1] < 300


# ------------------------------------------------------------ the stage


@pytest.mark.parametrize(
    ("speed", "after"),
    [(1, [0, 60, 180, 240]), (20, [0, 3, 9, 12]), (60, [0, 1, 3, 4]), (200, [0, 1, 2, 3])],
)
def test_steps_come_in_order_at_any_speed(speed: float, after: list[int]) -> None:
    """Two steps in the same second would page two people where one may do."""
    assert divided([0, 60, 180, 240], speed) == after


@pytest.fixture
def sample(db: None) -> Storm:
    load_sample(now=NOON)
    return STORM


def test_the_stage_is_set_again_at_another_speed_and_leaves_no_key_behind(sample: Storm) -> None:
    """A key that outlives the evening opens the house to whoever reads a terminal's scrollback."""
    for speed, after in ((20, [0, 3, 9, 12]), (1, [0, 60, 180, 240])):
        with staged(sample, speed, lambda: NOON) as stage:
            assert Playbook.objects.get(code=PLAYBOOK).is_active
            assert find_key(stage.keys["officer"], NOON)
            assert stage.statement_time == "12:30"

        steps = Chain.objects.get(name=CHAIN).steps.all()
        assert [step.after_seconds for step in steps] == after
        assert not Playbook.objects.get(code=PLAYBOOK).is_active
        assert not ApiKey.objects.filter(revoked_at=None).exists()
    protocol = Protocol.objects.get(playbook__code=PLAYBOOK)
    assert protocol.status == "published"
    assert protocol.is_officer_signed


def test_the_stage_is_cleared_when_the_evening_breaks_off(sample: Storm) -> None:
    """Ctrl-C is how most rehearsals end."""
    with pytest.raises(KeyboardInterrupt), staged(sample, 20, lambda: NOON):
        raise KeyboardInterrupt

    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert not Playbook.objects.get(code=PLAYBOOK).is_active


def test_a_changed_playbook_is_rehearsed_as_it_is_now(sample: Storm) -> None:
    """Rehearsing last year's words makes people sure of the wrong ones."""
    with staged(sample, 20, lambda: NOON):
        pass
    Protocol.objects.filter(playbook__code="VOL-01").update(status="retired")
    Playbook.objects.filter(code="DATA-01").update(code="VOL-01-OLD")
    Playbook.objects.filter(code="VOL-01").update(code="DATA-01")
    Playbook.objects.filter(code="VOL-01-OLD").update(code="VOL-01")

    with staged(sample, 20, lambda: NOON):
        pass

    versions = Protocol.objects.filter(playbook__code=PLAYBOOK).order_by("version")
    assert [each.status for each in versions] == ["retired", "published"]
    assert versions[1].statements.filter(code="PROTECT").exists()


def test_another_house_is_told_what_is_missing(house: House) -> None:
    """Somebody's own organisation must not be played with."""
    with pytest.raises(NotSetUp, match="load_sample"), staged(STORM, 20, lambda: NOON):
        pass

    assert not ApiKey.objects.exists()


# ------------------------------------------------------------ the program that calls


class Scripted(HTTPServer):
    """Gives what was written down for it, one answer after the other, and notes the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], Any]] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def _answer(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        status, headers, body = self.server.answers.pop(0)
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(raw))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_too_many_requests_are_sent_again_when_the_api_says(server: Scripted) -> None:
    """Who does not wait as told is shut out for longer, and the story stops."""
    server.answers = [
        (429, {"Retry-After": "3"}, {"code": "too_many_requests"}),
        (503, {"Retry-After": "5"}, {"code": "unavailable"}),
        (200, {}, {"number": 1}),
    ]
    waits: list[float] = []

    with Client(server.url, "key", waits.append) as client:
        told = client.post("/incidents", {})

    assert told == {"number": 1}
    assert waits == [3, 5]
    assert server.asked == ["POST /api/v1/incidents"] * 3


@pytest.mark.parametrize("headers", [{"Retry-After": "3600"}, {"Retry-After": "soon"}, {}])
def test_an_hour_is_not_waited_for(server: Scripted, headers: dict[str, str]) -> None:
    """A rehearsal that stands still says nothing; one that ends says why."""
    server.answers = [(429, headers, {"code": "too_many_requests"})]

    with Client(server.url, "key", pytest.fail) as client, pytest.raises(Refused) as refused:
        client.get("/queue")

    assert refused.value.code == "too_many_requests"


def test_a_refusal_comes_with_what_stands_in_the_way(server: Scripted) -> None:
    """Whoever is told no has to read the words as they are now, and decide again."""
    body = {"code": "stale_version", "title": "The words have changed", "current": {"version": 2}}
    server.answers = [(409, {}, body)]

    with Client(server.url, "key", pytest.fail) as client, pytest.raises(Refused) as refused:
        client.post("/answers/1/decisions", {})

    assert (refused.value.status, refused.value.code) == (409, "stale_version")
    assert refused.value.body["current"] == {"version": 2}
    assert "The words have changed" in str(refused.value)


def test_a_long_list_is_read_to_its_end(server: Scripted) -> None:
    """A person on the second page would wait for an answer for ever."""
    server.answers = [
        (200, {}, {"results": [{"id": 1}], "next": "/api/v1/queue?after=1"}),
        (200, {}, {"results": [{"id": 2}], "next": None}),
    ]

    with Client(server.url, "key", pytest.fail) as client:
        found = list(client.rows("/queue"))

    assert found == [{"id": 1}, {"id": 2}]
    assert server.asked == ["GET /api/v1/queue?limit=200", "GET /api/v1/queue?after=1"]


@pytest.mark.parametrize("page", ["<html>Welcome to nginx</html>", "[]", ""])
def test_another_program_at_the_address_is_told_from_codered(server: Scripted, page: str) -> None:
    """Port 8000 belongs to whoever came first."""
    server.answers = [(200, {}, page)]

    with (
        Client(server.url, "", pytest.fail) as client,
        pytest.raises(NotThere, match=r"not CodeRed.*make run"),
    ):
        client.get("/health/live")


def test_connection_that_was_closed_during_a_pause_is_not_used_again() -> None:
    """A person who thinks for five seconds would be told that nothing answers."""
    callers: list[bool] = []

    def script(caller: socket.socket, _: threading.Event) -> None:
        is_last = b"connection: close" in caller.recv(65536).lower()
        callers.append(is_last)
        told = b"Connection: close\r\n" if is_last else b""
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + told + b"\r\n{}")
        if not is_last:
            # It is gone only when the next request is on its way, and has read that one.
            caller.recv(65536)

    with (
        scripted_server(script) as port,
        Client(f"http://127.0.0.1:{port}", "", pytest.fail) as client,
    ):
        client.post("/incidents")
        client.post("/incidents")

    assert callers == [True, True]


def test_silence_ends_with_what_to_start() -> None:
    """A traceback of the network helps nobody."""
    with (
        Client("http://127.0.0.1:1", "", pytest.fail) as client,
        pytest.raises(NotThere, match="make run"),
    ):
        client.get("/health/live")


# ------------------------------------------------------------ the account

FIGURES = {
    "first_word_seconds": 1.2,
    "on_it_seconds": 4.1,
    "sign_off_wait_seconds": 4.0,
    "answer_seconds": 10.5,
    "answered": 38,
    "pages": 88,
    "people_paged": 4,
    "versions": 44,
    "sent_back": 1,
    "amended": 1,
}


class Read:
    """A client that has read this report, and two questions."""

    def __init__(self, fault: str = "", **figures: float | None) -> None:
        evidence = {"is_whole": not fault, "events": 400, "fault": fault}
        self.report = {"figures": FIGURES | figures, "evidence": evidence}

    def get(self, path: str) -> Any:
        return self.report

    def rows(self, path: str) -> Iterator[dict[str, str | None]]:
        yield {"answered_at": "2026-11-14T12:00:30Z"}
        yield {"answered_at": "2026-11-14T12:00:31Z"}
        yield {"answered_at": None}


def account(read: Read) -> Any:
    scene = Scene(STORM, Pace(20), 7, 1, NOON, {}, "12:30", is_drill=True)
    return account_of(scene, read)  # type: ignore[arg-type]


def test_figures_are_measured_in_the_time_of_the_story() -> None:
    """Ten seconds at speed twenty are no answer within ten seconds."""
    told = account(Read())
    lines = list(table(told.rows))

    assert told.faults == []
    assert any(
        line.split() == ["First", "answer", "10.50", "s", "3:30", "5:00", "1:30", "to", "spare"]
        for line in lines
    )
    assert any("0:22 late" in line for line in lines)
    assert any("1 of 3" in line and "2 late" in line for line in lines)


def test_a_missing_figure_is_a_fault() -> None:
    """An empty cell in a table is easily read as a nought."""
    assert account(Read(answer_seconds=None)).faults == ["First answer is missing from the report."]


def test_broken_evidence_is_a_fault() -> None:
    """A rehearsal that passes over it teaches everybody to."""
    faults = account(Read(fault="event 7: hash")).faults

    assert faults == ["The evidence does not verify: event 7: hash"]
