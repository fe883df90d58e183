"""What is planned once must ask the same question ever after."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from escalation.models import Person
from escalation.operations.prepared import rows, run

pytestmark = pytest.mark.django_db


def people(*names: str) -> None:
    for number, name in enumerate(names):
        Person.objects.create_user(f"{number}@house.example", name=name)


def by_name(name: str, *, limit: int) -> QuerySet[Person, tuple[Any, ...]]:
    return Person.objects.filter(name=name).order_by("pk").values_list("name")[:limit]


def hides_one(name: str) -> QuerySet[Person, tuple[Any, ...]]:
    return Person.objects.filter(name=name, email="ada").values_list("name")


def test_each_asking_takes_its_own_parameters_and_limit() -> None:
    """A question that keeps its first parameters pages the people of another code red."""
    people("Ada", "Ada", "Bo")

    assert rows(by_name, "Ada", limit=1) == [("Ada",)]
    assert rows(by_name, "Ada", limit=2) == [("Ada",), ("Ada",)]
    assert rows(by_name, "Bo", limit=2) == [("Bo",)]


@pytest.mark.postgres
def test_query_with_a_parameter_of_its_own_is_refused() -> None:
    """Its place would be taken by another one's, in silence."""
    with pytest.raises(ValueError, match="hides_one"):
        rows(hides_one, "Ada")


def test_statement_fails_as_the_orm_does() -> None:
    """Whoever waits for an IntegrityError would miss the driver's own."""
    people("Ada")
    table = Person._meta.db_table
    with pytest.raises(IntegrityError):
        run(f"INSERT INTO {table} SELECT * FROM {table}")  # noqa: S608


def test_statement_tells_how_many_rows_it_touched() -> None:
    """A count of what was not touched passes a page for stamped that was not."""
    people("Ada", "Ada", "Bo")

    sql = f"UPDATE {Person._meta.db_table} SET name = %s"  # noqa: S608
    touched, returned = run(sql, ["Cy"])

    assert (touched, returned) == (3, [])
