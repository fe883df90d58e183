"""Who is on call, across every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules.oncall import StandIn, Turns, on_call

ZONES = ["Europe/London", "America/Chicago", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]


def turns(zone: str = "Europe/London", handover: time = time(9), days: int = 7) -> Turns:
    return Turns(zone, date(2026, 10, 5), handover, days, (1, 2, 3))


@pytest.mark.parametrize(
    ("moment", "person"),
    [
        (datetime(2026, 10, 5, 7, 59, 59, tzinfo=UTC), 3),
        (datetime(2026, 10, 5, 8, 0, tzinfo=UTC), 1),
        (datetime(2026, 10, 12, 8, 0, tzinfo=UTC), 2),
        (datetime(2026, 10, 26, 8, 59, 59, tzinfo=UTC), 3),
        (datetime(2026, 10, 26, 9, 0, tzinfo=UTC), 1),
    ],
)
def test_turns_change_at_the_wall_clock_also_after_the_clocks_go_back(
    moment: datetime, person: int
) -> None:
    """One hour with nobody, or with two, is the hour in which it breaks."""
    assert on_call(turns(), [], moment) == person


@given(
    zone=st.sampled_from(ZONES),
    handover=st.times(),
    days=st.integers(1, 28),
    minutes=st.integers(0, 60 * 24 * 365 * 10),
)
def test_there_is_always_exactly_one_and_turns_only_move_forward(
    zone: str, handover: time, days: int, minutes: int
) -> None:
    """For ten years and every zone: nobody is skipped by a clock change."""
    rota = turns(zone, handover.replace(tzinfo=None), days)
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    now, later = (on_call(rota, [], each) for each in (moment, moment + timedelta(hours=3)))

    assert now in rota.people
    assert later in (now, now % 3 + 1) if now else False


def test_stand_in_wins_from_its_first_to_its_last_moment() -> None:
    """A swap that pages the wrong one wakes two people and reaches none."""
    swap = StandIn(datetime(2026, 10, 6, tzinfo=UTC), datetime(2026, 10, 7, tzinfo=UTC), 9)

    assert on_call(turns(), [swap], swap.starts_at) == 9
    assert on_call(turns(), [swap], swap.ends_at) == 1
    assert on_call(Turns("UTC", date(2026, 1, 1), time(9), 7, ()), [], swap.starts_at) is None
