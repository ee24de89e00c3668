"""Votes that were given elsewhere or long ago, many at a time.

Each is what `votes.services.casting` writes for one: the vote as it was last, and a line in the ledger for every change
of mind. Three things differ. Nobody is asked whether board and idea are open, since they were when the vote was given;
only a merged idea takes none, and an inactive person gives none. `at` decides: a vote that is not younger than what the
ledger has of the same voter on the same idea is known already, so that giving the same history again changes nothing.
And nobody is answered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Person
from votes.models import VoterKey

POLL = """
poll AS MATERIALIZED (
    SELECT g.*
    FROM unnest(%(ideas)s::bigint[], %(voters)s::bigint[], %(values)s::smallint[], %(times)s::timestamptz[])
             AS g (idea_id, voter_id, value, at)
    JOIN ideas_idea i ON i.id = g.idea_id AND i.merged_into_id IS NULL
    JOIN accounts_person p ON p.id = g.voter_id AND p.united_into_id IS NULL AND p.is_active
    ORDER BY g.idea_id, g.voter_id
    FOR SHARE OF p
)"""
# As in casting, the old value comes from the row that is changed. Whoever votes at the same time waits for our commit,
# so each voter's lines, which are written at the end, are in the true order too.
VOTE = f"""
WITH {POLL}, voted AS (
    INSERT INTO votes_vote AS v (idea_id, voter_id, value, at)
    SELECT idea_id, voter_id, value, at FROM poll WHERE value <> 0 ORDER BY idea_id, voter_id
    ON CONFLICT (idea_id, voter_id) DO UPDATE SET value = excluded.value, at = excluded.at
        WHERE v.value <> excluded.value AND v.at <= excluded.at
    RETURNING idea_id, voter_id, coalesce(old.value, 0)::smallint AS old_value, new.value AS new_value,
              old.at AS old_at, new.at AS at
), retracted AS (
    DELETE FROM votes_vote v USING poll
    WHERE v.idea_id = poll.idea_id AND v.voter_id = poll.voter_id AND poll.value = 0 AND v.at <= poll.at
    RETURNING v.idea_id, v.voter_id, v.value AS old_value, 0::smallint AS new_value, v.at AS old_at, poll.at
)
TABLE voted UNION ALL TABLE retracted"""
RECORD = """
INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, old_at, at)
SELECT idea_id, voter_key, old_value, new_value, old_at, at
FROM unnest(%s::bigint[], %s::uuid[], %s::smallint[], %s::smallint[], %s::timestamptz[], %s::timestamptz[])
    WITH ORDINALITY AS g (idea_id, voter_key, old_value, new_value, old_at, at, place)
ORDER BY place"""

LAST_KNOWN = """
SELECT g.idea_id, g.voter_id, max(e.at)
FROM unnest(%s::bigint[], %s::bigint[]) AS g (idea_id, voter_id)
JOIN votes_voterkey k ON k.person_id = g.voter_id
JOIN votes_voteevent e ON e.idea_id = g.idea_id AND e.voter_key = k.key
GROUP BY g.idea_id, g.voter_id"""


@dataclass(frozen=True, slots=True)
class PastVote:
    """`value`: 1, −1, or 0 for a vote taken back."""

    idea_id: int
    voter_id: int
    value: int
    at: datetime

    @property
    def pair(self) -> tuple[int, int]:
        return self.idea_id, self.voter_id


class Line(NamedTuple):
    """A line for the ledger."""

    idea_id: int
    voter_key: UUID
    old_value: int
    new_value: int
    old_at: datetime | None
    at: datetime


@transaction.atomic
def record_past_votes(votes: Sequence[PastVote]) -> int:
    """Give the votes in their order and return how many lines the ledger got.

    Args: `votes` sorted by `at`. All of one voter on one idea at one instant belong into the same call.
    Queries: 3–6, and 1 per round; in a round each voter changes each idea once.
    """
    keys = _keys_of({vote.voter_id for vote in votes})
    known = _last_known({vote.pair for vote in votes})
    new = [vote for vote in votes if vote.pair not in known or vote.at > known[vote.pair]]
    lines = sorted((line for round_ in _rounds(new) for line in _vote(round_, keys)), key=lambda line: line.at)
    _record(lines)
    return len(lines)


def _keys_of(people: set[int]) -> dict[int, UUID]:
    """Return everybody's key, made for active people who have none; no row is touched for the others."""
    found = VoterKey.objects.filter(person__in=people)
    keys = dict(found.values_list("person_id", "key"))
    if without := people - keys.keys():
        voters = Person.objects.filter(pk__in=without, is_active=True).order_by("pk")
        VoterKey.objects.bulk_create([VoterKey(person=voter) for voter in voters.only("pk")], ignore_conflicts=True)
        keys = dict(found.all().values_list("person_id", "key"))
    return keys


def _last_known(pairs: set[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    with connection.cursor() as cursor:
        cursor.execute(LAST_KNOWN, [[idea for idea, _voter in pairs], [voter for _idea, voter in pairs]])
        return {(idea, voter): at for idea, voter, at in cursor}


def _rounds(votes: Sequence[PastVote]) -> Iterator[list[PastVote]]:
    """Yield the first vote of each pair, then the second of those that have one, and so on."""
    rounds: list[list[PastVote]] = []
    seen: dict[tuple[int, int], int] = {}
    for vote in votes:
        number = seen[vote.pair] = seen.get(vote.pair, -1) + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(vote)
    yield from rounds


def _vote(votes: Sequence[PastVote], keys: Mapping[int, UUID]) -> list[Line]:
    given: dict[str, Any] = {
        "ideas": [vote.idea_id for vote in votes],
        "voters": [vote.voter_id for vote in votes],
        "values": [vote.value for vote in votes],
        "times": [vote.at for vote in votes],
    }
    with connection.cursor() as cursor:
        cursor.execute(VOTE, given)
        return [Line(idea, keys[voter], *changes) for idea, voter, *changes in cursor]


def _record(lines: Sequence[Line]) -> None:
    if lines:
        with connection.cursor() as cursor:
            cursor.execute(RECORD, [list(column) for column in zip(*lines, strict=True)])
