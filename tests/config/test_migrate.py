"""The schema changes while code reds are open: whoever is at work goes first."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connection
from psycopg.errors import DiskFull, LockNotAvailable


class Refusals:
    """Refuses a migration for a reason, some times over."""

    def __init__(self, reason: Exception, times: int) -> None:
        self.reason = reason
        self.left = times

    def __call__(self, *args: Any, **options: Any) -> None:
        self.left -= 1
        if self.left >= 0:
            raise OperationalError from self.reason


def migrate_refused(refusals: Refusals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate.Command, "handle", refusals)
    monkeypatch.setattr("config.management.commands.migrate.PAUSE_SECONDS", 0)
    call_command("migrate")


@pytest.mark.django_db
def test_table_in_use_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade must not fail, half done, because somebody reads a report."""
    refusals = Refusals(LockNotAvailable(), times=3)

    migrate_refused(refusals, monkeypatch)

    assert refusals.left < 0


@pytest.mark.django_db
def test_other_trouble_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty times the same fault is half a minute without knowing."""
    refusals = Refusals(DiskFull(), times=2)

    with pytest.raises(OperationalError):
        migrate_refused(refusals, monkeypatch)

    assert refusals.left == 1


@pytest.mark.postgres
@pytest.mark.django_db
def test_migration_waits_a_second_for_a_table_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Behind a migration that waits, the clock waits too."""
    limits = []

    def look(*args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            limits.append(cursor.fetchone()[0])

    monkeypatch.setattr(migrate.Command, "handle", look)

    call_command("migrate")

    assert limits == ["1s"]
