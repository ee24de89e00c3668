"""The nightly proof that tallies are what they should be. It repairs, then alarms: a wrong tally is a bug."""

import structlog
from django.db import connection, transaction

from votes import ranking
from votes.models import LedgerBatch

logger = structlog.get_logger(__name__)

# One statement, so one snapshot: what is folded and what waits to be must be the votes there are. Comparing the folded
# alone would alarm whenever somebody votes.
WRONG = """
SELECT s.idea_id, coalesce(v.up, 0) - coalesce(w.up, 0) AS up, coalesce(v.down, 0) - coalesce(w.down, 0) AS down
FROM ideas_standing s
     LEFT JOIN (SELECT idea_id, sum((value = 1)::int)::int AS up, sum((value = -1)::int)::int AS down
                FROM votes_vote GROUP BY idea_id) v ON v.idea_id = s.idea_id
     LEFT JOIN (SELECT e.idea_id, sum((new_value = 1)::int - (old_value = 1)::int)::int AS up,
                       sum((new_value = -1)::int - (old_value = -1)::int)::int AS down
                FROM votes_voteevent e JOIN votes_fold f ON e.xid >= f.mark AND e.id > f.floor_id
                GROUP BY e.idea_id) w ON w.idea_id = s.idea_id
WHERE (s.up, s.down) <> (coalesce(v.up, 0) - coalesce(w.up, 0), coalesce(v.down, 0) - coalesce(w.down, 0))"""
REPAIR = f"""
WITH wrong AS ({WRONG}), repaired AS (
    UPDATE ideas_standing s
    SET up = wrong.up, down = wrong.down, top = {ranking.top_sql("wrong.up", "wrong.down")}
    FROM wrong WHERE s.idea_id = wrong.idea_id RETURNING s.idea_id
)
INSERT INTO votes_scoredue (idea_id, since)
SELECT idea_id, clock_timestamp() - interval '1 day' FROM repaired ORDER BY idea_id
ON CONFLICT (idea_id) DO UPDATE SET since = excluded.since"""
LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0"


def check_tallies() -> list[int]:
    """Return the ids of the ideas whose tallies were wrong, after putting them right; the next fold does their scores.

    Also writes the newest digest of the ledger to the log: whoever could change the ledger cannot change both.
    """
    last = LedgerBatch.objects.order_by("id").last()
    if last:
        logger.info("ledger digest", batch=last.pk, digest=bytes(last.digest).hex())
    wrong = _wrong_tallies()
    if wrong:
        _repair()
        logger.error("tallies were wrong and are repaired", ideas=wrong[:100], count=len(wrong))
    return wrong


@transaction.atomic
def _wrong_tallies() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        cursor.execute(WRONG)
        return sorted(idea_id for idea_id, _up, _down in cursor.fetchall())


@transaction.atomic
def _repair() -> None:
    """Put every wrong tally right, while no fold is at work."""
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        cursor.execute("SELECT 1 FROM votes_fold WHERE id = 1 FOR UPDATE")
        cursor.execute(REPAIR)
