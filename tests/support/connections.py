"""Further connections to the test database, for what happens at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from django.db import connection, connections

from tests.support.waiting import eventually

Result = TypeVar("Result")


@contextmanager
def other_connection(*, autocommit: bool = False) -> "Iterator[psycopg.Connection[Any]]":
    """Connect once more; what the block leaves open is rolled back."""
    parameters = {name: connection.get_connection_params()[name] for name in ("host", "user", "dbname")}
    other = psycopg.connect(**parameters, autocommit=autocommit)
    try:
        yield other
    finally:
        other.close()


@contextmanager
def waiting_for_it(holder: "psycopg.Connection[Any]", action: Callable[[], object]) -> Iterator[None]:
    """After the block start `action`, see it wait for a lock of `holder`, commit `holder`, and see `action` end."""
    yield
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(on_own_connection, action)
        eventually(lambda: waiting.done() or _is_waited_for(holder))
        assert not waiting.done(), waiting.result()
        holder.commit()
        waiting.result(timeout=30)


def on_own_connection(action: Callable[[], Result]) -> Result:
    """Return `action()`, called in another thread, and close that thread's connection."""
    try:
        return action()
    finally:
        connections.close_all()


def elsewhere(action: Callable[[], Result]) -> Result:
    """Return `action()`, done on a connection of its own, past the transaction of this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(on_own_connection, action).result(timeout=60)


def _is_waited_for(holder: "psycopg.Connection[Any]") -> bool:
    with other_connection(autocommit=True) as watcher:
        row = watcher.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [holder.info.backend_pid]
        ).fetchone()
    return bool(row and row[0])
