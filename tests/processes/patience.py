"""How much longer than usual this machine takes at this moment: bounds in seconds go by that."""

import subprocess
import sys
import time

YARDSTICK = (sys.executable, "-c", "import celery.app.base, django.db.models, kombu.connection")
USUAL_SECONDS = 0.4
"""How long a process takes to load that, on two cores that do nothing else."""


class Patience:
    """Gives a promise the time that it would take here. What is promised otherwise stays as it is.

    A machine that other people's work slows down makes a test of ours fail, and says nothing about
    ours. It is looked at as often as somebody asks, and the slowest look counts.
    """

    def __init__(self) -> None:
        self._slowness = 1.0

    def __call__(self, seconds: float) -> float:
        began = time.monotonic()
        subprocess.run(YARDSTICK, check=True)
        self._slowness = max(self._slowness, (time.monotonic() - began) / USUAL_SECONDS)
        return seconds * self._slowness
