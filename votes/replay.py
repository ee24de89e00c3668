"""A past order: the scores that a fold would have written, had the ledger held only what was given up to a time.

The statement is made of the fold's own parts. Names of a WITH go before tables, so they read the past in their place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from ideas.models import Board
from votes import ranking
from votes.folding import best_sql, counted_ideas

FETCHED = 2_000
LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0; SET LOCAL work_mem = '128MB'"

# Of each order the versions that a replay knows, the newest first: the SQL over `counted`.
FORMULAS: dict[str, dict[str, str]] = {
    "trending": {ranking.TRENDING_VERSION: "trending"},
    "top": {ranking.TOP_VERSION: ranking.top_sql("up", "down")},
    "best": {ranking.BEST_VERSION: best_sql("counted"), "best-1": ranking.best_sql("up", "down")},
}

# What a voter thought of an idea at the time is their last line up to then, by the ledger's own order. Within its own
# definition a name still means the table.
PAST = """
ideas_standing AS MATERIALIZED (
    SELECT s.idea_id, s.board_id, coalesce(
        (SELECT sum(e.weight) FROM votes_dailyexposure e WHERE e.idea_id = s.idea_id AND e.day <= %(day)s), 0) AS seen
    FROM ideas_standing s WHERE s.listed AND s.created_at <= %(at)s AND s.board_id = ANY(%(boards)s)
), votes_vote AS MATERIALIZED (
    SELECT idea_id, new_value AS value, at
    FROM (SELECT DISTINCT ON (e.idea_id, e.voter_key) e.idea_id, e.new_value, e.at
          FROM votes_voteevent e JOIN ideas_standing s ON s.idea_id = e.idea_id
          WHERE e.at <= %(at)s ORDER BY e.idea_id, e.voter_key, e.id DESC) last
    WHERE new_value <> 0
), votes_dailyexposure AS (
    SELECT * FROM votes_dailyexposure WHERE day <= %(day)s
), ideas_boardrate AS (
    SELECT * FROM ideas_boardrate WHERE at <= %(at)s
), ideas_board AS (
    SELECT b.id, coalesce(
        (SELECT r.allows_down_votes FROM ideas_boardrate r WHERE r.board_id = b.id ORDER BY r.id DESC LIMIT 1),
        b.allows_down_votes) AS allows_down_votes
    FROM ideas_board b
)"""


@dataclass(frozen=True, slots=True)
class Placed:
    """An idea in a past order; `score` is −∞ in `trending` without an up-vote."""

    public_id: str
    title: str
    up: int
    down: int
    score: float


@dataclass(frozen=True, slots=True)
class Asked:
    """`boards`: exactly one for `best`; `version`: one of FORMULAS[order]."""

    order: str
    version: str
    at: datetime
    boards: tuple[Board, ...]
    half_life_days: float
    limit: int | None = None


def replayed(asked: Asked) -> Iterator[Placed]:
    """Yield the order at a time, best first, ties by id, the newer first.

    The ideas are those that are listed now and were posted by then: of hiding the ledger knows nothing.
    Memory: constant here. Queries: 1, over all lines of the boards.
    """
    parameters: dict[str, Any] = {
        "at": asked.at,
        "day": asked.at.astimezone(UTC).date(),
        "boards": [board.pk for board in asked.boards],
        "limit": asked.limit,
    }
    with transaction.atomic():
        with connection.cursor() as limits:
            limits.execute(LIMITS)
        with connection.chunked_cursor() as cursor:
            cursor.execute(_statement(asked), parameters)
            while rows := cursor.fetchmany(FETCHED):
                yield from (Placed(*row) for row in rows)


def _statement(asked: Asked) -> str:
    return f"""
    WITH {PAST}, counted AS ({counted_ideas(asked.half_life_days)})
    SELECT i.public_id, i.title, up, down, ({FORMULAS[asked.order][asked.version]})::float8 AS score
    FROM counted JOIN ideas_idea i ON i.id = counted.idea_id
    ORDER BY score DESC, idea_id DESC LIMIT %(limit)s"""
