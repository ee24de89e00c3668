"""The audit: the chain of the ledger, and each idea's tally, votes and lines against one another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from votes.ledger import broken_batch
from votes.models import LedgerBatch

FETCHED = 2_000
LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0; SET LOCAL work_mem = '128MB'"

# A sum over voters' numbers: votes that were handed from one voter to another differ in it, though their counts do not.
VOTER = "(uuid_hash_extended({key}, 0) >> 2)"

# One statement, so one snapshot, on a live system: what is folded and what waits must be the votes there are, and so
# must all lines together. Each table is read once.
DIFFERING = f"""
WITH line AS (
    SELECT e.idea_id,
           sum((e.new_value = 1)::int - (e.old_value = 1)::int) AS up,
           sum((e.new_value = -1)::int - (e.old_value = -1)::int) AS down,
           sum((e.new_value - e.old_value) * {VOTER.format(key="e.voter_key")}) AS voters,
           sum((e.new_value = 1)::int - (e.old_value = 1)::int) FILTER (WHERE {{waits}}) AS waiting_up,
           sum((e.new_value = -1)::int - (e.old_value = -1)::int) FILTER (WHERE {{waits}}) AS waiting_down
    FROM votes_voteevent e LEFT JOIN votes_fold f ON f.id = 1 GROUP BY e.idea_id
), vote AS (
    SELECT v.idea_id, sum((v.value = 1)::int) AS up, sum((v.value = -1)::int) AS down,
           sum(v.value * {VOTER.format(key="k.key")}) AS voters
    FROM votes_vote v LEFT JOIN votes_voterkey k ON k.person_id = v.voter_id GROUP BY v.idea_id
), counted AS (
    SELECT idea_id, coalesce(s.up, 0) + coalesce(line.waiting_up, 0) AS shown_up,
           coalesce(s.down, 0) + coalesce(line.waiting_down, 0) AS shown_down,
           coalesce(vote.up, 0) AS up, coalesce(vote.down, 0) AS down, coalesce(vote.voters, 0) AS voters,
           coalesce(line.up, 0) AS line_up, coalesce(line.down, 0) AS line_down, coalesce(line.voters, 0) AS line_voters
    FROM line FULL JOIN vote USING (idea_id) FULL JOIN ideas_standing s USING (idea_id)
)
SELECT coalesce(i.public_id, c.idea_id::text), shown_up, shown_down, up, down, line_up, line_down
FROM counted c LEFT JOIN ideas_idea i ON i.id = c.idea_id
WHERE (shown_up, shown_down) <> (up, down) OR (up, down, voters) <> (line_up, line_down, line_voters)
ORDER BY c.idea_id""".format(waits="e.xid >= coalesce(f.mark, '0') AND e.id > coalesce(f.floor_id, 0)")


@dataclass(frozen=True, slots=True)
class Difference:
    """An idea of which tally (with what waits to be folded), votes and ledger say different things: (up, down) each.

    Where all three are equal, the votes are not those of the voters whom the ledger names.
    """

    public_id: str
    tally: tuple[int, int]
    votes: tuple[int, int]
    ledger: tuple[int, int]


def prove_chain(watch: Callable[[int], object] = lambda _lines: None) -> LedgerBatch | None:
    """Return the first broken batch (`votes.ledger.broken_batch`), however long one of them takes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LIMITS)
        return broken_batch(watch)


def differing_ideas() -> Iterator[Difference]:
    """Yield every idea whose counts differ, by id.

    Memory: constant here; PostgreSQL sorts on disk what does not fit. Queries: 1, one scan of each table.
    """
    with transaction.atomic():
        with connection.cursor() as limits:
            limits.execute(LIMITS)
        with connection.chunked_cursor() as cursor:
            cursor.execute(DIFFERING)
            while rows := cursor.fetchmany(FETCHED):
                for public_id, *counts in rows:
                    up, down, votes_up, votes_down, line_up, line_down = map(int, counts)
                    yield Difference(public_id, (up, down), (votes_up, votes_down), (line_up, line_down))
