"""A table of this session's own in which opinions wait until all are there and can be put in order.

PostgreSQL sorts what would not fit into our memory. Every batch is committed, so nothing holds back the fold.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connection

from votes.services.past_votes import PastVote

MAKE = """CREATE TEMPORARY TABLE staged_opinion (
    idea_id bigint NOT NULL, voter_id bigint NOT NULL, value smallint NOT NULL,
    at timestamptz NOT NULL, line bigint NOT NULL
)"""
IN_ORDER = "SELECT idea_id, voter_id, value, at FROM staged_opinion ORDER BY at, line"
# Somebody's last word on an idea counts; a pass is then an idea seen without a vote.
PASSES = """
SELECT idea_id, (at AT TIME ZONE 'UTC')::date, count(*) FROM (
    SELECT DISTINCT ON (idea_id, voter_id) idea_id, value, at FROM staged_opinion
    ORDER BY idea_id, voter_id, at DESC, line DESC) last
WHERE value = 0 GROUP BY 1, 2 ORDER BY 1, 2"""

Staged = tuple[int, int, int, datetime, int]


@contextmanager
def staging() -> Iterator[None]:
    """Have an empty table in the block."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS staged_opinion; {MAKE}")
        yield
        cursor.execute("DROP TABLE staged_opinion")


def stage(rows: Sequence[Staged]) -> None:
    """Add (idea, voter, value, at, line)."""
    with connection.cursor() as cursor, cursor.copy("COPY staged_opinion FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def staged_votes(size: int) -> Iterator[list[PastVote]]:
    """Yield all opinions by (at, line) in lists of about `size`; one instant is never cut in two."""
    held: list[PastVote] = []
    for rows in _batches(IN_ORDER, size):
        votes = [*held, *(PastVote(*row) for row in rows)]
        last = votes[-1].at
        ready = [vote for vote in votes if vote.at < last]
        held = votes[len(ready) :]
        if ready:
            yield ready
    if held:
        yield held


def staged_passes(size: int) -> Iterator[list[tuple[int, date, int]]]:
    """Yield (idea, UTC day, people whose last word was to pass) in lists of at most `size`."""
    yield from _batches(PASSES, size)


def _batches(query: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
    # The cursor outlives the commits in between (WITH HOLD).
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(size):
            yield rows
