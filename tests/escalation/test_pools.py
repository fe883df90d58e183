"""Providers that say nothing are left alone for a while, and cost nobody else a second."""

import asyncio
import math
import uuid

import pytest

from escalation import pools
from escalation.operations.outgoing import Outgoing
from escalation.operations.sending import Outcome
from escalation.pools import AHEAD, Pool, try_all
from escalation.rules.breaker import OPEN_SECONDS, Breaker
from escalation.transports import TRANSPORTS, TransportError
from tests.story import NOON
from tests.wires import Wire

SILENCE = TransportError("time-out", is_unknown=True)


@pytest.mark.parametrize(
    ("silences", "now", "is_let_through"),
    [
        ([], 0.0, True),
        ([0.0, 1.0], 1.0, True),
        ([0.0, 1.0, 2.0], 2.1, False),
        ([0.0, 1.0, 2.0], 2.0 + OPEN_SECONDS, True),
        ([0.0, 20.0, 40.0], 40.1, True),
    ],
)
def test_breaker_opens_at_the_third_silence_in_half_a_minute(
    silences: list[float], now: float, is_let_through: bool
) -> None:
    """Every page would wait out the whole time-out, one after the other, on a host that hangs."""
    breaker = Breaker()
    for moment in silences:
        breaker.note_silence(moment)

    assert breaker.lets_through(now) is is_let_through


def test_one_page_tries_a_provider_that_was_left_alone_and_an_answer_closes_the_breaker() -> None:
    """Fifty at once would all be lost on a host that still hangs."""
    breaker = Breaker()
    for moment in (0.0, 1.0, 2.0):
        breaker.note_silence(moment)

    first, second = breaker.lets_through(8.0), breaker.lets_through(8.1)
    breaker.note_answer()

    assert (first, second) == (True, False)
    assert breaker.lets_through(8.2)
    assert breaker.is_well


def page(provider: str = "tray", *, kind: str = "tray", ours_until: float = math.inf) -> Outgoing:
    return Outgoing(
        key=uuid.uuid4(),
        lease=uuid.uuid4(),
        timeline_id=1,
        kind=kind,
        provider=provider,
        address="",
        secret="",
        person_name="Anna Hale",
        occasion="step",
        subject="Code red 1",
        question="Is he one of yours?",
        due_at=NOON,
        time_zone="Europe/London",
        is_drill=False,
        is_restricted=False,
        nonce="n",
        token_hash="h",
        ours_until=ours_until,
    )


def tried(pages: list[Outgoing]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    asyncio.run(try_all(pages, lambda: NOON, outcomes.append))
    return outcomes


def test_page_for_a_provider_that_is_left_alone_is_tried_again_as_soon_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A provider that is well again must not wait for the longest of our pauses."""
    wire = Wire(SILENCE, SILENCE, SILENCE)
    wire.most_at_once = 1
    monkeypatch.setitem(TRANSPORTS, "tray", wire)

    outcomes = tried([page() for _ in range(4)])

    assert len(wire.sent) == 3
    assert outcomes[3].failure.pause_seconds is not None
    assert 0 < outcomes[3].failure.pause_seconds <= OPEN_SECONDS


def test_page_that_may_be_somebody_elses_by_now_is_not_dialled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that was frozen wakes up with pages that others have sent meanwhile."""
    wire = Wire()
    monkeypatch.setitem(TRANSPORTS, "tray", wire)

    (outcome,) = tried([page(ours_until=0.0)])

    assert wire.sent == []
    assert outcome.is_lost


def test_page_that_comes_as_the_last_one_ends_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would lie in a living process's hands for ever, where nobody looks for it."""
    wire = Wire()
    wire.most_at_once = 1
    monkeypatch.setitem(TRANSPORTS, "tray", wire)

    async def put_twice() -> None:
        pool = Pool("tray", lambda: NOON, lambda outcome: None)
        pool.put([page()])
        await asyncio.sleep(0)
        assert len(wire.sent) == 1
        pool.put([page()])
        await pool.close()

    asyncio.run(put_twice())

    assert len(wire.sent) == 2


def test_page_of_a_kind_that_this_release_does_not_know_is_left_to_others_and_hides_none() -> None:
    """While a release that adds a way to page is rolled out, the old one meets its pages."""
    strange, known = page("pigeons", kind="pigeon"), page()

    outcomes = {each.page.key: each for each in tried([strange, known])}

    assert outcomes[strange.key].failure.pause_seconds == pools.BROKEN_SECONDS
    assert outcomes[known.key].receipt


def test_address_that_nobody_was_asked_at_says_nothing_of_its_provider(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One contact method without a secret, and every page waits out a dead host's silence again."""
    local = TransportError("no secret", permanent=True, is_local=True)
    wire = Wire(SILENCE, SILENCE, local, SILENCE)
    wire.most_at_once = 1
    monkeypatch.setitem(TRANSPORTS, "tray", wire)

    outcomes = tried([page() for _ in range(5)])

    assert len(wire.sent) == 4
    assert outcomes[4].failure.pause_seconds is not None


@pytest.mark.parametrize(
    ("seconds_each", "turns"), [(0.0, AHEAD), (0.01, AHEAD), (0.5, 4), (3.0, 1), (60.0, 1)]
)
def test_no_more_is_in_hand_than_leaves_in_a_moment(seconds_each: float, turns: int) -> None:
    """Thousands wait behind a slow provider, and leave minutes after somebody has decided."""

    async def limit() -> int:
        pool = Pool("tray", lambda: NOON, lambda outcome: None)
        pool._seconds_each = seconds_each
        return pool.limit

    assert asyncio.run(limit()) == TRANSPORTS["tray"].most_at_once * turns


def test_speed_of_a_provider_is_what_its_answers_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that grows slow must not go on being given as much as one that is quick."""
    wire = Wire()
    wire.most_at_once = 1
    monkeypatch.setitem(TRANSPORTS, "tray", wire)
    moments = iter(range(0, 100_000, 3))
    monkeypatch.setattr(pools.time, "monotonic", lambda: float(next(moments)))

    async def limits() -> tuple[int, int]:
        pool = Pool("tray", lambda: NOON, lambda outcome: None)
        before = pool.limit
        for _ in range(20):
            await pool._try(page())
        return before, pool.limit

    assert asyncio.run(limits()) == (AHEAD, 1)
