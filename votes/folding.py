"""The fold: new lines of the ledger become tallies and scores, about once a second, one fold at a time.

A fold is one transaction and can be killed at any point. It takes exactly the lines whose transactions number from the
last fold's mark up to, and without, the oldest one that still runs: all of those are over, so none can be missed.
"""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from votes import ranking
from votes.ledger import digest_sql, open_era
from votes.models import Fold, ScoreDue
from votes.rates import RATES

LARGE_IDEA_VOTES = 5_000
RESCORE_AFTER_SECONDS = 45

# The fold gives way before PostgreSQL looks for deadlocks (1 s), so that no request is chosen as the victim.
FOLD_LIMITS = """
SET LOCAL lock_timeout = '700ms'; SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0;
SET LOCAL work_mem = '64MB'"""
RECOUNT_LIMITS = "SET LOCAL lock_timeout = '10s'"
LOCK_NOT_AVAILABLE = "55P03"

# Alone in its statement, before the next: a snapshot that is older than the lock would fold lines again that the
# holder before has folded.
LOCK = "SELECT scored_by FROM votes_fold WHERE id = 1 FOR UPDATE SKIP LOCKED"
STATE = """
SELECT f.era_id, f.floor_id, f.last_digest, f.mark::text AS lo,
       greatest(f.mark, pg_snapshot_xmin(pg_current_snapshot()))::text AS hi,
       f.mark > pg_snapshot_xmax(pg_current_snapshot())
           OR f.system_id <> (SELECT system_identifier FROM pg_control_system()) AS is_foreign
FROM votes_fold f WHERE f.id = 1"""


@dataclass(frozen=True, slots=True)
class Folded:
    """What a fold did: `lines` of the ledger taken, `ideas` whose standing it wrote.

    `strays` are merged ideas that got a vote while they were merged; their votes are to follow (`votes.services`).
    """

    lines: int
    ideas: int
    strays: tuple[int, ...] = ()


def fold() -> Folded | None:
    """Fold what is new; None when another fold is at work or a lock is held too long: the next second tries again."""
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            return _fold(cursor)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            return None
        raise


def _fold(cursor: CursorWrapper) -> Folded | None:
    cursor.execute(FOLD_LIMITS)
    cursor.execute(LOCK)
    locked = cursor.fetchone()
    if not locked:
        return None if Fold.objects.exists() else _recount(cursor)
    cursor.execute(STATE)
    era, floor, previous, lo, hi, is_foreign = cursor.fetchone()
    if is_foreign:
        return _recount(cursor)
    if locked[0] != ranking.versions(settings.HALF_LIFE_DAYS):
        _rescore(cursor)
    parameters = {
        "era": era,
        "floor": floor,
        "previous": bytes(previous),
        "lo": lo,
        "hi": hi,
        "large": LARGE_IDEA_VOTES,
    }
    cursor.execute(fold_statement(settings.HALF_LIFE_DAYS), parameters)
    lines, ideas, strays = cursor.fetchone()
    return Folded(lines, ideas, tuple(strays))


@cache
def fold_statement(half_life_days: float) -> str:
    """Return the statement of a fold. Standings are locked in the order of their ids, as by everybody.

    The planner knows nothing of a batch's size, so that joins of its parts could become loops in loops. Therefore they
    are unions and look-ups by key, each of which costs the same per line or idea, however many there are.
    """
    return f"""
WITH line AS MATERIALIZED (
    SELECT * FROM votes_voteevent
    WHERE xid >= %(lo)s::xid8 AND xid < %(hi)s::xid8 AND id > %(floor)s
), ripe AS (
    DELETE FROM votes_scoredue WHERE since < clock_timestamp() - interval '{RESCORE_AFTER_SECONDS} s' RETURNING idea_id
), touched AS MATERIALIZED (
    SELECT idea_id, sum(up)::int AS up, sum(down)::int AS down, bool_or(is_ripe) AS is_ripe
    FROM (SELECT idea_id, (new_value = 1)::int - (old_value = 1)::int AS up,
                 (new_value = -1)::int - (old_value = -1)::int AS down, false AS is_ripe FROM line
          UNION ALL SELECT idea_id, 0, 0, true FROM ripe) change
    GROUP BY idea_id
), counted AS MATERIALIZED (
    SELECT s.idea_id, s.board_id, s.seen, s.up_seen, s.up + touched.up AS up, s.down + touched.down AS down,
           touched.is_ripe OR s.up + touched.up + s.down + touched.down <= %(large)s AS is_fresh
    FROM touched JOIN ideas_standing s ON s.idea_id = touched.idea_id
    ORDER BY s.idea_id FOR NO KEY UPDATE OF s
), scored AS MATERIALIZED (
    SELECT counted.idea_id, up, down, is_fresh, seen,
           CASE WHEN is_fresh THEN coalesce(v.trending, '-Infinity') END AS trending,
           CASE WHEN is_fresh THEN v.up_seen ELSE counted.up_seen END AS up_seen,
           (SELECT r.rate FROM ({RATES}) r WHERE r.board_id = counted.board_id) AS rate
    FROM counted CROSS JOIN LATERAL ({votes_of_idea("counted", half_life_days)}) v
), written AS (
    UPDATE ideas_standing s
    SET up = scored.up, down = scored.down, top = {ranking.top_sql("scored.up", "scored.down")},
        best = {best_sql("scored")}, up_seen = scored.up_seen, trending = coalesce(scored.trending, s.trending)
    FROM scored WHERE s.idea_id = scored.idea_id RETURNING 1
), due AS (
    INSERT INTO votes_scoredue (idea_id) SELECT idea_id FROM scored WHERE NOT is_fresh
    ON CONFLICT (idea_id) DO NOTHING
), batch AS (
    INSERT INTO votes_ledgerbatch (era_id, lo, hi, count, last_id, digest)
    SELECT %(era)s, %(lo)s::xid8, %(hi)s::xid8, hashed.count, hashed.last_id, hashed.digest
    FROM ({digest_sql("line")}) hashed WHERE hashed.count > 0 RETURNING digest
), marked AS (
    UPDATE votes_fold SET mark = %(hi)s::xid8, last_digest = batch.digest FROM batch WHERE id = 1
)
SELECT (SELECT count(*) FROM line), (SELECT count(*) FROM written), array(
    SELECT idea_id
    FROM (SELECT idea_id FROM touched UNION
          SELECT duplicate_id FROM votes_merge WHERE xid >= %(lo)s::xid8 AND xid < %(hi)s::xid8) seen
    WHERE (SELECT i.merged_into_id FROM ideas_idea i WHERE i.id = seen.idea_id) IS NOT NULL
      AND (SELECT v.idea_id FROM votes_vote v WHERE v.idea_id = seen.idea_id LIMIT 1) IS NOT NULL)"""


def best_sql(row: str) -> str:
    return ranking.best_of_board_sql(*(f"{row}.{column}" for column in ("up", "down", "up_seen", "seen", "rate")))


def votes_of_idea(row: str, half_life_days: float) -> str:
    """Return the SELECT of (trending, up_seen) from the votes of the idea in `row`, if that `is_fresh`; one line.

    `trending` is null without an up-vote; `up_seen` counts those since the day of the idea's first view.
    """
    exponent = ranking.exponent_sql("v.at", half_life_days)
    return f"""
        SELECT {ranking.log_sum_sql("x", "largest")} AS trending, count(*) FILTER (WHERE is_seen)::int AS up_seen
        FROM (SELECT {exponent} AS x, max({exponent}) OVER () AS largest, v.at >= first.at AS is_seen
              FROM votes_vote v, (SELECT min(e.day)::timestamp AT TIME ZONE 'UTC' AS at FROM votes_dailyexposure e
                                  WHERE {row}.seen > 0 AND e.idea_id = {row}.idea_id AND e.weight > 0) first
              WHERE {row}.is_fresh AND v.idea_id = {row}.idea_id AND v.value = 1) up_vote"""


def _rescore(cursor: CursorWrapper) -> None:
    """Write every score anew, after a change of formula or half-life."""
    half_life = settings.HALF_LIFE_DAYS
    cursor.execute(f"""
        UPDATE ideas_standing s
        SET top = {ranking.top_sql("s.up", "s.down")}, best = {best_sql("scored")}, up_seen = scored.up_seen,
            trending = scored.trending
        FROM (SELECT t.idea_id, t.up, t.down, t.seen, coalesce(v.up_seen, 0) AS up_seen, r.rate,
                     coalesce(v.trending, '-Infinity') AS trending
              FROM ideas_standing t JOIN ({RATES}) r ON r.board_id = t.board_id
                   LEFT JOIN ({votes_by_idea(half_life)}) v USING (idea_id)) scored
        WHERE s.idea_id = scored.idea_id""")
    Fold.objects.update(scored_by=ranking.versions(half_life))


def _recount(cursor: CursorWrapper) -> Folded | None:
    """Count every idea's votes again, and fold on from here.

    For a ledger whose transaction numbers are not this cluster's: restored from a dump, or never folded. Voters wait.
    """
    cursor.execute(RECOUNT_LIMITS)
    had_fold = Fold.objects.exists()
    cursor.execute("LOCK TABLE votes_vote, votes_voteevent IN SHARE ROW EXCLUSIVE MODE")
    if not had_fold and Fold.objects.exists():  # another first fold was faster
        return None
    cursor.execute(f"""
        UPDATE ideas_standing s
        SET up = scored.up, down = scored.down, top = {ranking.top_sql("scored.up", "scored.down")},
            best = {best_sql("scored")}, up_seen = scored.up_seen, trending = scored.trending
        FROM ({counted_ideas(settings.HALF_LIFE_DAYS)}) scored WHERE s.idea_id = scored.idea_id""")
    ideas = cursor.rowcount
    ScoreDue.objects.all().delete()
    _mark_here(cursor)
    return Folded(0, ideas)


def _mark_here(cursor: CursorWrapper) -> None:
    """Let the next fold take what comes after the lines there are.

    The mark is xmin, not xmax: a transaction under way that has not voted yet may still vote, under its old number.
    """
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text, system_identifier FROM pg_control_system()")
    mark, system_id = cursor.fetchone()
    era, digest = open_era(int(mark))
    values = {
        "era": era,
        "mark": era.mark,
        "floor_id": era.floor_id,
        "last_digest": digest,
        "system_id": system_id,
        "scored_by": ranking.versions(settings.HALF_LIFE_DAYS),
    }
    Fold.objects.update_or_create(id=1, defaults=values)


def counted_ideas(half_life_days: float) -> str:
    """Return the SELECT of all that scores are made of, for every idea, from all votes."""
    return f"""
        SELECT t.idea_id, t.seen, r.rate, coalesce(v.up, 0) AS up, coalesce(v.down, 0) AS down,
               coalesce(v.up_seen, 0) AS up_seen, coalesce(v.trending, '-Infinity') AS trending
        FROM ideas_standing t JOIN ({RATES}) r ON r.board_id = t.board_id
             LEFT JOIN ({votes_by_idea(half_life_days)}) v USING (idea_id)"""


@cache
def votes_by_idea(half_life_days: float) -> str:
    """Return the SELECT of (idea_id, up, down, up_seen, trending) over all votes, as `votes_of_idea` for each."""
    exponent = ranking.exponent_sql("at", half_life_days)
    return f"""
        SELECT idea_id, sum((value = 1)::int)::int AS up, sum((value = -1)::int)::int AS down,
               count(*) FILTER (WHERE value = 1 AND is_seen)::int AS up_seen,
               {ranking.log_sum_sql("x", "largest")} AS trending
        FROM (SELECT idea_id, value, x, is_seen, max(x) OVER (PARTITION BY idea_id) AS largest
              FROM (SELECT v.idea_id, value, at >= since AS is_seen, CASE WHEN value = 1 THEN {exponent} END AS x
                    FROM votes_vote v LEFT JOIN (
                        SELECT idea_id, min(day)::timestamp AT TIME ZONE 'UTC' AS since FROM votes_dailyexposure
                        WHERE weight > 0 GROUP BY idea_id) first ON first.idea_id = v.idea_id) vote) vote
        GROUP BY idea_id"""
