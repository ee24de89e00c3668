"""Statements that are worth preparing: bound by the server, planned once per connection."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from django.db import connection
from django.db.models import Model
from psycopg.rows import class_row

Row = TypeVar("Row")
MakeRow = Callable[[Sequence[Any]], Row]
SomeModel = TypeVar("SomeModel", bound=Model)


def fetch_all(make_row: MakeRow[Row], sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """Run one statement and return its rows, each as `make_row` makes it from the values.

    Django's own cursor puts values into the text, so that the server plans every statement anew; a long one costs more
    to plan than to run. psycopg prepares what a connection runs often (`prepare_threshold` in the settings), and the
    plan is the same whatever the values (`plan_cache_mode` there).
    """
    return _run(lambda _cursor: make_row, sql, parameters)


def fetch_one(row_class: type[Row], sql: str, parameters: Mapping[str, Any]) -> Row | None:
    """Run one statement and return its first row, its columns given to `row_class` by name."""
    rows: list[Row] = _run(class_row(row_class), sql, parameters)
    return rows[0] if rows else None


def fetch_model(model: type[SomeModel], condition: str, parameters: Mapping[str, Any]) -> SomeModel | None:
    """Return the first instance of `model` that meets `condition`, which a unique index should answer."""
    fields = [field.attname for field in model._meta.concrete_fields]
    columns = ", ".join(str(field.column) for field in model._meta.concrete_fields)
    rows: list[SomeModel] = fetch_all(
        lambda values: model.from_db("default", fields, values),
        f"SELECT {columns} FROM {model._meta.db_table} WHERE {condition}",  # noqa: S608 - names of our own
        parameters,
    )
    return rows[0] if rows else None


def _run(row_factory: Any, sql: str, parameters: Mapping[str, Any]) -> list[Any]:
    connection.ensure_connection()
    bare: Any = psycopg.Cursor(connection.connection, row_factory=row_factory)
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(bare) as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
