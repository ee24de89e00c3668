"""Further connections to the test database, for what happens at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def other_connection(*, autocommit: bool = False) -> "Iterator[psycopg.Connection[Any]]":
    """Connect once more; what the block leaves open is rolled back."""
    parameters = {name: connection.get_connection_params()[name] for name in ("host", "user", "dbname")}
    other = psycopg.connect(**parameters, autocommit=autocommit)
    try:
        yield other
    finally:
        other.close()
