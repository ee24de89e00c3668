"""`discover`: an order by chance, in which an idea may stand as high as it may still turn out to be good.

Thompson sampling: each idea draws a rate of votes per view from what is known of it. What many saw draws close to what
it got; what few saw draws anywhere. One reader keeps their draws for an hour, so that pages join.
"""

import hashlib
import json
import random
import time
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from accounts.viewers import Viewer
from ideas.models import Board
from ideas.models.standing import RATE_BEFORE_DATA
from ideas.status import VOTABLE, Status

DISCOVER_VERSION = "discover-1"
CANDIDATES = 500
HOUR_SECONDS = 3_600
KEPT_SECONDS = 2 * HOUR_SECONDS  # as long as somebody may go on reading
SMALLEST_BETA = 0.01
FEW_VIEWS = 30  # below that an idea counts as seen by few; also as many as chance gives what nobody has checked yet

# Per kind of candidate a third of them, taken in turn from each (board, status), by the indexes of the orders.
RANGES = """
SELECT r.idea_id, r.board_id, r.up_seen, r.seen
FROM unnest(%(boards)s::bigint[]) AS b(board_id) CROSS JOIN unnest(%(statuses)s::text[]) AS t(status)
CROSS JOIN LATERAL (
    SELECT s.idea_id, s.board_id, s.up_seen, s.seen, row_number() OVER (ORDER BY {order}) AS turn FROM ideas_standing s
    WHERE s.board_id = b.board_id AND s.status = t.status AND s.listed ORDER BY {order} LIMIT %(each)s) r
ORDER BY r.turn, r.idea_id DESC LIMIT %(third)s"""
KINDS = ("s.seen, s.idea_id DESC", "s.created_at DESC, s.idea_id DESC", "s.best DESC, s.idea_id DESC")
CHOSEN = f"""
SELECT c.idea_id, c.up_seen, c.seen, coalesce(
    (SELECT r.rate FROM ideas_boardrate r WHERE r.board_id = c.board_id ORDER BY r.id DESC LIMIT 1), %(rate)s)
FROM ({" UNION ".join(f"({RANGES.format(order=order)})" for order in KINDS)}) c ORDER BY c.idea_id"""

LEAST_SEEN = f"""
SELECT r.idea_id FROM unnest(%(boards)s::bigint[]) AS b(board_id) CROSS JOIN LATERAL (
    SELECT s.idea_id, s.seen FROM ideas_standing s
    WHERE s.board_id = b.board_id AND s.status = '{Status.OPEN}' AND s.listed AND s.seen < {FEW_VIEWS}
    ORDER BY s.seen, s.idea_id DESC LIMIT %(limit)s) r
ORDER BY r.seen, r.idea_id DESC LIMIT %(limit)s"""


def draw(chance: random.Random, *, up_seen: int, seen: float, rate: float) -> float:
    """Draw from Beta(1 + U, 1/m − 1 + max(E − U, 0)): U votes of E views, at a mean of m votes per view.

    >>> draws = [draw(random.Random(n), up_seen=0, seen=0.0, rate=0.25) for n in range(2_000)]
    >>> 0.24 < sum(draws) / len(draws) < 0.26, max(draws) > 0.8  # what nobody saw: the mean on average, or anything
    (True, True)
    >>> draws = [draw(random.Random(n), up_seen=50, seen=100.0, rate=0.25) for n in range(2_000)]
    >>> all(0.3 < each < 0.7 for each in draws)
    True

    Source: Thompson, "On the Likelihood that One Unknown Probability Exceeds Another", Biometrika 25 (1933), 285–294.
    """
    votes = max(up_seen, 0)
    return chance.betavariate(1 + votes, max(1 / rate - 1, SMALLEST_BETA) + max(seen - votes, 0.0))


def this_hour() -> int:
    return int(time.time() // HOUR_SECONDS)


def discovered(viewer: Viewer, boards: Sequence[Board], *, statuses: Sequence[str], hour: int) -> list[int]:
    """Return at most CANDIDATES ideas in the order that `viewer` gets in `hour`; nobody gets the same as all nobodies.

    Without `statuses`: all that can be voted for. The order stays while views and votes come in: it is kept, and only
    drawn anew, by the same chance, when the cache has lost it.
    Queries: 1 at the first page.
    """
    ids = sorted(board.pk for board in boards)
    wanted = sorted(statuses or VOTABLE)
    asked = json.dumps([DISCOVER_VERSION, ids, wanted, _name_of(viewer), hour])
    key = f"discover:{hashlib.sha256(asked.encode()).hexdigest()[:32]}"
    try:
        kept: list[int] | None = cache.get(key)
        if kept is None:
            kept = _drawn(ids, wanted, seed=asked)
            cache.set(key, kept, KEPT_SECONDS)
    except RedisError:
        return _drawn(ids, wanted, seed=asked)
    return kept


def _name_of(viewer: Viewer) -> str:
    if viewer.key:
        return f"key {viewer.key.pk}"
    return f"person {viewer.person_id}" if viewer.person_id else ""


def _drawn(boards: list[int], statuses: list[str], *, seed: str) -> list[int]:
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    third = CANDIDATES // len(KINDS)
    ranges = max(1, len(boards) * len(statuses))
    each = min(third, max(5, 4 * third // ranges))
    values: dict[str, Any] = {
        "boards": boards,
        "statuses": statuses,
        "each": each,
        "third": third,
        "rate": RATE_BEFORE_DATA,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN, values)
        draws = [
            (draw(chance, up_seen=up_seen, seen=seen, rate=rate), idea_id) for idea_id, up_seen, seen, rate in cursor
        ]
    return [idea_id for _draw, idea_id in sorted(draws, reverse=True)]


def least_seen(boards: Sequence[Board], *, limit: int) -> list[int]:
    """Return open ideas that fewer than FEW_VIEWS have seen, the least seen first. Queries: 1, over index ranges."""
    with connection.cursor() as cursor:
        cursor.execute(LEAST_SEEN, {"boards": [board.pk for board in boards], "limit": limit})
        return [idea_id for (idea_id,) in cursor.fetchall()]
