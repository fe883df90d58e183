"""Times as they are read in a code red."""

from datetime import UTC, datetime

import pytest

from escalation.rules.clocktext import hhmm, hhmmss, mmss


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (9, "0:09"),
        (59.9, "0:59"),
        (60, "1:00"),
        (169, "2:49"),
        (-169, "2:49"),
        (-0.5, "0:00"),
        (600, "10:00"),
        (3700, "61:40"),
    ],
)
def test_seconds_read_as_minutes(seconds, text):
    """A time left that reads wrong sends an answer out too late."""
    assert mmss(seconds) == text


@pytest.mark.parametrize(
    ("moment", "zone", "text"),
    [
        (datetime(2026, 11, 21, 21, 14, 5, 999_999, tzinfo=UTC), "Europe/London", "21:14:05"),
        (datetime(2026, 7, 1, 21, 14, 5, tzinfo=UTC), "Europe/London", "22:14:05"),
        (datetime(2026, 11, 21, 21, 14, 5, tzinfo=UTC), "Australia/Lord_Howe", "08:14:05"),
        (datetime(2026, 11, 21, 21, 14, 5, tzinfo=UTC), "Asia/Kolkata", "02:44:05"),
        (datetime(2026, 10, 25, 1, 30, 0, tzinfo=UTC), "Europe/London", "01:30:00"),
    ],
)
def test_moment_reads_as_the_wall_clock_of_the_house(moment, zone, text):
    """A due time in another zone is an hour of false calm."""
    assert hhmmss(moment, zone) == text
    assert hhmm(moment, zone) == text[:5]
