"""The machine is trusted because it finds what was planted, within seconds."""

from collections.abc import Callable

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from crisis.operations import answer, release, sign_off
from escalation.models import Escalation
from escalation.operations import act
from tests.machine.machine import Night
from tests.machine.test_machine import QUIET
from tests.machine.world import furnish
from tests.story import House, at

SEARCH = settings(
    max_examples=300,
    stateful_step_count=20,
    derandomize=True,
    report_multiple_bugs=False,
    **(QUIET | {"phases": [Phase.generate]}),
)
"""The same search every time, and no shrinking: it only has to be found."""

pytestmark = pytest.mark.sqlite


def assert_found(house: House, *, says: str) -> None:
    furnish(house)

    with pytest.raises(AssertionError, match=says):
        run_state_machine_as_test(lambda: Night(house), settings=SEARCH)


def test_machine_finds_signatures_on_words_that_changed_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that misses a stale signature would let one through in silence."""
    for module in (answer, release, sign_off):
        monkeypatch.setattr(module, "expect", lambda *_: None)

    assert_found(house, says="had changed since|had not read|in other words")


def test_machine_finds_the_next_moment_that_is_lost_by_a_hand_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that misses a silent chain would let the alarm end in silence."""
    original: Callable[..., None] = act._release_hold

    def loses_it(escalation: Escalation, *facts: object, **more: object) -> None:
        original(escalation, *facts, **more)
        Escalation.objects.filter(pk=escalation.pk).update(next_page_at=at(86_400))

    monkeypatch.setattr(act, "_release_hold", loses_it)

    assert_found(house, says="silence from")
