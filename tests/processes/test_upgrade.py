"""A new release while fifty code reds are open: the schema first, then process after process."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psycopg
import pytest
import requests

from tests.processes.apart import LIVE, Apart, apart
from tests.processes.patience import Patience
from tests.processes.programs import CODE, until
from tests.servers import Redis

pytestmark = [pytest.mark.processes, pytest.mark.enable_socket]

INCIDENTS = 50
STEPS = 3
MOST_LATE_SECONDS = 10.0
"""Source: the failure table, 20."""
WEBS = ("web1", "web2")
DRIVERS = ("worker1", "worker2", "clock", "beat")
NEXT_RELEASE = "tests.processes.next_release.settings"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Apart]:
    names = (*WEBS, *DRIVERS)
    with Redis() as redis, apart(tmp_path, *names, steps=(5, 12), redis_url=redis.url) as place:
        until("three clocks pass", lambda: place.beats() >= 3)
        yield place


def apply_next_release(place: Apart) -> None:
    """Migrate while everything of the old release runs on, and while somebody reads for long."""
    with psycopg.connect(place.postgres.url) as reader:
        reader.execute("SELECT count(*) FROM escalation_page")
        migration = subprocess.Popen(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=CODE,
            env={**place.running.environment, "DJANGO_SETTINGS_MODULE": NEXT_RELEASE},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert migration.stdout is not None
        assert migration.stdout.readline() == "A table is in use. The others go first.\n"
    migration.communicate(timeout=60)
    assert migration.returncode == 0


class Officers:
    """Raise on and on, at whichever web answers, and keep count of what was accepted."""

    def __init__(self, place: Apart) -> None:
        self._place = place
        self._over = threading.Event()
        self.accepted: list[int] = []
        self.refused: list[str] = []

    def raise_on(self) -> None:
        while not self._over.wait(0.5):
            if not any(self._raises(web) for web in WEBS):
                self.refused.append("both webs were away")

    def stop(self) -> None:
        self._over.set()

    def _raises(self, web: str) -> bool:
        try:
            answer = self._place.raise_code_red(web=web)
        except requests.ConnectionError:
            return False
        if answer.status_code != 201:
            self.refused.append(answer.text)
            return True
        self.accepted.append(int(answer.json()["number"]))
        return True


def test_upgrade_under_fifty_live_incidents_loses_and_delays_no_step(
    place: Apart, patience: Patience
) -> None:
    """An upgrade that pauses the clock is made in quiet nights only, which is to say never."""
    for _ in range(INCIDENTS):
        assert place.raise_code_red(web="web1").status_code == 201
    officers = Officers(place)

    with ThreadPoolExecutor(1) as threads:
        raising = threads.submit(officers.raise_on)
        try:
            apply_next_release(place)
            for name in (*WEBS, *DRIVERS):
                place.running.restart(name)
                if name in WEBS:
                    until(f"{name} is back", partial(place.running.answers, LIVE, name))
        finally:
            officers.stop()
        raising.result()

    assert officers.refused == []
    expected = STEPS * (INCIDENTS + len(officers.accepted))
    until("every step is sent", lambda: len(place.lateness()) == expected, patience(60))
    late = place.lateness()
    assert late[0] >= 0
    assert late[-1] <= patience(MOST_LATE_SECONDS)
    assert place.rows("SELECT DISTINCT sends, priority FROM escalation_page") == [(1, 5)]
