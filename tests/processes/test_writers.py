"""SQLite under eight writers at once: what `make run` offers a small team on a bad night."""

import pytest

from tests.processes.writers import strike

pytestmark = pytest.mark.processes

FULL = 2
WRITERS = 8
LONGEST_WAIT_SECONDS = 15.0
"""Less than the 20 s after which SQLite gives up, on a machine that has other work as well."""


def test_eight_writers_and_two_clocks_never_find_the_database_locked() -> None:
    """ "Database is locked" instead of a page is a storm that nobody hears of."""
    told = strike(seconds=8, writers=WRITERS)

    assert told["errors"] == {}
    assert told["clocks_said"] == []
    assert told["faults"] == []
    assert max(waits[-1] for waits in told["acts"].values()) < LONGEST_WAIT_SECONDS
    assert told["pages_sent"] > 0
    assert (told["sent_more_than_once"], told["sent_early"]) == (0, 0)
    assert [each["synchronous"] for each in told["pragmas"]] == [FULL] * WRITERS
