"""The rules of the chain, as tables: no database, no clock."""

from datetime import UTC, datetime, timedelta

import pytest

from escalation.rules.steps import (
    PlanStep,
    RunState,
    after_acknowledgement,
    next_reminder,
    take_turn,
)

START = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def plan(*rungs: int, dead: tuple[int, ...] = ()) -> list[PlanStep]:
    return [PlanStep(moment(after), position not in dead) for position, after in enumerate(rungs)]


def state(
    *, planned: float, step: int = 0, held: float | None = None, dead: bool = False
) -> RunState:
    return RunState(
        started_at=START,
        due_at=moment(300),
        planned_at=moment(planned),
        next_step=step,
        held_until=None if held is None else moment(held),
        repeat_seconds=60,
        is_previous_step_dead=dead,
    )


FULL = plan(0, 60, 180, 240)


@pytest.mark.parametrize(
    ("story", "run", "steps", "now", "fires", "skips", "everyone", "next_at"),
    [
        ("the first is paged at once", state(planned=0), FULL, 0, (0,), (), False, 60),
        ("nobody early", state(planned=60, step=1), FULL, 59, (), (), False, 60),
        ("the second when due", state(planned=60, step=1), FULL, 60, (1,), (), False, 180),
        (
            "a late pass moves nothing after it",
            state(planned=60, step=1),
            FULL,
            75,
            (1,),
            (),
            False,
            180,
        ),
        (
            "a very late pass fires all that was due",
            state(planned=60, step=1),
            FULL,
            200,
            (1, 2),
            (),
            False,
            240,
        ),
        (
            "an empty step gives way in the same turn",
            state(planned=0),
            plan(0, 60, dead=(0,)),
            0,
            (1,),
            (0,),
            False,
            60,
        ),
        (
            "two empty steps give way too",
            state(planned=0),
            plan(0, 60, 90, dead=(0, 1)),
            0,
            (2,),
            (0, 1),
            False,
            60,
        ),
        (
            "dead with over half left: one by one",
            state(planned=0),
            plan(0, 60, 90, dead=(0,)),
            0,
            (1,),
            (0,),
            False,
            30,
        ),
        (
            "dead with under half left: the rest together",
            state(planned=180, step=2),
            plan(0, 60, 180, 240, 250, dead=(2,)),
            180,
            (3, 4),
            (2,),
            False,
            240,
        ),
        (
            "the last step is followed by rounds",
            state(planned=240, step=3),
            FULL,
            240,
            (3,),
            (),
            False,
            300,
        ),
        (
            "rounds before the time is out",
            state(planned=60, step=2),
            plan(0, 0),
            60,
            (),
            (),
            True,
            120,
        ),
        (
            "missed rounds are not made up for",
            state(planned=60, step=2),
            plan(0, 0),
            200,
            (),
            (),
            True,
            240,
        ),
        (
            "time out: all the rest and everyone",
            state(planned=180, step=2),
            FULL,
            300,
            (2, 3),
            (),
            True,
            360,
        ),
        ("overdue: everyone every 60 s", state(planned=360, step=4), FULL, 361, (), (), True, 420),
        ("held: nobody", state(planned=140, step=1, held=140), FULL, 100, (), (), False, 140),
        (
            "the hold ends: what was due goes",
            state(planned=140, step=1, held=140),
            FULL,
            140,
            (1,),
            (),
            False,
            180,
        ),
        (
            "a hold never outlives the time",
            state(planned=300, step=3, held=380),
            FULL,
            300,
            (3,),
            (),
            True,
            360,
        ),
        (
            "every page of a step failed: the next at once",
            state(planned=20, step=1, dead=True),
            FULL,
            20,
            (1,),
            (),
            False,
            140,
        ),
    ],
)
def test_turn(
    story: str,
    run: RunState,
    steps: list[PlanStep],
    now: int,
    fires: tuple[int, ...],
    skips: tuple[int, ...],
    everyone: bool,
    next_at: int,
) -> None:
    """A step too early wakes people for nothing, one too late loses the storm."""
    turn = take_turn(run, steps, moment(now))

    assert turn.paged == fires, story
    assert turn.unreachable == skips, story
    assert turn.pages_everyone is everyone, story
    assert turn.next_page_at == moment(next_at), story


@pytest.mark.parametrize(
    ("planned", "now", "goes_on"),
    [(60, 10, 100), (180, 10, 180), (240, 200, 290), (240, 230, 300), (420, 370, 460)],
)
def test_acknowledgement_holds_for_the_grace_time_within_the_deadline(
    planned: int, now: int, goes_on: int
) -> None:
    """ "I'm on it" at 3 am and then asleep again: the chain must go on by itself."""
    assert after_acknowledgement(state(planned=planned), moment(now), 90) == moment(goes_on)


@pytest.mark.parametrize(
    ("repeat", "now", "next_at"),
    [(None, 300, None), (60, 300, 360), (60, 301, 360), (60, 500, 540)],
)
def test_reminders_keep_their_beat(repeat: int | None, now: int, next_at: int | None) -> None:
    """A clock that was away must not send the officer ten reminders at once."""
    expected = None if next_at is None else moment(next_at)

    assert next_reminder(moment(300), repeat, moment(now)) == expected
