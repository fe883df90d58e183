"""A process that neither works nor dies: the others must not wait for what it holds."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.children import Child
from tests.processes.apart import Apart, apart
from tests.processes.patience import Patience
from tests.processes.programs import until

pytestmark = [pytest.mark.processes, pytest.mark.enable_socket]

TAKEN_OVER_SECONDS = 10.0
"""How soon others must go on with what a stuck process has in hand. Source: failure table, 23."""
MOST_SENDS = 2


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Apart]:
    with apart(tmp_path, "web", "clock2", steps=(3, 90)) as place:
        until("the second clock passes", lambda: place.beats() == 1)
        yield place


def signalled(child: Child, number: signal.Signals) -> None:
    assert child.process is not None
    os.kill(child.process.pid, number)


def is_frozen(child: Child) -> bool:
    assert child.process is not None
    return Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def freeze_at(place: Apart, point: str) -> tuple[Child, int]:
    """Let the first clock have a code red to itself, and stop there with all that it holds."""
    other = place.running.children["clock2"]
    frozen = place.running.start("clock1", CODERED_FREEZE_AT=point)
    until("the first clock passes", lambda: place.beats() == 2)
    signalled(other, signal.SIGSTOP)
    number = int(place.raise_code_red().json()["number"])
    until("it is frozen", lambda: is_frozen(frozen))
    signalled(other, signal.SIGCONT)
    return frozen, number


def test_lock_of_a_frozen_clock_holds_nobody_up(place: Apart, patience: Patience) -> None:
    """A clock that hangs with the lock of an incident would silence that incident for good."""
    soon = patience(TAKEN_OVER_SECONDS)
    frozen, number = freeze_at(place, "before_record")
    began = time.monotonic()

    asked = requests.post(
        f"{place.running.url}/api/v1/incidents/{number}/questions",
        json={"text": "And who is she?", "channel": 1},
        headers=place.headers,
        timeout=soon,
    )
    until("Ben is paged", lambda: len(place.steps(number)) == 2, soon)

    assert time.monotonic() - began < soon
    assert asked.status_code == 201, asked.text
    place.running.kill("clock2")
    signalled(frozen, signal.SIGCONT)
    again = int(place.raise_code_red().json()["number"])
    until("the first clock works again", lambda: len(place.steps(again)) == 2)
    assert [sends for _, sends, _ in place.steps(number)] == [1, 1]


def test_pages_of_a_frozen_clock_are_sent_by_another(place: Apart, patience: Patience) -> None:
    """A page in the hands of a process that hangs reaches nobody."""
    soon = patience(TAKEN_OVER_SECONDS)
    frozen, number = freeze_at(place, "after_claim")

    until("both are paged", lambda: len(place.steps(number)) == 2, soon)

    signalled(frozen, signal.SIGCONT)
    again = int(place.raise_code_red().json()["number"])
    until("both work on", lambda: len(place.steps(again)) == 2)
    assert all(sends <= MOST_SENDS for _, sends, _ in place.steps(number))
