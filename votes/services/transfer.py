"""SQL that moves votes from one idea or person to another, each with its lines in the ledger.

The votes that move are those that the statement itself deletes, so none that is given meanwhile is lost or counted
twice. All go in the order (idea, voter).
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection

KEYS = """
INSERT INTO votes_voterkey (person_id, key)
SELECT DISTINCT v.voter_id, gen_random_uuid() FROM votes_vote v
WHERE {which} AND NOT EXISTS (SELECT FROM votes_voterkey k WHERE k.person_id = v.voter_id)
ON CONFLICT DO NOTHING"""

GONE = """
gone AS (
    DELETE FROM votes_vote v WHERE {which}
    RETURNING v.idea_id, v.voter_id, v.value AS old_value, 0::smallint AS new_value, v.at AS old_at,
              clock_timestamp() AS at
)"""
CAME = """
came AS (
    INSERT INTO votes_vote AS v (idea_id, voter_id, value, at)
    SELECT {idea}, {voter}, old_value, old_at FROM gone ORDER BY 1, 2 ON CONFLICT (idea_id, voter_id) {on_conflict}
    RETURNING v.idea_id, v.voter_id, coalesce(old.value, 0)::smallint AS old_value, new.value AS new_value,
              old.at AS old_at, new.at AS at
)"""
KEEPS_OWN = "DO NOTHING"
LATER_WINS = (
    "DO UPDATE SET value = excluded.value, at = excluded.at WHERE v.at < excluded.at AND v.value <> excluded.value"
)
RECORD = """
INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, old_at, at)
SELECT line.idea_id, k.key, line.old_value, line.new_value, line.old_at, line.at
FROM (SELECT * FROM gone UNION ALL SELECT * FROM came) line JOIN votes_voterkey k ON k.person_id = line.voter_id
ORDER BY line.idea_id, line.voter_id"""

REMEMBERED = """
remembered AS (
    INSERT INTO votes_mergedvote (merge_id, voter_id, value, at, moved)
    SELECT %(merge)s, gone.voter_id, gone.old_value, gone.old_at, came.voter_id IS NOT NULL
    FROM gone LEFT JOIN came ON came.voter_id = gone.voter_id
)"""

# A moved vote is where it went as long as it is the same vote: same value, same time, moved on by every merge since.
UNDONE = """
gone AS (
    DELETE FROM votes_vote v USING votes_mergedvote m
    WHERE m.merge_id = %(merge)s AND m.moved AND v.idea_id = %(now_at)s AND v.voter_id = m.voter_id
      AND v.value = m.value AND v.at = m.at
      AND cardinality(%(since)s::bigint[]) = (
          SELECT count(*) FROM votes_mergedvote later
          WHERE later.merge_id = ANY(%(since)s) AND later.voter_id = m.voter_id AND later.moved
            AND later.value = m.value AND later.at = m.at)
    RETURNING v.idea_id, v.voter_id, v.value AS old_value, 0::smallint AS new_value, v.at AS old_at,
              clock_timestamp() AS at
), came AS (
    INSERT INTO votes_vote AS v (idea_id, voter_id, value, at)
    SELECT %(duplicate)s, voter_id, value, at FROM votes_mergedvote WHERE merge_id = %(merge)s ORDER BY voter_id
    ON CONFLICT (idea_id, voter_id) DO NOTHING
    RETURNING v.idea_id, v.voter_id, 0::smallint AS old_value, v.value AS new_value, NULL::timestamptz AS old_at, v.at
)"""
# What later merges remember as taken over from the duplicate goes back with it.
FORGET = """
DELETE FROM votes_mergedvote later USING votes_mergedvote m
WHERE m.merge_id = %(merge)s AND m.moved AND later.merge_id = ANY(%(since)s) AND later.voter_id = m.voter_id
  AND later.value = m.value AND later.at = m.at"""

# What was merged away by one of two persons is the other's now, who keeps their own.
REASSIGN = """
UPDATE votes_mergedvote m SET voter_id = %(into)s WHERE voter_id = %(old)s
AND NOT EXISTS (SELECT FROM votes_mergedvote own WHERE own.merge_id = m.merge_id AND own.voter_id = %(into)s)"""


def move_votes_of_idea(*, merge: int, duplicate: int, into: int) -> None:
    """Move a duplicate's votes; where the canonical idea has one of the voter's own, that one stays."""
    which = "v.idea_id = %(duplicate)s"
    parameters = {"merge": merge, "duplicate": duplicate, "into": into}
    came = CAME.format(idea="%(into)s", voter="voter_id", on_conflict=KEEPS_OWN)
    _run(KEYS.format(which=which), parameters)
    _run(f"WITH {GONE.format(which=which)}, {came}, {REMEMBERED} {RECORD}", parameters)


def move_later_votes_of_idea(*, duplicate: int, into: int) -> None:
    """Move votes that a duplicate got while it was merged: as if given to the canonical idea, the latest wins."""
    which = "v.idea_id = %(duplicate)s"
    came = CAME.format(idea="%(into)s", voter="voter_id", on_conflict=LATER_WINS)
    _run(f"WITH {GONE.format(which=which)}, {came} {RECORD}", {"duplicate": duplicate, "into": into})


def return_votes_of_idea(*, merge: int, duplicate: int, now_at: int, since: list[int]) -> None:
    """Give a duplicate the votes back that it had, and take what was moved from where it is now.

    Args: `since`, the merges by which the votes moved on from the merge's target to the idea `now_at`.
    """
    parameters = {"merge": merge, "duplicate": duplicate, "now_at": now_at, "since": since}
    _run(f"WITH {UNDONE} {RECORD}", parameters)
    _run(FORGET, parameters)
    _run("DELETE FROM votes_mergedvote WHERE merge_id = %(merge)s", parameters)


def move_votes_of_person(*, old: int, into: int) -> None:
    """Move a person's votes to another, who keeps their own where both have one."""
    which = "v.voter_id = %(old)s"
    parameters = {"old": old, "into": into}
    came = CAME.format(idea="idea_id", voter="%(into)s", on_conflict=KEEPS_OWN)
    _run(KEYS.format(which=which), parameters)
    _run("INSERT INTO votes_voterkey VALUES (%(into)s, gen_random_uuid()) ON CONFLICT DO NOTHING", parameters)
    _run(f"WITH {GONE.format(which=which)}, {came} {RECORD}", parameters)
    _run(REASSIGN, parameters)
    _run("DELETE FROM votes_mergedvote WHERE voter_id = %(old)s", parameters)


def _run(sql: str, parameters: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
