"""The points at which a process dies on purpose: silent unless they are asked for."""

import os
import signal
import subprocess
import sys

import pytest

from escalation.crash import VARIABLE, crash_point

PASS_BY = """
from escalation.crash import crash_point
for _ in range(3):
    crash_point("after_claim")
    print("alive", flush=True)
"""


def test_nobody_dies_unasked() -> None:
    """A crash point in production must be as if it were not there."""
    crash_point("after_claim")

    assert VARIABLE not in os.environ


@pytest.mark.parametrize(
    ("said", "lives", "code"),
    [
        ("after_claim:2", 1, -signal.SIGKILL),
        ("after_claim", 0, -signal.SIGKILL),
        ("after_dial:1,after_claim:3", 2, -signal.SIGKILL),
        ("after_dial:1", 3, 0),
    ],
)
def test_process_dies_at_the_named_pass(said: str, lives: int, code: int) -> None:
    """A fault that strikes elsewhere than was said proves nothing."""
    ended = subprocess.run(
        [sys.executable, "-c", PASS_BY],
        env=os.environ | {VARIABLE: said},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.stdout.count("alive") == lives
    assert ended.returncode == code
