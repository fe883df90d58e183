"""What a process has in its hands is sent by it, or comes free for others."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from escalation import clock, hands, tasks
from escalation.models import Page
from escalation.operations.claim import claim_lapsed, claim_pages
from escalation.operations.evidence import lock
from escalation.operations.outgoing import Outgoing
from escalation.operations.pages import locked
from escalation.operations.sending import Outcome, stamp
from escalation.rules.sending import Failure
from escalation.senders import Senders
from escalation.transports import TRANSPORTS, Message, Receipt
from tests.story import House, at, make_house
from tests.wires import Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire()
    monkeypatch.setitem(TRANSPORTS, "tray", made)
    return made


def test_page_whose_try_could_not_be_counted_is_not_kept(
    house: House, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renewed for ever by a process that will never send it, and hidden from every other."""
    house.alarm()
    claim_pages(limit=5, now=at(0))

    def away(pages: list[Outgoing]) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(hands, "begin_again", away)
    sender = Senders(lambda: at(10))
    before = sender.room("tray", "tray")

    sender.send_due(at(10))
    sender.finish(5)

    assert sender.room("tray", "tray") == before
    assert wire.sent == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_repeat_is_counted_when_it_is_dialled_and_not_before(wire: Wire) -> None:
    """Two processes that died with a page still waiting must not have used up its tries."""
    make_house().alarm()
    claim_pages(limit=5, now=at(0))
    counted_when_sent: list[int] = []
    monkey = wire.send

    async def send(message: Message) -> Receipt:
        with ThreadPoolExecutor(1) as thread:
            counted_when_sent.append(thread.submit(unknowns).result())
        return await monkey(message)

    wire.send = send  # type: ignore[method-assign]
    sender = Senders(lambda: at(10))
    claimed = claim_lapsed(limit=5, now=at(5), until=at(10))
    before = unknowns()
    sender.take(claimed.pages)
    sender.go()
    sender.finish(5)

    assert (before, counted_when_sent) == (0, [1])


def unknowns() -> int:
    """Read it anew, as anybody else would: what is not committed does not count."""
    try:
        return Page.objects.get().unknowns
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_repeat_that_somebody_else_has_by_now_is_not_dialled(wire: Wire) -> None:
    """One process dawdles, another has begun: a third ring for one page."""
    make_house().alarm()
    claim_pages(limit=5, now=at(0))
    claimed = claim_lapsed(limit=5, now=at(5), until=at(10))
    claim_lapsed(limit=5, now=at(10), until=at(15))

    sender = Senders(lambda: at(10))
    sender.take(claimed.pages)
    sender.go()
    sender.finish(5)

    assert wire.sent == []


@pytest.mark.parametrize(("beat_at", "sent"), [(at(8), 0), (at(1), 1)])
def test_task_sends_where_no_clock_lives(
    house: House, monkeypatch: pytest.MonkeyPatch, beat_at: object, sent: int
) -> None:
    """What a living clock has in hand rings once; where there is none, somebody has to ring."""
    wire = Wire()
    monkeypatch.setitem(TRANSPORTS, "tray", wire)
    monkeypatch.setattr(clock, "read_time", lambda: at(10))
    clock.leave_beat("clock@host:1", beat_at)  # type: ignore[arg-type]
    clock.leave_beat("tick", at(10))
    house.alarm()

    tasks.send_pages()

    assert len(wire.sent) == sent


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    """Somebody else, on a connection of their own."""
    with ThreadPoolExecutor(1) as thread:
        yield thread
        thread.submit(lambda: connection.close()).result()


def is_blocked() -> bool:
    """Tell whether anybody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def look_rows_up_one_by_one() -> None:
    """Have the database go through a statement's rows in their order, as it does with many pages.

    A table of two is read from its beginning, in whatever order they are asked for.
    """
    with connection.cursor() as cursor:
        for way in ("seqscan", "hashjoin", "mergejoin", "bitmapscan"):
            cursor.execute(f"SET enable_{way} = off")


def two_pages() -> list[Outgoing]:
    house = make_house()
    house.alarm()
    house.alarm(post_text="Another one")
    return claim_pages(limit=5, now=at(0)).pages


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_stamp_does_not_wait_for_whoever_holds_the_incident(other: ThreadPoolExecutor) -> None:
    """One frozen process, and the leases of all others run out behind it."""
    page, _ = two_pages()
    timeline = Page.objects.get(key=page.key).escalation.timeline_id
    failed = Outcome(page, at(1), failure=Failure(), error="busy")

    with transaction.atomic():
        lock(timeline)
        stamped = other.submit(stamp, [failed]).result(5)
    again = stamp(stamped.held)

    assert (stamped.ours, stamped.held) == (0, [failed])
    assert (again.ours, again.held) == (1, [])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_stamps_and_acts_wait_in_line_and_never_in_a_circle(other: ThreadPoolExecutor) -> None:
    """PostgreSQL would end a circle by refusing one of the two: perhaps the manager's approval."""
    first, second = sorted(two_pages(), key=lambda each: Page.objects.get(key=each.key).pk)
    mine = Page.objects.filter(key=first.key)
    outcomes = [Outcome(each, at(1), Receipt()) for each in (second, first)]
    tick = threading.Event()
    other.submit(look_rows_up_one_by_one).result()

    with transaction.atomic():
        assert locked(mine).count() == 1
        stamping = other.submit(stamp, outcomes)
        while not is_blocked():
            assert not stamping.done()
            tick.wait(0.01)
        assert locked(Page.objects.all()).count() == 2

    assert stamping.result(5).ours == 2
