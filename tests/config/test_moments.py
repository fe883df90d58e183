"""Moments as PostgreSQL gives them."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def read(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("sql", "moment"),
    [
        ("'2026-11-14 12:00:00+00'::timestamptz", datetime(2026, 11, 14, 12, tzinfo=UTC)),
        ("'2026-11-14 12:00:00.5+00'::timestamptz", datetime(2026, 11, 14, 12, 0, 0, 500_000, UTC)),
        ("'2026-11-14 12:00:00.000001+01'::timestamptz", datetime(2026, 11, 14, 11, 0, 0, 1, UTC)),
        ("'0001-01-01 00:00:00+00'::timestamptz", datetime(1, 1, 1, tzinfo=UTC)),
        ("NULL::timestamptz", None),
    ],
)
def test_moments_are_read_to_the_microsecond_in_utc(sql: str, moment: datetime | None) -> None:
    """The quick way of reading must give what the driver's own would."""
    assert read(sql) == moment


@pytest.mark.parametrize("sql", ["'infinity'::timestamptz", "'0044-03-15 12:00 BC'::timestamptz"])
def test_what_is_no_moment_of_pythons_is_refused(sql: str) -> None:
    """A year that Python does not know must not become another one."""
    with pytest.raises(DataError):
        read(sql)
