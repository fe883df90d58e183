"""The account of a storm: nothing that was lost, early or doubled may pass for well."""

from collections.abc import Sequence

import pytest

from tests.chaos.account import (
    Aftermath,
    Illness,
    Told,
    answers_until,
    broken_words,
    decided_twice,
    doubled,
    late_stretches,
    not_carried_out,
    provider_recovery_seconds,
    recovery_seconds,
    tell,
    twice_though_answered,
    why_never_sent,
    why_never_written,
)
from tests.chaos.journal import Struck
from tests.chaos.rows import Arrival, Attempt, Kept, PageRow, StepRow
from tests.chaos.schedule import Fault

pytestmark = pytest.mark.sqlite
DUE = 1000.0
END = 1100.0
CALM = Illness()
ILL = Illness([(DUE - 1, DUE + 20)])


def page(**changes: object) -> PageRow:
    facts: dict[str, object] = {
        "key": "k",
        "run": 1,
        "occasion": "step",
        "step": 0,
        "provider": "a",
        "due": DUE,
        "queued_at": DUE,
        "status": "sent",
    }
    return PageRow(**(facts | changes))  # type: ignore[arg-type]


def arrivals(*moments: float, mode: str = "ok") -> list[Arrival]:
    return [Arrival("k", DUE + moment, "a", mode) for moment in moments]


def told(row: PageRow, came: Sequence[Arrival] = (), illness: Illness = CALM) -> Told:
    return tell([row], came, illness, END)[0]


@pytest.mark.parametrize(
    "row",
    [
        page(status="queued"),
        page(status="sending"),
        page(status="sent"),
        page(status="seen"),
        page(status="failed", failed_at=DUE + 9, error="unknown twice"),
        page(status="dropped"),
        page(status="dropped", stopped_at=DUE + 16),
        page(status="acted", acted_at=DUE + 40),
    ],
    ids=lambda row: f"{row.status} {row.error} {row.stopped_at}",
)
def test_page_that_never_came_is_named(row: PageRow) -> None:
    """A manager who was never paged, while the row looks as if all were well."""
    assert why_never_sent(told(row))


@pytest.mark.parametrize(
    ("row", "came", "illness"),
    [
        (page(), arrivals(0.1), CALM),
        (page(status="dropped", stopped_at=DUE + 2), [], CALM),
        (page(status="acted", acted_at=DUE + 1), [], CALM),
        (page(status="failed", failed_at=DUE + 14, error="500"), arrivals(0, mode="500"), ILL),
    ],
)
def test_page_with_an_honest_reason_is_not_lost(
    row: PageRow, came: list[Arrival], illness: Illness
) -> None:
    """An account that cries wolf is not read."""
    assert why_never_sent(told(row, came, illness)) == ""


def test_refusal_by_a_provider_that_was_well_excuses_nothing() -> None:
    """Only the schedule may say that a provider was ill; a page does not excuse itself."""
    row = page(status="failed", failed_at=DUE + 14, error="The webhook answered 500.")

    assert why_never_sent(told(row, arrivals(0, mode="500"), CALM))


def test_what_was_refused_is_no_copy_and_no_arrival() -> None:
    """Three refusals and one yes are one page."""
    came = [*arrivals(0, 1, 4, mode="500"), *arrivals(13)]

    found = told(page(), came, ILL)

    assert (found.copies, found.late, found.refused) == (1, 13, 3)


def test_page_before_the_plan_is_early_even_if_its_row_says_otherwise() -> None:
    """A row that is written too early must not prove itself right."""
    found = told(page(due=DUE, not_before=DUE + 4), arrivals(0.1))

    assert found.is_early


def test_page_written_between_a_press_and_its_commit_is_no_loss() -> None:
    """A clock that had the incident in hand goes first: what it wrote is dropped, and rightly."""
    assert not why_never_sent(told(page(status="dropped", stopped_at=DUE - 0.03)))
    assert why_never_sent(told(page(status="dropped", stopped_at=DUE - 5)))


def test_step_without_a_trace_is_named_when_its_run_went_on() -> None:
    """A timer that was lost leaves nothing at all; the plan alone knows of it."""
    assert why_never_written(StepRow(1, 1, DUE, stopped_at=DUE + 16), END)
    assert why_never_written(StepRow(1, 1, DUE, stopped_at=None), END)
    assert not why_never_written(StepRow(1, 1, DUE, stopped_at=DUE + 3), END)


def test_recovery_is_counted_until_the_last_late_page_came() -> None:
    """One page on time in between does not make a fault harmless."""
    struck = Struck(Fault(0, "kill", "clock"), DUE, DUE)
    pages = [told(page(due=DUE + n), arrivals(n + 6)) for n in range(3)]

    stretches = late_stretches(pages, [], END)

    assert recovery_seconds(struck, stretches) == pytest.approx(8)


def test_fault_answers_for_what_falls_due_until_the_next_one_strikes() -> None:
    """A storm in which something strikes every other second would be a single fault of a minute."""
    first = Struck(Fault(0, "kill", "clock"), DUE, DUE)
    soon, late = (Struck(Fault(0, "flush"), DUE + n, DUE + n) for n in (1, 9))

    assert answers_until(first, [first, soon, late], END) == DUE + 4
    assert answers_until(first, [first, late], END) == DUE + 9
    assert answers_until(late, [first, soon, late], END) == END


def test_provider_answers_for_what_it_owed_and_not_for_a_crash_long_after() -> None:
    """A fault that is blamed for another one's page sends whoever reads it the wrong way."""
    struck = Struck(Fault(0, "provider_429", "a", 20), DUE - 1, DUE + 20)
    owed = told(page(due=DUE + 18), arrivals(27), ILL)
    crashed = told(page(due=DUE + 30), arrivals(35.5), Illness([(DUE - 1, DUE + 33)]))
    assert crashed.is_to_ill

    assert provider_recovery_seconds(struck, [struck], [owed, crashed], END) == pytest.approx(7)


def test_provider_answers_for_what_was_on_its_way_when_it_fell_ill() -> None:
    """Fourteen seconds of its silence would be the fault of whatever was killed before."""
    struck = Struck(Fault(0, "provider_429", "a", 8), DUE + 0.1, DUE + 8)
    refused = told(page(), arrivals(14), Illness([(DUE + 0.1, DUE + 21)]))
    assert refused.is_to_ill

    assert provider_recovery_seconds(struck, [struck], [refused], END) == pytest.approx(6)


def test_silence_counts_as_late_until_the_run_was_over() -> None:
    """Steps that nobody wrote would else make a clock look punctual."""
    stretches = late_stretches([], [StepRow(1, 1, DUE, stopped_at=DUE + 9)], END)

    assert stretches == [(pytest.approx(DUE + 2.0), DUE + 9)]


def attempt(**changes: object) -> Attempt:
    facts: dict[str, object] = {
        "at": DUE,
        "took": 0.1,
        "what": "raise",
        "web": "web1",
        "status": 201,
        "error": "",
        "number": 5,
        "storm": "storm-5",
        "of": None,
    }
    return Attempt(**(facts | changes))  # type: ignore[arg-type]


KEPT = Kept({"storm-5": 5}, frozenset(), frozenset(), frozenset(), frozenset({5}))


def test_yes_that_the_database_forgot_is_named() -> None:
    """The officer was told that help is on the way."""
    assert broken_words([attempt()], KEPT) == []
    assert broken_words([attempt(number=6, storm="storm-6")], KEPT)
    assert broken_words([attempt(what="stand_down", status=200, number=None, of=5)], KEPT)
    assert not broken_words([attempt(what="approve", number=None, of=5)], KEPT)
    assert not broken_words([attempt(status=503, number=None, storm="storm-7")], KEPT)


def test_second_copy_counts_only_where_the_first_was_answered() -> None:
    """A silent provider would hide how often we page people twice for nothing."""
    kept_silent = [*arrivals(0.1, mode="black_hole"), *arrivals(4.0)]
    assert twice_though_answered([told(page(), arrivals(0.1)), told(page(), kept_silent)]) == []
    assert twice_though_answered([told(page(), arrivals(0.1, 0.9))]) == ["k"]


def test_key_that_raised_twice_is_named() -> None:
    """Two code reds for one storm page everybody twice."""
    assert doubled([attempt(), attempt()]) == []
    assert doubled([attempt(), attempt(number=6)]) == ["storm-5"]


def test_two_people_told_that_they_decided_are_named() -> None:
    """Each would tell the press another story."""
    yes = attempt(what="approve", number=None, of=5)
    assert decided_twice([yes]) == []
    assert decided_twice([yes, yes])


def test_fault_that_was_not_carried_out_is_named() -> None:
    """A storm in which Redis never died would praise what holds without Redis."""
    broke = {"at": DUE, "what": "broke", "whom": "stores", "error": "ProcessLookupError()"}
    assert not_carried_out([]) == []
    assert not_carried_out([broke]) == ["stores: ProcessLookupError()"]


def test_answers_count_again_once_nobody_is_left_waiting() -> None:
    """What had piled up while no web was there says nothing about a web that is."""
    nobody = [
        attempt(at=DUE, web=web, status=0, error="ClientConnectorError") for web in ("web1", "web2")
    ]

    aftermath = Aftermath([*nobody, attempt(at=DUE + 1)], 5.0)

    assert aftermath.holds(DUE + 2)
    assert not aftermath.holds(DUE + 6)
    assert not Aftermath([nobody[0], attempt(web="web2")], 5.0).holds(DUE + 2)
