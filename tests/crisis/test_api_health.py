"""Health by API: a green light must mean that people would be paged."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from escalation.clock import leave_beat
from escalation.models import ClockBeat, Deadline, Escalation
from tests.programs import Program, problem
from tests.story import House, at, fast_forward

DATABASE_AWAY = patch(
    "django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError("gone")
)


@contextmanager
def rows_read() -> Iterator[list[object]]:
    """Count the rows that are made into objects meanwhile."""
    read: list[object] = []

    def note(sender: object, **given: object) -> None:
        read.append(sender)

    post_init.connect(note)
    yield read
    post_init.disconnect(note)


def test_live_asks_nobody(house: House) -> None:
    """A process that waits for a database must not be killed by its probe."""
    with CaptureQueriesContext(connection) as seen:
        response = Program(None).get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert len(seen) == 0


def test_ready_tells_the_age_of_the_clock(house: House) -> None:
    """Ten seconds is what the house allows; what it was has to be readable."""
    leave_beat("clock", at(57))

    response = Program(None).get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": True, "clock_age_seconds": 3.0}


@pytest.mark.parametrize(("beat", "age"), [(None, None), (49.0, 11.0)])
def test_stopped_clock_is_not_ready(house: House, beat: float | None, age: float | None) -> None:
    """A site that answers while nobody is paged is the worst kind of up."""
    if beat is not None:
        ClockBeat.objects.create(driver="clock", at=at(beat))

    response = Program(None).get("/health/ready")

    assert problem(response) == (503, "not_ready")
    assert (response.json()["database"], response.json()["clock_age_seconds"]) == (True, age)


def test_what_was_forgotten_is_not_ready_and_names_nobody(house: House) -> None:
    """A probe is open to strangers: it says which promise is broken, not in which storm."""
    house.alarm()
    fast_forward(1)
    Deadline.objects.filter(kind="answer").update(next_at=at(40))
    leave_beat("clock", at(59))

    response = Program(None).get("/health/ready")

    assert problem(response) == (503, "promise_broken")
    body = response.json()
    assert (body["broken"], body["database"], body["clock_age_seconds"]) == (["Q3"], True, 1.0)
    assert body["detail"] == "Something has been due for more than ten seconds."


def test_stranger_has_no_thousands_of_rows_read(house: House) -> None:
    """A probe is open to everybody: after an outage it must not cost what a whole list costs."""
    for _ in range(20):
        house.alarm()
    Escalation.objects.update(next_page_at=at(0))
    Deadline.objects.filter(next_at__isnull=False).update(next_at=at(0))
    leave_beat("clock", at(59))
    with rows_read() as read:
        response = Program(None).get("/health/ready")

    assert response.json()["broken"] == ["Q3", "Q4"]
    assert 0 < len(read) < 10


def test_database_away_is_not_ready_but_alive(house: House) -> None:
    """The probe has to fail by answering, not by falling over."""
    program = Program(None)

    with DATABASE_AWAY:
        ready, live = program.get("/health/ready"), program.get("/health/live")

    assert problem(ready) == (503, "not_ready")
    assert (ready.json()["database"], ready.json()["clock_age_seconds"]) == (False, None)
    assert live.status_code == 200


def test_database_away_tells_programs_to_come_back(house: House, olgas: Program) -> None:
    """A raise during a restart of the database is repeated, not lost in a stack trace."""
    with DATABASE_AWAY:
        response = olgas.post("/incidents", {"question": "Is he?"})

    assert problem(response) == (503, "unavailable")
    assert response.headers["Retry-After"] == "5"


def test_fault_of_ours_is_a_problem_with_an_id_that_the_log_has(
    house: House, olgas: Program, caplog: pytest.LogCaptureFixture
) -> None:
    """What broke must be found by the number that the program shows, and show nothing else."""
    with patch("crisis.api.incidents.ways_to_see", side_effect=RuntimeError("secret detail")):
        response = olgas.get("/incidents", X_Request_ID="desk-4711-a")

    assert problem(response) == (500, "server_error")
    assert response.json()["request_id"] == "desk-4711-a"
    assert b"secret detail" not in response.content
    assert "desk-4711-a" in caplog.text


@pytest.mark.parametrize("given", ["short", "a" * 65, "a b c d e f", "x\ty" * 5, "<script>alert"])
def test_request_id_that_is_none_is_replaced(house: House, olgas: Program, given: str) -> None:
    """A forged id must not write a line of its own into the log."""
    response = olgas.get("/me", X_Request_ID=given)

    assert response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 32


def test_no_answer_is_kept_by_anybody_on_the_way(house: House, olgas: Program) -> None:
    """A cache between us and the program would show yesterday's storm, and to whom it likes."""
    assert olgas.get("/incidents").headers["Cache-Control"] == "no-store"
