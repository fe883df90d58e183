"""Named points at which a process can be made to die, so that others can prove nothing is lost."""

import os
import signal
from collections import Counter

VARIABLE = "CODERED_CRASH_AT"
"""`after_claim:3,after_dial:1` ends a process the third time it comes by the one, or at the other.
Unset, as it always is in production, a crash point does nothing."""


def _wanted(said: str) -> dict[str, int]:
    pairs = [each.partition(":") for each in said.split(",") if each]
    return {name: int(times or 1) for name, _, times in pairs}


_deaths = _wanted(os.environ.get(VARIABLE, ""))
_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """End this process without goodbye or clean-up, where the environment says so."""
    if name not in _deaths:
        return
    _passed[name] += 1
    if _passed[name] >= _deaths[name]:
        os.kill(os.getpid(), signal.SIGKILL)
