"""Who saw an idea: daily counts."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection, transaction

from votes import ranking
from votes.rates import RATES

RAISE = """
INSERT INTO votes_dailyexposure AS e (idea_id, day, count)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[]) AS g (idea_id, day, count) ORDER BY idea_id, day
ON CONFLICT (idea_id, day) DO UPDATE SET count = excluded.count WHERE e.count < excluded.count"""


def raise_exposures(counts: Sequence[tuple[int, date, int]]) -> int:
    """Have each (idea, UTC day) seen at least `count` times, and return how many days that changed.

    For imports: the same history again changes nothing, and what was seen here is never taken away.
    """
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [list(column) for column in zip(*counts, strict=True)] or [[], [], []])
        changed: int = cursor.rowcount
        return changed


# Locked and written in the order of ids, as by the fold. An idea that is seen for the first time is due for scoring:
# its votes of that day count as votes that followed a view.
ADD = f"""
WITH day AS MATERIALIZED (
    SELECT * FROM unnest(%(ideas)s::bigint[], %(days)s::date[], %(counts)s::int[], %(weights)s::float8[])
        AS d (idea_id, day, count, weight)
), total AS MATERIALIZED (
    SELECT s.idea_id, s.seen = 0 AS is_first, t.weight,
           (SELECT r.rate FROM ({RATES}) r WHERE r.board_id = s.board_id) AS rate
    FROM (SELECT idea_id, sum(weight) AS weight FROM day GROUP BY idea_id) t
         JOIN ideas_standing s ON s.idea_id = t.idea_id
    ORDER BY s.idea_id FOR NO KEY UPDATE OF s
), written AS (
    UPDATE ideas_standing s
    SET seen = s.seen + t.weight,
        best = {ranking.best_of_board_sql("s.up", "s.down", "s.up_seen", "(s.seen + t.weight)", "t.rate")}
    FROM total t WHERE s.idea_id = t.idea_id
), due AS (
    INSERT INTO votes_scoredue (idea_id) SELECT idea_id FROM total WHERE is_first ORDER BY idea_id
    ON CONFLICT (idea_id) DO NOTHING
)
INSERT INTO votes_dailyexposure AS e (idea_id, day, count, weight)
SELECT day.* FROM day JOIN total USING (idea_id) ORDER BY idea_id, day
ON CONFLICT (idea_id, day) DO UPDATE SET count = e.count + excluded.count, weight = e.weight + excluded.weight"""


@transaction.atomic
def add_views(views: Mapping[tuple[int, date], tuple[int, float]]) -> None:
    """Add to each (idea, UTC day) so many views and their weight, and score `best` of these ideas by them.

    Queries: 1, which locks the ideas' standings in the order of their ids.
    """
    rows = [(idea, day, count, weight) for (idea, day), (count, weight) in sorted(views.items())]
    columns = zip(*rows, strict=True) if rows else ([], [], [], [])
    names = ("ideas", "days", "counts", "weights")
    with connection.cursor() as cursor:
        cursor.execute(ADD, {name: list(column) for name, column in zip(names, columns, strict=True)})
