"""Providers that say nothing are left alone for a while, and cost nobody else a second."""

import asyncio
import math
import uuid

import pytest

from escalation.operations.outgoing import Outgoing
from escalation.operations.sending import Outcome
from escalation.pools import try_all
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


def page(provider: str = "tray", *, ours_until: float = math.inf) -> Outgoing:
    return Outgoing(
        key=uuid.uuid4(),
        lease=uuid.uuid4(),
        kind="tray",
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
    return asyncio.run(try_all(pages, lambda: NOON))


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
