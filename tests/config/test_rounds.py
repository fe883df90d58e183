"""Numbers that grow for as long as nobody decides, and the columns that hold them."""

import pytest

from escalation.models import Deadline, Escalation, Page
from escalation.operations.advance import advance_due
from tests.story import House, at, fast_forward

SMALL = 2**15 - 1
"""The largest number of PostgreSQL's small kind: one a minute, for three weeks and a bit."""


@pytest.mark.postgres
def test_a_run_goes_on_paging_after_three_weeks_of_rounds(house: House) -> None:
    """A code red that is forgotten over a holiday went silent for good after 22.7 days."""
    run = house.alarm().escalation
    fast_forward(330)
    Escalation.objects.update(rounds=SMALL)
    Deadline.objects.update(reminders=SMALL)

    advance_due(now=at(600))

    run.refresh_from_db()
    last = Page.objects.filter(escalation=run, occasion=Page.Occasion.ROUND).latest("attempt")
    assert run.rounds > SMALL
    assert last.attempt == run.rounds
    assert Deadline.objects.filter(reminders__gt=SMALL).exists()
