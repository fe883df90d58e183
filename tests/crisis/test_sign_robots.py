"""Mail scanners, chat previews and prefetching browsers: they open everything and mean nothing."""

from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from crisis.operations.sign_off import approve
from tests.browsers import Browser, address_of, known_browser
from tests.story import House, act, fast_forward

ROUNDS = 200
QUARTERS = 4
"""Side by side: all in one take longer than a test may, on a slow machine."""


def dump() -> dict[str, list[Any]]:
    """Every row of every table."""
    rows = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows[table] = sorted(cursor.fetchall(), key=str)
    return rows


@pytest.mark.sqlite
@pytest.mark.parametrize("quarter", range(QUARTERS))
def test_10_000_gets_and_heads_change_no_row(
    quarter: int, house: House, settings: Settings
) -> None:
    """A scanner that decides, acknowledges or so much as marks a page seen wakes nobody else."""
    settings.CODERED_DEMO = True
    open_one, decided = house.alarm(), house.alarm()
    answer = house.submitted(open_one)
    approve(answer=house.submitted(decided), act=act(house.anna, 70))
    fast_forward(90)
    link = address_of(open_one, house.anna)
    scanner, annas = Browser(), known_browser(house.anna)
    annas.get(link)
    annas.get(address_of(decided, house.anna))
    number = open_one.number
    acts = ("on-it", "seen", "code", f"{answer.pk}/approve", f"{answer.pk}/take-back")
    pages = [
        (scanner, f"/sign/{number}/"),
        (scanner, f"{link}x"),
        (scanner, "/tray/"),
        (annas, f"/sign/{number}/"),
        (annas, f"/sign/{number}/{answer.pk}/amend/"),
        (annas, f"/sign/{decided.number}/"),
        *((annas, f"/sign/{number}/{act}/") for act in acts),
    ]
    before = dump()

    asked = 0
    for turn in range(quarter, ROUNDS, QUARTERS):
        for browser, path in [*[(scanner, link), (annas, link)] * 12, pages[turn % len(pages)]]:
            browser.get(path)
            browser.head(path)
            asked += 2

    assert asked == 10_000 / QUARTERS
    assert dump() == before
