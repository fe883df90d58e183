"""Times as they are read in a code red: m:ss, and the house's wall clock. Pure."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


def mmss(seconds: float) -> str:
    """Write seconds as m:ss, without a sign: 169 is 2:49, and so is -169."""
    whole = int(abs(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def hhmmss(moment: datetime, zone: str) -> str:
    """Write a moment as HH:MM:SS on the wall clock of an IANA zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")


@lru_cache(maxsize=1024)
def hhmm(moment: datetime, zone: str) -> str:
    """Write a moment as HH:MM on the wall clock of an IANA zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")
