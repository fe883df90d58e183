"""That the bench can be run at all: its figures are told, never asserted."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = Path(__file__).resolve().parents[2]


@pytest.mark.processes
def test_burst_is_measured_from_the_first_timer_to_the_table() -> None:
    """Figures that nobody can repeat are claims."""
    command = [sys.executable, "-m", "tests.bench", "burst", "--quick", "--runs", "1"]

    told = subprocess.run(
        [*command, "--peers", "loop,ours"], cwd=CODE, check=True, capture_output=True, text=True
    )

    assert "50 at once, sent ÷ bare loop" in told.stdout
    assert "| 50 at once, pages twice or never | 0 |" in told.stdout
