"""One command runs everything, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config.broker import free_port

pytestmark = [pytest.mark.processes, pytest.mark.enable_socket]

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 20


class House:
    """`manage.py run --demo` in a directory of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port(0)
        self.output = var / "output"
        environment = {
            "PATH": os.environ["PATH"],
            "CODERED_VAR_DIR": str(var),
            "CODERED_PORT": str(self.port),
        }
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--demo"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def pids(self) -> dict[int, str]:
        """Give every process that belongs to this run, and how it was called."""
        found = {}
        for directory in Path("/proc").glob("[0-9]*"):
            # One that has ended meanwhile, or belongs to somebody else, cannot be read.
            with suppress(OSError):
                called = (directory / "cmdline").read_text().replace("\0", " ")
                if called and self._owns(directory):
                    found[int(directory.name)] = called
        return found

    def _owns(self, directory: Path) -> bool:
        # Redis writes its title over its environment, but stays where its data is.
        is_ours = f"CODERED_VAR_DIR={self.var}\0" in (directory / "environ").read_text()
        return is_ours or (directory / "cwd").readlink().is_relative_to(self.var)

    def pid_of(self, part: str) -> int:
        return next((pid for pid, called in self.pids().items() if part in called), 0)


def wait_for(what: Callable[[], object], seconds: float, house: House) -> None:
    ends_at = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends_at, house.said()
        time.sleep(0.05)


@contextmanager
def running(var: Path) -> Iterator[House]:
    house = House(var)
    try:
        wait_for(lambda: "is ready" in house.said(), START_SECONDS, house)
        yield house
    finally:
        for pid in house.pids():
            os.kill(pid, signal.SIGKILL)
        house.process.wait()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that the test may bring down."""
    with running(tmp_path) as house:
        yield house


@pytest.fixture(scope="module")
def standing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that still stands after the test."""
    with running(tmp_path_factory.mktemp("var")) as house:
        yield house


def test_ctrl_c_stops_everything_without_a_traceback(house: House) -> None:
    """An orphan keeps the port and pages people from a database nobody looks at."""
    assert f"http://127.0.0.1:{house.port}/" in house.said()
    assert len(house.pids()) == 5

    house.process.send_signal(signal.SIGINT)

    assert house.process.wait(STOP_SECONDS) == 0
    assert house.pids() == {}
    logs = [house.output, *(house.var / "log").glob("*.log")]
    assert [log.name for log in logs if "Traceback" in log.read_text()] == []


def test_killed_supervisor_takes_everything_along(house: House) -> None:
    """A supervisor that is killed must not leave a worker that pages on unseen."""
    house.process.kill()

    wait_for(lambda: not house.pids(), STOP_SECONDS, house)


@pytest.mark.parametrize("part", ["uvicorn", "worker", "beat", "-server 127"])
def test_whatever_dies_is_started_again(standing_house: House, part: str) -> None:
    """A dead worker that nobody starts again is a code red that reaches nobody."""
    first = standing_house.pid_of(part)

    os.kill(first, signal.SIGKILL)

    wait_for(lambda: standing_house.pid_of(part) not in (0, first), STOP_SECONDS, standing_house)


def test_second_one_in_the_same_place_is_refused(standing_house: House) -> None:
    """Two would write the same files, and one would page from stale ones."""
    told = subprocess.run(
        [sys.executable, "manage.py", "run", "--demo"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CODERED_VAR_DIR": str(standing_house.var)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    assert "runs in" in told.stderr
    assert "Traceback" not in told.stderr
