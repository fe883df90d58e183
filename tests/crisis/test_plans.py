"""How PostgreSQL finds what is asked most: by an index, none of which is lost unnoticed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from escalation.clock import agenda
from escalation.models import ClockBeat
from escalation.operations.due import due_timelines, lock_next
from tests.bench.archive import TABLES, fill
from tests.bench.screens import SCREENS, checks, opener, place_of
from tests.bench.stories import leave_open
from tests.story import NOON, at

pytestmark = pytest.mark.postgres

GROWS = {model._meta.db_table for model in TABLES}
"""What is never removed, so that reading it from end to end takes longer every day."""
SMALL = {
    "incident_open",
    "incident_restricted",
    "one_running_sign_off",
    "escalation_due",
    "deadline_due",
    "page_to_send",
    "page_sent_too_often",
}
"""Indexes that hold only what is open, armed or unsent: these may be read from end to end."""
IN_ORDER = {"crisis_incident_number_key", "escalation_page_pkey", "escalation_timeline_pkey"}
"""Indexes that are walked in their order, under a limit."""

Node = dict[str, Any]


def nodes(node: Node, is_limited: bool = False) -> Iterator[tuple[Node, bool]]:
    """Give every node of a plan, and whether a limit stands above it with no sort between."""
    kind = node["Node Type"]
    limited = (is_limited or kind == "Limit") and kind not in ("Sort", "Aggregate", "Hash")
    yield node, limited
    for child in node.get("Plans", []):
        yield from nodes(child, limited)


def reads_it_all(node: Node, is_limited: bool) -> bool:
    """Say whether a scan goes through a table that only ever grows."""
    index = node.get("Index Name", "")
    if node.get("Relation Name") not in GROWS or node["Node Type"] == "Bitmap Heap Scan":
        return False
    if index in SMALL or "Index Cond" in node:
        return False
    return not (is_limited and index in IN_ORDER)


def offences(done: Callable[[], Any]) -> list[str]:
    """Run something, and name what its queries read from end to end."""
    with CaptureQueriesContext(connection) as seen:
        done()
    asked = [each["sql"] for each in seen.captured_queries if each["sql"].startswith("SELECT")]
    found = []
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            (plan,) = cursor.fetchone()
            top = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
            found += [
                f"{node.get('Index Name') or node.get('Relation Name')}: {sql}"
                for node, is_limited in nodes(top)
                if reads_it_all(node, is_limited)
            ]
    return found


@pytest.fixture
def past(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hundred code reds that are over, and three that are open.

    On so little a planner would rather read it all; it is told to plan as if it were much.
    """
    monkeypatch.setattr("escalation.clock.now", lambda: NOON)
    street = fill(300, NOON, say=lambda line: None)
    leave_open(street, 3, NOON)
    ClockBeat.objects.create(driver="clock", at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for way in ("seqscan", "hashjoin", "mergejoin", "material"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def test_no_screen_reads_what_grows_from_end_to_end(past: None) -> None:
    """A page that gets slower with every storm is slow in the worst one."""
    place = place_of(NOON)

    found = {name: offences(opener(name, place)) for name in SCREENS}

    assert {name: each for name, each in found.items() if each} == {}


def test_no_check_reads_what_grows_from_end_to_end(past: None) -> None:
    """What is asked every few seconds stops the house once it takes a few seconds."""
    found = {name: offences(check) for name, check in checks(place_of(NOON)).items()}

    assert {name: each for name, each in found.items() if each} == {}


def test_clock_finds_what_is_due_by_what_is_armed(past: None) -> None:
    """The clock asks this all the time, and everything waits for its answer."""
    assert offences(agenda) == []
    assert offences(lambda: due_timelines(at(60), 500)) == []
    with transaction.atomic():
        assert offences(lambda: lock_next(at(60), 500)) == []


def test_lost_index_is_noticed(past: None) -> None:
    """A guard that lets everything pass looks like a house in order."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX incident_open")

    assert offences(opener("home, officer", place_of(NOON))) != []
