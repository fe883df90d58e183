"""A storm of faults on the whole installation, short enough for every day: see docs/reliability."""

import faulthandler
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.controls import is_found
from tests.chaos.promises import broken_at_any_pace
from tests.chaos.stack import CODE

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def patience() -> None:
    """Let these take their minute; each has an end of its own."""
    faulthandler.cancel_dump_traceback_later()


def test_storm_of_a_minute_loses_no_page_and_doubles_few(tmp_path: Path) -> None:
    """Whatever dies at whatever moment, somebody is paged, and told what to do, in time."""
    command = [sys.executable, "-m", "tests.chaos", "--minutes", "1", "--seed", "3"]

    ran = subprocess.run(
        [*command, "--out", str(tmp_path)], cwd=CODE, capture_output=True, text=True, timeout=300
    )

    promises = json.loads((tmp_path / "chaos.json").read_text(encoding="utf-8"))["promises"]
    assert broken_at_any_pace(promises) == [], ran.stdout + ran.stderr


def test_storm_without_leases_is_found_out(tmp_path: Path) -> None:
    """A harness that always says yes would hide that a page died together with its process."""
    assert is_found("no_lease", tmp_path)
