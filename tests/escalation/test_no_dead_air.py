"""Whoever is missing, from chains of every length: the alarm never goes quiet."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise

import pytest

from escalation.models import Page, Person
from escalation.operations.advance import advance_due
from escalation.operations.claim import claim_pages
from escalation.operations.sending import Outcome, stamp
from escalation.rules.sending import Failure
from escalation.rules.steps import PlanStep, RunState, take_turn
from playbooks.models import Organisation
from tests.story import House, at, fast_forward, make_chain, make_person, next_moment

TEN_MINUTES = 600
STEP = BEAT = 60
LIMIT = 300
GONE = Failure(is_permanent=True)


def subsets(length: int) -> Iterator[frozenset[int]]:
    for size in range(length + 1):
        yield from map(frozenset, combinations(range(length), size))


def told_by_rules(length: int, missing: frozenset[int], pause: int, limit: int) -> list[int]:
    """Take turn after turn for ten minutes, and give the seconds at which anybody is told."""
    plan = [PlanStep(at(pause * n), n not in missing) for n in range(length)]
    told: list[int] = []
    moment, next_step = at(0), 0
    fired_at: datetime | None = None
    while moment <= at(TEN_MINUTES):
        run = RunState(at(0), at(limit), moment, next_step, None, BEAT, False, fired_at)
        turn = take_turn(run, plan, moment)
        # Where a turn reaches nobody, the owner of the alarm is told.
        if turn.paged or turn.unreachable or turn.pages_everyone:
            told.append(int((moment - at(0)).total_seconds()))
        assert turn.next_page_at > moment, "a turn that is due at once again would never end"
        fired_at = moment if turn.paged or turn.unreachable else fired_at
        moment, next_step = turn.next_page_at, turn.next_step
    return told


def assert_nobody_is_left_waiting(told: Sequence[int], length: int, limit: int = LIMIT) -> None:
    last_step = STEP * (length - 1)
    heard = [*told, TEN_MINUTES]
    assert heard[0] == 0, "the first minute is silent"
    assert max(b - a for a, b in pairwise(heard)) <= 2 * STEP, heard
    after = [second for second in heard if second >= min(last_step, limit)]
    assert after[0] <= min(last_step, limit) + STEP, heard
    assert all(b - a <= BEAT for a, b in pairwise(after)), heard


@pytest.mark.parametrize("limit", [300, 600])
@pytest.mark.parametrize("length", range(1, 6))
def test_rules_never_leave_a_minute_silent_whoever_is_missing(length: int, limit: int) -> None:
    """A chain that ends in silence is a house on fire with the bell taken off."""
    for missing in subsets(length):
        told = told_by_rules(length, missing, STEP, limit)

        assert_nobody_is_left_waiting(told, length, limit)


@pytest.mark.parametrize("pause", [1, 15, 45])
@pytest.mark.parametrize("length", range(1, 6))
def test_quicker_chain_is_never_more_silent_than_its_beat(length: int, pause: int) -> None:
    """Steps close together must not borrow their minutes from what comes after them."""
    for missing in subsets(length):
        told = [*told_by_rules(length, missing, pause, LIMIT), TEN_MINUTES]

        assert told[0] == 0
        assert all(b - a <= BEAT + pause for a, b in pairwise(told)), told


SAMPLE = [
    (1, {0}),
    (2, {0}),
    (2, {1}),
    (3, {1}),
    (3, {0, 2}),
    (4, {1, 2}),
    (4, {0, 1, 2}),
    (5, {1, 3}),
    (5, {2, 3, 4}),
    (5, {0, 1, 2, 3, 4}),
]


@pytest.fixture
def people(db: None) -> list[Person]:
    return [make_person(f"Manager{number} M") for number in range(5)]


def raise_on(house: House, people: Sequence[Person], length: int) -> int:
    chain = make_chain(*((STEP * n, [people[n]]) for n in range(length)), name="Long")
    Organisation.objects.update(default_chain=chain)
    return house.alarm(playbook=None).escalation_id


def told_by_rows(run: int) -> list[int]:
    moments = Page.objects.filter(escalation=run).values_list("queued_at", flat=True)
    return sorted({int((each - at(0)).total_seconds()) for each in moments})


@pytest.mark.parametrize(("length", "missing"), SAMPLE)
def test_rows_never_leave_a_minute_silent_whoever_is_missing(
    house: House, people: list[Person], length: int, missing: set[int]
) -> None:
    """The rules may be right and what is made of them wrong: the owner counts as told by a page."""
    for number in missing:
        people[number].contact_methods.update(is_enabled=False)
    run = raise_on(house, people, length)

    fast_forward(TEN_MINUTES)

    assert_nobody_is_left_waiting(told_by_rows(run), length)
    if len(missing) == length:
        told = Page.objects.filter(escalation=run).values_list("person__name", flat=True)
        assert set(told) == {house.olga.name}


@pytest.mark.parametrize("length", [1, 3, 5])
def test_with_every_provider_down_somebody_is_tried_every_minute(
    house: House, people: list[Person], length: int
) -> None:
    """Every call fails for good: the next one is tried, and once all were, all again."""
    run = raise_on(house, people, length)

    all_fail_until(at(TEN_MINUTES))

    told = told_by_rows(run)
    assert told[0] == 0
    assert all(b - a <= 2 * STEP for a, b in pairwise([*told, TEN_MINUTES])), told
    pages = Page.objects.filter(escalation=run, occasion=Page.Occasion.STEP)
    assert pages.latest("queued_at").queued_at < at(STEP), "the steps gave way one by one, at once"


def all_fail_until(end: datetime) -> None:
    """Let the clock pass, and every page be refused for good as soon as it is due."""
    moment = at(0)
    while moment <= end:
        advance_due(now=moment)
        pages = claim_pages(limit=500, now=moment).pages
        stamp([Outcome(page, moment, failure=GONE, error="out of order") for page in pages])
        moment = max(next_moment(moment, end), moment + timedelta(milliseconds=1))
