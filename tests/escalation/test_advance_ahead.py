"""What a clock has written before its moment, and who sends it."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from escalation.models import Page
from escalation.operations import advance
from escalation.operations.advance import advance_due
from escalation.operations.outgoing import Outgoing
from escalation.operations.pages import Lease
from tests.story import House, at


class Hand:
    """A sender in this process whose watch is a while ahead of the pass."""

    def __init__(self, room: int, time_for: int = 0) -> None:
        self.left = room
        self.time_for = time_for
        self.waited_for: list[tuple[datetime, int]] = []
        self.taken: list[Outgoing] = []
        self.sent: list[Outgoing] = []

    def room(self, provider: str, kind: str) -> int:
        return self.left

    def lease(self) -> Lease:
        return Lease(at(72), 99.0)

    def has_time(self, moment: datetime) -> bool:
        self.time_for -= 1
        return self.time_for >= 0

    def wait_for(self, moment: datetime) -> None:
        self.waited_for.append((moment, len(self.taken)))

    def take(self, pages: Sequence[Outgoing]) -> None:
        self.taken += pages

    def go(self) -> None:
        self.sent += self.taken


def test_page_is_in_the_senders_hands_as_it_is_written_for_a_lease_from_then_on(
    house: House,
) -> None:
    """Counted from the start of a long pass, the lease is over before the page has left."""
    house.alarm()
    hand = Hand(room=5)

    advance_due(now=at(60), hand=hand)

    page = Page.objects.get(person=house.ben)
    assert (page.status, page.sends, page.next_send_at) == ("sending", 1, at(72))
    assert [(each.key, each.lease) for each in hand.sent] == [(page.key, page.lease)]
    assert hand.sent[0].ours_until == 99.0


def test_step_that_is_ready_early_waits_for_its_moment(house: House) -> None:
    """A clock that gets ready ahead of time must not let the page out ahead of time as well."""
    house.alarm()
    hand = Hand(room=5)

    advance_due(now=at(60), hand=hand)

    assert hand.waited_for == [(at(60), 0)]
    assert len(hand.sent) == 1


@pytest.mark.parametrize(("time_for", "commits"), [(0, 3), (1, 2), (9, 1)])
def test_more_is_written_as_long_as_it_is_too_early_to_commit(
    house: House, time_for: int, commits: int
) -> None:
    """Hundreds are due at one moment: the last would wait for all the others to be written."""
    for number in range(3):
        house.alarm(post_text=str(number))
    hand = Hand(room=5, time_for=time_for)

    advance_due(now=at(60), limit=1, hand=hand)

    assert len(hand.waited_for) == commits
    assert len(hand.sent) == 3


def test_page_that_there_is_no_room_for_is_left_to_anybody(house: House) -> None:
    """One slow provider must not keep a page in the hands of a process that cannot send it."""
    house.alarm()
    hand = Hand(room=0)

    advance_due(now=at(60), hand=hand)

    assert hand.sent == []
    assert Page.objects.get(person=house.ben).status == "queued"


def test_pages_that_were_written_are_sent_although_the_next_ones_fail(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are in this process's hands, and nobody else's: left there, they would never leave."""
    house.alarm()
    hand = Hand(room=5)
    advanced = advance._advance_next

    def fails_later(look: advance.Look) -> int:
        if hand.taken:
            raise ConnectionError("the database is gone")
        return advanced(look)

    monkeypatch.setattr(advance, "_advance_next", fails_later)

    with pytest.raises(ConnectionError):
        advance_due(now=at(60), limit=1, hand=hand)

    assert [each.person_name for each in hand.sent] == ["Ben Okafor"]
