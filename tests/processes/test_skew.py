"""Hosts whose clocks are an hour off: the database's clock alone decides when a page leaves."""

import os
import subprocess
import sys
import time
from glob import glob
from pathlib import Path

import pytest

from tests.processes.apart import apart
from tests.processes.patience import Patience
from tests.processes.programs import until
from tests.servers import Redis

pytestmark = [pytest.mark.processes, pytest.mark.enable_socket]

HOUR = 3600
KEPT_IN = ("/usr/lib/*/faketime", "/usr/lib*/faketime")
SKEWS = {"web": -HOUR, "clock": HOUR, "worker": -HOUR, "beat": HOUR}
INCIDENTS = 10
STEPS = 3
CLOCKS = "SELECT driver FROM escalation_clockbeat WHERE driver <> 'tick'"
MOST_LATE_SECONDS = 3.0
"""One second by the failure table (8), on a machine that has nothing else to do."""


def skewed(seconds: int) -> dict[str, str]:
    """Give what makes a process believe that it is later, or earlier, than it is."""
    found = [each for place in KEPT_IN for each in glob(f"{place}/libfaketimeMT.so.1")]
    assert found, "libfaketime is missing. On Debian and Ubuntu: apt-get install libfaketime"
    # The steady clock stays as it is: a host with a wrong date still knows how long a second is.
    return {
        "LD_PRELOAD": found[0],
        "FAKETIME": f"{seconds:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
def test_skewed_process_is_an_hour_off(seconds: int) -> None:
    """With a trick that does not work, the tests below would prove nothing."""
    told = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"],
        env={**os.environ, **skewed(seconds)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert abs(float(told.stdout) - time.time() - seconds) < 60


def test_hosts_an_hour_off_page_neither_early_nor_late(tmp_path: Path, patience: Patience) -> None:
    """An hour early wakes people for nothing, and an hour late is no page at all."""
    with Redis() as redis, apart(tmp_path, steps=(2, 4), redis_url=redis.url) as place:
        for name, seconds in SKEWS.items():
            place.running.start(name, **skewed(seconds))
        until("the web answers", lambda: place.running.answers("/api/v1/health/ready"))
        until("both clocks pass", lambda: len(place.rows(CLOCKS)) == 2)

        for _ in range(INCIDENTS):
            assert place.raise_code_red().status_code == 201
        until("every step is sent", lambda: len(place.lateness()) == INCIDENTS * STEPS)

        late = place.lateness()
        assert late[0] >= 0
        assert late[-1] <= patience(MOST_LATE_SECONDS)
        assert place.rows("SELECT max(sends) FROM escalation_page") == [(1,)]
