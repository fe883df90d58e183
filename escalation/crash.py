"""Named points at which a process can be made to die or freeze, to prove that nothing is lost."""

import os
import signal
from collections import Counter

VARIABLE = "CODERED_CRASH_AT"
"""`after_claim:3,after_dial:1` ends a process the third time it comes by the one, or at the other.
Unset, as it always is in production, a crash point does nothing."""
FREEZE_VARIABLE = "CODERED_FREEZE_AT"
"""The same, but the process only stops where it stands, with all that it holds."""


def _wanted(said: str) -> dict[str, int]:
    pairs = [each.partition(":") for each in said.split(",") if each]
    return {name: int(times or 1) for name, _, times in pairs}


_ends = {
    signal.SIGKILL: _wanted(os.environ.get(VARIABLE, "")),
    signal.SIGSTOP: _wanted(os.environ.get(FREEZE_VARIABLE, "")),
}
_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """End this process without goodbye or clean-up, or stop it, where the environment says so."""
    wanted = [(end, times[name]) for end, times in _ends.items() if name in times]
    if not wanted:
        return
    _passed[name] += 1
    for end, times in wanted:
        if _passed[name] == times:
            os.kill(os.getpid(), end)
