"""How often one may ask by API: never so little that a storm waits."""

import time
from types import SimpleNamespace

import pytest

from crisis.api import throttling
from escalation.models import Person
from tests.programs import Program, problem
from tests.story import House


@pytest.fixture
def thirty_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that raising and deciding may ever be held to."""
    monkeypatch.setattr("crisis.api.throttling.Urgent.rate", "30/min", raising=False)


def test_deciding_for_forty_people_at_once_is_not_held_up(house: House, annas: Program) -> None:
    """One manager answers for everybody who asks: the forty-first must not wait for a minute."""
    answer = house.submitted(house.alarm())

    statuses = [annas.post(f"/answers/{answer.pk}/decisions", {}).status_code for _ in range(120)]

    assert set(statuses) == {400}


def test_thirty_storms_a_minute_are_raised_and_the_next_is_told_to_telephone(
    house: House, olgas: Program, thirty_a_minute: None
) -> None:
    """A throttle that stops a real storm does the attacker's work; a runaway script must stop."""
    Person.objects.filter(pk=house.anna.pk).update(duty_phone="+44 20 7946 0001")
    statuses = [
        olgas.post("/incidents", {"question": f"Storm {n}?"}).status_code for n in range(30)
    ]

    response = olgas.post("/incidents", {"question": "Storm 31?"})

    assert set(statuses) == {201}
    assert problem(response) == (429, "too_many_requests")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.json()["telephones"] == [{"name": "Anna Hale", "number": "+44 20 7946 0001"}]


def test_raising_uses_up_no_room_for_deciding_and_one_person_none_of_anothers(
    house: House, olgas: Program, annas: Program, thirty_a_minute: None
) -> None:
    """Whoever signs must get through while somebody's script goes wild."""
    answer = house.submitted(house.alarm())
    for number in range(31):
        annas.post("/incidents", {"question": f"Storm {number}?"})

    shown = annas.post(f"/answers/{answer.pk}/decisions", {})
    raised = olgas.post("/incidents", {"question": "A real one?"})

    assert problem(shown) == (400, "invalid")
    assert raised.status_code == 201


def test_reading_has_room_for_ten_a_second(house: House, olgas: Program) -> None:
    """A wall screen that polls must not be shut out, and a loop without end must."""
    statuses = [olgas.get("/me").status_code for _ in range(600)]

    assert set(statuses) == {200}
    assert problem(olgas.get("/me")) == (429, "too_many_requests")
    assert olgas.post("/incidents", {"question": "A real one?"}).status_code == 201


def test_strangers_are_counted_by_address_and_shown_no_telephone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header that anybody can write must not make a new stranger of the same one."""
    monkeypatch.setattr("crisis.api.throttling.Reads.rate", "3/min", raising=False)
    stranger = Program(None)

    statuses = [
        stranger.get("/problems", X_Forwarded_For=f"203.0.113.{n}").status_code for n in range(4)
    ]

    assert statuses == [200, 200, 200, 429]
    assert "telephones" not in stranger.get("/problems").json()


def test_probes_are_never_throttled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load balancer that is told to wait takes the site down."""
    monkeypatch.setattr("crisis.api.throttling.Reads.rate", "1/min", raising=False)

    assert {Program(None).get("/health/live").status_code for _ in range(5)} == {200}


def test_host_that_sets_its_clock_back_locks_nobody_out(
    house: House, olgas: Program, thirty_a_minute: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that corrects its date by an hour must not refuse code reds for an hour."""
    steady = time.monotonic()
    for n in range(30):
        olgas.post("/incidents", {"question": f"Storm {n}?"})

    refused = olgas.post("/incidents", {"question": "Storm 31?"})
    monkeypatch.setattr(throttling, "time", SimpleNamespace(monotonic=lambda: steady + 90))
    taken = olgas.post("/incidents", {"question": "Storm 31?"})

    assert (refused.status_code, taken.status_code) == (429, 201)
