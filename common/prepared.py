"""Statements that are worth preparing: bound by the server, planned once per connection."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet, Value
from django.db.models.query import get_related_populators
from psycopg.rows import RowFactory, class_row, tuple_row

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


class Given:
    """The place of a value in a `PreparedQuery`."""

    def __init__(self, name: str) -> None:
        self.name = name


def given(name: str) -> Value:
    return Value(Given(name))


class PreparedQuery(Generic[SomeModel]):
    """A queryset whose SQL is made once per process: for a lookup by key, making it costs ten times its run.

    Args: `make` returns the queryset, with `given("name")` in the place of each value that a run brings. Joined rows
        come along as by `select_related`; annotations and prefetches do not.
    """

    def __init__(self, make: Callable[[], "QuerySet[SomeModel]"]) -> None:
        self._make = make

    def first(self, **values: Any) -> SomeModel | None:
        """Run it, and return the first instance, in no order but the queryset's own."""
        sql, parameters, instance = self._made
        bound = [values[each.name] if isinstance(each, Given) else each for each in parameters]
        rows: list[Any] = _run(tuple_row, sql, bound)
        return instance(rows[0]) if rows else None

    @cached_property
    def _made(self) -> tuple[str, Sequence[Any], MakeRow[SomeModel]]:
        compiler: Any = self._make().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return sql, parameters, _maker(compiler)


def _maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """Return what makes an instance from a row, as the iterator of a queryset does."""
    select, described = compiler.select, compiler.klass_info
    own = slice(described["select_fields"][0], described["select_fields"][-1] + 1)
    names = [column.target.attname for column, _sql, _alias in select[own]]
    converters = compiler.get_converters(column for column, _sql, _alias in select)
    joined = get_related_populators(described, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # Django 6's stubs

    def make(row: Sequence[Any]) -> Any:
        if converters:
            [row] = compiler.apply_converters([row], converters)
        instance = described["model"].from_db(DEFAULT_DB_ALIAS, names, row[own])
        for each in joined:
            each.populate(row, instance)
        return instance

    return make


def _run(row_factory: RowFactory[Any], sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    connection.ensure_connection()
    bare: Any = psycopg.Cursor(connection.connection, row_factory=row_factory)
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(bare) as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
