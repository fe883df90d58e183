"""Spans of time as playbooks write them: 5:00 is five minutes, 72:00:00 is three days."""

import re

_DURATION = re.compile(r"(?:([0-9]{1,3}):([0-5][0-9])|([0-9]{1,3})):([0-5][0-9])", re.ASCII)


def write_duration(seconds: int) -> str:
    """Write seconds as m:ss, or as h:mm:ss from an hour on."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def read_duration(text: str) -> int | None:
    """Give the seconds of m:ss or h:mm:ss; None for anything else."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    hours, minutes, only_minutes, rest = (int(part or 0) for part in found.groups())
    return hours * 3600 + (minutes + only_minutes) * 60 + rest
