"""kill -9, a hung Redis, a dead Redis: with the processes that run in production."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.db import transaction

from crisis.queries.invariants import faults
from escalation import clock
from escalation.models import ApiKey, ClockBeat, Page, Person
from escalation.operations.keys import create_key
from tests.processes.patience import Patience
from tests.processes.programs import Installation, installation, until
from tests.servers import Redis
from tests.story import House, make_house

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

FEW_SECONDS = 5.0
"""How late a page may be because of a fault. Source: the promise of the outage plus 5 s."""
ON_TIME_SECONDS = 2.0
ACCEPTED_SECONDS = 1.0


@pytest.fixture
def house(transactional_db: None) -> House:
    """A house whose second step follows after six seconds: a test need not take a minute."""
    house = make_house()
    house.chain.steps.filter(position=1).update(after_seconds=6)
    return house


@pytest.fixture
def redis() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture
def headers(house: House) -> dict[str, str]:
    with transaction.atomic():
        _, secret = create_key(
            person=house.olga, name="test", scopes=ApiKey.Scope.values, now=clock.now()
        )
    return {"Authorization": f"Bearer {secret}"}


def raise_code_red(running: Installation, headers: dict[str, str], seconds: float) -> int:
    """Raise over HTTP. The time-out is the promise: accepted in under a second, come what may."""
    answer = requests.post(
        f"{running.url}/api/v1/incidents",
        json={"question": "Is he one of yours?", "playbook": "VOL-01"},
        headers=headers,
        timeout=seconds,
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


def sent_pages(person: Person) -> list[Page]:
    return list(Page.objects.filter(person=person, occasion="step", sent_at__isnull=False))


def lateness(page: Page) -> float:
    """Give the seconds from when a page was due to when it was sent."""
    assert page.sent_at
    return (page.sent_at - page.due_at).total_seconds()


def wait_until_warm(running: Installation, headers: dict[str, str]) -> None:
    """The first request of a process loads code; the promise is about a process that runs."""
    for _ in range(3):
        requests.get(f"{running.url}/api/v1/me", headers=headers, timeout=20)


@pytest.mark.parametrize("trouble", ["killed", "hung"])
def test_redis_gone_as_it_is_raised_and_workers_killed_between_two_pages(
    house: House,
    redis: Redis,
    headers: dict[str, str],
    tmp_path: Path,
    patience: Patience,
    trouble: str,
) -> None:
    """The night on which everything breaks: the second manager is still paged in time."""
    with installation(tmp_path, redis.url, "web", "worker", "beat", "clock") as running:
        until("three drivers pass", lambda: ClockBeat.objects.count() >= 3)
        wait_until_warm(running, headers)
        at_once = patience(ACCEPTED_SECONDS)
        redis.kill() if trouble == "killed" else redis.freeze()

        raise_code_red(running, headers, at_once)
        until("Anna is paged", lambda: bool(sent_pages(house.anna)))
        running.kill("worker")
        running.kill("beat")
        until("Ben is paged", lambda: bool(sent_pages(house.ben)))

        first, second = sent_pages(house.anna)[0], sent_pages(house.ben)[0]
        assert lateness(first) <= patience(ON_TIME_SECONDS)
        assert 0 <= lateness(second) <= patience(FEW_SECONDS)
        assert Page.objects.filter(occasion="step").count() == 2
        assert faults(clock.now()) == []


def test_worker_alone_pages_without_any_redis(
    house: House, redis: Redis, headers: dict[str, str], tmp_path: Path, patience: Patience
) -> None:
    """The clock inside a worker needs the database and nothing else."""
    with installation(tmp_path, redis.url, "web", "worker") as running:
        until("the worker's clock passes", lambda: ClockBeat.objects.exists())
        at_once = patience(ACCEPTED_SECONDS)
        redis.kill()

        raise_code_red(running, headers, at_once)

        until("Ben is paged", lambda: bool(sent_pages(house.ben)))
        assert lateness(sent_pages(house.ben)[0]) <= patience(FEW_SECONDS)


def test_two_of_everything_page_once(
    house: House, redis: Redis, headers: dict[str, str], tmp_path: Path, patience: Patience
) -> None:
    """Two workers, two beats, a clock: whoever is first does it, and nobody does it again."""
    names = ("web", "worker1", "worker2", "beat1", "beat2", "clock")
    with installation(tmp_path, redis.url, *names) as running:
        until("beat's tick passes", lambda: ClockBeat.objects.filter(driver="tick").exists())

        raise_code_red(running, headers, patience(ACCEPTED_SECONDS))
        until("Ben is paged", lambda: bool(sent_pages(house.ben)))

        assert Page.objects.filter(occasion="step").count() == 2
        assert max(Page.objects.values_list("sends", flat=True)) == 1
        assert faults(clock.now()) == []
