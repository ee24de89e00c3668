"""Statements that are worth preparing: bound by the server, planned once per connection."""

from collections.abc import Mapping
from typing import Any, TypeVar

import psycopg
from django.db import connection
from psycopg.rows import class_row

Row = TypeVar("Row")


def fetch_one(row_class: type[Row], sql: str, parameters: Mapping[str, Any]) -> Row | None:
    """Run one statement and return its first row.

    Django's own cursor puts values into the text, so that the server plans every statement anew; a long one costs more
    to plan than to run. psycopg prepares what a connection runs often (`prepare_threshold` in the settings).
    """
    connection.ensure_connection()
    bare: Any = psycopg.Cursor(connection.connection, row_factory=class_row(row_class))
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(bare) as cursor:
        cursor.execute(sql, parameters)
        row: Row | None = cursor.fetchone()
        return row
