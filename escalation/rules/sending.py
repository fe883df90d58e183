"""What becomes of a page that could not be sent. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE_SECONDS = 5
"""How long a page stays in the hands of a process that is not heard of. Source: engine figures."""
RENEW_SECONDS = 1
"""How often a living process says that it still has a page in hand."""
PAUSES_SECONDS = (1, 3, 9)
"""Waits before the second, third and fourth try. Source: first word within two minutes."""
LONGEST_RETRY_AFTER_SECONDS = 10
LONGEST_LEFT_ALONE = timedelta(seconds=20)
"""How old a page grows while its provider answers nobody, before the chain goes on without it:
about as long as tries of its own would have taken."""
MOST_UNKNOWNS = 2
"""A page whose fate is not known is sent once more, never a third time."""


@dataclass(frozen=True)
class Failure:
    """How one try went wrong. `is_unknown`: it may have arrived all the same."""

    is_permanent: bool = False
    is_unknown: bool = False
    retry_after_seconds: float | None = None
    pause_seconds: float | None = None
    """It was not dialled, because its provider answers nobody; when it makes sense to ask again."""


def retry_at(
    failure: Failure, sends: int, unknowns: int, age: timedelta, now: datetime
) -> datetime | None:
    """Tell when to try again, or None when this contact method has had its chances.

    `sends` and `unknowns` count the tries so far, this one included; `age` is how long the page has
    been on its way.
    """
    if failure.pause_seconds is not None:
        again_at = now + timedelta(seconds=failure.pause_seconds)
        return again_at if age < LONGEST_LEFT_ALONE else None
    if failure.is_permanent or unknowns >= MOST_UNKNOWNS or sends > len(PAUSES_SECONDS):
        return None
    if failure.is_unknown:
        return now
    asked = failure.retry_after_seconds
    if asked is not None and asked > LONGEST_RETRY_AFTER_SECONDS:
        return None
    pause = PAUSES_SECONDS[sends - 1]
    return now + timedelta(seconds=max(pause, asked or 0))
