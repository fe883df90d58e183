"""PostgreSQL restarted, gone, or frozen: said within seconds, and made up for by itself."""

import os
import re
import time
from collections.abc import Iterator
from html import unescape

import psycopg
import pytest
import requests

from tests.processes.apart import PASSWORD, Apart, apart
from tests.processes.patience import Patience
from tests.processes.programs import until

pytestmark = [pytest.mark.processes, pytest.mark.enable_socket]

AWAY_SECONDS = float(os.environ.get("CODERED_TESTS_AWAY_SECONDS", "6"))
BACK_SECONDS = 15.0
"""How soon the clock must have come back by itself. Source: the failure table, 5."""
OTHER = "And who is she?"
FEW_SECONDS = 10.0
"""How long a request may take to say that the database is away."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with apart(tmp_path_factory.mktemp("away"), "web", "clock1", "clock2") as place:
        yield place


@pytest.fixture
def warm(place: Apart) -> Apart:
    """Requests have been here, and have left connections behind for the next ones."""
    for _ in range(3):
        assert place.raise_code_red().status_code == 201
    return place


class Desk:
    """The officer's browser, in which she has signed in."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._seconds = seconds
        self._session = requests.Session()
        typed = {"username": "olga@example.org", "password": PASSWORD}
        assert self.post("/sign-in/", **typed, **hidden(self.get("/sign-in/"))).ok

    def get(self, path: str) -> requests.Response:
        return self._session.get(self._url + path, timeout=self._seconds)

    def post(self, path: str, **fields: str) -> requests.Response:
        return self._session.post(self._url + path, data=fields, timeout=self._seconds)


def hidden(page: requests.Response) -> dict[str, str]:
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in pairs}


def test_restart_costs_one_request_at_most(warm: Apart) -> None:
    """Connections that were kept are all dead then, and each would cost another request."""
    warm.postgres.stop(warm.postgres.crash_signal)
    warm.postgres.start()

    first, second = warm.raise_code_red(), warm.raise_code_red()

    assert first.status_code in (201, 503)
    assert second.status_code == 201


def test_killed_connections_cost_one_request_at_most(warm: Apart) -> None:
    """An administrator who ends sessions must not have ended the alarm."""
    warm.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    )

    first, second = warm.raise_code_red(), warm.raise_code_red()

    assert first.status_code in (201, 503)
    assert second.status_code == 201


def test_absence_is_said_kept_and_made_up_for(warm: Apart, patience: Patience) -> None:
    """The night on which the database goes: no word is lost, and every step fires once."""
    few = patience(FEW_SECONDS)
    desk = Desk(warm.running.url, few)
    form = hidden(desk.get("/raise/"))
    typed = {"question": OTHER, "playbook": "VOL-01", "limit_seconds": "agreed"}
    number = int(warm.raise_code_red().json()["number"])
    until("Anna is paged", lambda: len(warm.steps(number)) == 1)

    warm.postgres.stop(warm.postgres.crash_signal)
    away_at = time.monotonic()
    program, page = warm.raise_code_red(few), desk.post("/raise/", **form, **typed)
    time.sleep(max(0.0, AWAY_SECONDS - (time.monotonic() - away_at)))
    warm.postgres.start()

    assert program.headers["Content-Type"] == "application/problem+json"
    for answer in (program, page):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "call the people on your printed telephone list" in page.text
    assert OTHER in page.text
    until("all steps are sent", lambda: len(warm.steps(number)) == 3, patience(BACK_SECONDS))
    assert [step for step, _, _ in warm.steps(number)] == [0, 1, 2]
    assert [sends for _, sends, _ in warm.steps(number)] == [1, 1, 1]
    again = desk.post("/raise/", **hidden(page))
    assert again.status_code == 200
    assert OTHER in again.text
    assert warm.rows("SELECT count(*) FROM crisis_incident WHERE question = %s", OTHER) == [(1,)]


def test_row_that_somebody_holds_is_waited_for_in_seconds(warm: Apart, patience: Patience) -> None:
    """One administrator's forgotten transaction would leave every officer looking at nothing."""
    few = patience(FEW_SECONDS)
    began = time.monotonic()
    with psycopg.connect(warm.postgres.url) as forgotten:
        forgotten.execute("SELECT * FROM playbooks_organisation FOR UPDATE")
        answer = warm.raise_code_red(few)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert time.monotonic() - began < few
    assert warm.raise_code_red().status_code == 201


def test_hung_database_is_given_up_on(warm: Apart, patience: Patience) -> None:
    """A request that waits for ever looks like one that is about to work."""
    few = patience(FEW_SECONDS)
    warm.postgres.freeze()
    began = time.monotonic()
    try:
        answer = warm.raise_code_red(few)
    finally:
        took = time.monotonic() - began
        warm.postgres.thaw()

    assert answer.status_code == 503
    assert took < few
    number = int(warm.raise_code_red().json()["number"])
    until("the clock is back", lambda: len(warm.steps(number)) == 3, patience(BACK_SECONDS))
