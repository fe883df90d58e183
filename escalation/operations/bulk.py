"""Many rows in one statement, on either database. Rows travel as columns."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Field, IntegerField, JSONField, Lookup, Model, UUIDField

from escalation.operations.prepared import array, run

Columns = Mapping[str, Sequence[Any]]
"""Values by name of field, as many of each as there are rows."""


def rows_of(model: type[Model], columns: Columns) -> tuple[str, list[Any]]:
    """Give an item for FROM, called `v`, that has these columns, and its parameters."""
    fields = [_field(model, name) for name in columns]
    plain = [list(map(_to_database(f), columns[n])) for f, n in zip(fields, columns, strict=True)]
    names = [each.column for each in fields]
    if connection.vendor == "postgresql":
        return _unnested(fields, plain)
    picks = [f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(names)]
    rows = json.dumps(list(zip(*plain, strict=True)))
    return f"(SELECT {', '.join(picks)} FROM json_each(%s)) AS v", [rows]  # noqa: S608


def _unnested(fields: Sequence[Any], columns: Sequence[list[Any]]) -> tuple[str, list[Any]]:
    """Unnest an array for each column; one that is alike in all rows travels as a single value."""
    each_its_own: list[tuple[Any, list[Any]]] = []
    alike: list[tuple[Any, list[Any]]] = []
    for field, values in zip(fields, columns, strict=True):
        is_alike = len(values) > 1 and values.count(values[0]) == len(values)
        (alike if is_alike else each_its_own).append((field, values))
    items = ", ".join(f"%s::{f.cast_db_type(connection)}[]" for f, _ in each_its_own)
    names = ", ".join(field.column for field, _ in each_its_own)
    fixed = "".join(f", {_slot(field)} AS {field.column}" for field, _ in alike)
    params = [values[0] for _, values in alike]
    params += [array(values, _writer(field)) for field, values in each_its_own]
    return f"(SELECT *{fixed} FROM unnest({items}) AS u({names})) AS v", params  # noqa: S608


def insert_rows(
    model: type[Model],
    columns: Columns,
    constants: Mapping[str, Any],
    *,
    returning: str = "",
) -> list[Any]:
    """Insert rows, all with the same `constants`.

    With `returning`, a row that breaks a unique constraint is passed over, and that field of those
    that were inserted comes back; without, such a row raises IntegrityError.
    """
    rows, params = rows_of(model, columns)
    fixed = [_field(model, name) for name in constants]
    names = [_field(model, name).column for name in columns] + [each.column for each in fixed]
    picks = [f"v.{name}" for name in names[: len(columns)]] + [_slot(each) for each in fixed]
    values = [_to_database(f)(constants[n]) for f, n in zip(fixed, constants, strict=True)]
    end = f" ON CONFLICT DO NOTHING RETURNING {returning}" if returning else ""
    sql = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)})"  # noqa: S608
        f" SELECT {', '.join(picks)} FROM {rows} WHERE true{end}"
    )
    count, returned = run(sql, [*values, *params])
    if not returning:
        return []
    if returning in columns and count == len(columns[returning]):
        return list(columns[returning])
    read = _field(model, returning).to_python
    return [read(value) for (value,) in returned]


def update_rows(model: type[Model], columns: Columns, where: str) -> int:
    """Set columns of the rows that have the ids, and tell how many there were.

    `where` is SQL that must hold besides, of the row `t` and its new values `v`.
    """
    rows, params = rows_of(model, columns)
    changed = [_field(model, name).column for name in columns if name != "id"]
    sets = ", ".join(f"{name} = v.{name}" for name in changed)
    table = model._meta.db_table
    sql = f"UPDATE {table} AS t SET {sets} FROM {rows} WHERE t.id = v.id AND {where}"  # noqa: S608
    return run(sql, params)[0]


def _writer(field: Any) -> Callable[[Any], str]:
    """Give how an element is written: numbers and keys as they are, all else between quotes."""
    kind = field.target_field if field.is_relation else field
    return str if isinstance(kind, IntegerField | UUIDField) else _quoted


def _quoted(value: Any) -> str:
    written = str(value)
    if not written.isalnum():
        written = written.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"'


class AnyOf(Lookup):
    """`pk__any_of=[...]`: as `__in` of numbers, with one parameter however many there are."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, params = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            kind = self.lhs.output_field.cast_db_type(connection)
            return f"{left} = ANY(%s::{kind}[])", [*params, array(self.rhs)]
        listed = "(SELECT value FROM json_each(%s))"
        return f"{left} IN {listed}", [*params, json.dumps(self.rhs)]


Field.register_lookup(AnyOf)


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _slot(field: Any) -> str:
    is_typed = connection.vendor == "postgresql"
    return f"%s::{field.cast_db_type(connection)}" if is_typed else "%s"


def _to_database(field: Any) -> Callable[[Any], Any]:
    """PostgreSQL takes Python's own values; SQLite gets them as it keeps them."""
    if connection.vendor == "postgresql":
        return json.dumps if isinstance(field, JSONField) else _same
    return partial(field.get_db_prep_save, connection=connection)


def _same(value: Any) -> Any:
    return value
