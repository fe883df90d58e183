"""Moments as PostgreSQL gives them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from config.postgresql.base import FIRST, LAST
from escalation.models import Person, Role
from escalation.operations.advance import advance_due
from playbooks.models import Briefing
from tests.story import NOON, House, make_person, paged

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
        ("'0001-01-02 00:00:00+00'::timestamptz", datetime(1, 1, 2, tzinfo=UTC)),
        ("'9999-12-31 00:00:00+00'::timestamptz", datetime(9999, 12, 31, tzinfo=UTC)),
        ("NULL::timestamptz", None),
    ],
)
def test_moments_are_read_to_the_microsecond_in_utc(sql: str, moment: datetime | None) -> None:
    """The quick way of reading must give what the driver's own would."""
    assert read(sql) == moment


@pytest.mark.parametrize(
    ("sql", "moment"),
    [
        ("'9999-12-31 23:59:00-05'::timestamptz", LAST),
        ("'9999-12-31 23:59:00+00'::timestamptz", LAST),
        ("'infinity'::timestamptz", LAST),
        ("'-infinity'::timestamptz", FIRST),
        ("'0044-03-15 12:00 BC'::timestamptz", FIRST),
        ("'0001-01-01 00:00:00+00'::timestamptz", FIRST),
    ],
)
def test_a_moment_beyond_pythons_is_read_as_the_nearest(sql: str, moment: datetime) -> None:
    """What cannot be read stops whatever reads it, and everything beside it."""
    assert read(sql) == moment


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_first_and_the_last_moment_are_there_in_every_zone(zone: str) -> None:
    """A screen that cannot show one date on somebody's wall clock shows nothing at all."""
    assert FIRST.astimezone(ZoneInfo(zone)) == FIRST
    assert LAST.astimezone(ZoneInfo(zone)) == LAST


def store(sql: str) -> None:
    """Write what no form takes any more, and rows of before may hold: year 10000, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute(sql, ["9999-12-31 23:59-05"])


def test_an_absence_until_the_year_10000_keeps_nobody_from_being_paged(house: House) -> None:
    """One date of one person stopped every chain that they are on."""
    Person.objects.filter(pk=house.anna.pk).update(out_of_office_from=NOON)
    store("UPDATE escalation_person SET out_of_office_until = %s WHERE name = 'Anna Hale'")

    incident = house.alarm()
    advance_due(now=NOON)

    assert [name for name, _, _ in paged(incident.escalation)] == ["Ben"]


def test_the_desk_shows_a_briefing_in_the_year_10000(house: House, client: Client) -> None:
    """Else nobody can put it right where it was typed."""
    client.force_login(make_person("Tom Asher", Role.ADMIN))
    Briefing.objects.create(title="Shelter", happens_at=NOON)
    store("UPDATE playbooks_briefing SET happens_at = %s")

    assert client.get("/admin/playbooks/briefing/").status_code == 200
