"""Days and times as they are read outside the clock: on the wall of the organisation's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as date_format

from escalation.rules.clocktext import hhmm


def day(moment: datetime, zone: str) -> str:
    """Write "Sat 14 Nov"."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "D j M")


def long_day(moment: datetime, zone: str) -> str:
    """Write "Saturday 14 November"."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "l j F")


def day_and_time(moment: datetime, zone: str) -> str:
    """Write "Sat 14 Nov, 21:16"."""
    return f"{day(moment, zone)}, {hhmm(moment, zone)}"
