"""Who saw an idea: daily counts."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

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
