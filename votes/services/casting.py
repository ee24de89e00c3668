"""Casting, changing and taking back a vote: one statement each, which touches no row that voters share."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Person
from common.errors import Conflict, Forbidden, NotFound
from common.prepared import fetch_one
from ideas.errors import BoardClosed
from ideas.models import Idea
from ideas.status import VOTABLE
from votes.errors import DownVoteNotAllowed, VotingClosed
from votes.models import VoterKey
from votes.tallies import OWN_UNFOLDED, Ballot, Tally

# Each try follows a merge or a union of persons, makes the voter's key, or loses to the same voter's other device.
TRIES = 8

# The idea and the voter as the statement finds them. The voter's row is shared-locked, so that a union of two persons
# waits for their votes under way, and votes that wait for the union read `is_active` as it left it.
POLL = """
poll AS MATERIALIZED (
    SELECT i.id AS idea_id, i.public_id, i.merged_into_id, b.is_open AS board_is_open, b.allows_down_votes,
           i.status = ANY(%(votable)s::text[]) AND NOT i.is_locked AND i.hidden_at IS NULL AND i.withdrawn_at IS NULL
               AS idea_is_open,
           p.id AS voter_id, p.is_active AS voter_is_active, p.united_into_id,
           (SELECT k.key FROM votes_voterkey k WHERE k.person_id = p.id) AS voter_key
    FROM ideas_idea i JOIN ideas_board b ON b.id = i.board_id, accounts_person p
    WHERE i.id = %(idea)s::bigint AND p.id = %(voter)s::bigint
    FOR SHARE OF p
)"""
IS_ALLOWED = "board_is_open AND idea_is_open AND merged_into_id IS NULL AND voter_is_active AND voter_key IS NOT NULL"

# The old value comes from the row that the statement itself changes: one that is read before can be outdated.
CAST = f"""
voted AS (
    INSERT INTO votes_vote AS v (idea_id, voter_id, value, at)
    SELECT idea_id, voter_id, %(value)s::smallint, coalesce(%(at)s::timestamptz, clock_timestamp()) FROM poll
    WHERE {IS_ALLOWED} AND (%(value)s::smallint = 1 OR allows_down_votes)
    ON CONFLICT (idea_id, voter_id) DO UPDATE SET value = excluded.value, at = excluded.at
        WHERE v.value <> excluded.value
    RETURNING coalesce(old.value, 0)::smallint AS old_value, new.value AS new_value, old.at AS old_at, new.at AS at
)"""
RETRACT = f"""
voted AS (
    DELETE FROM votes_vote v USING poll
    WHERE v.idea_id = poll.idea_id AND v.voter_id = poll.voter_id AND {IS_ALLOWED}
    RETURNING v.value AS old_value, 0::smallint AS new_value, v.at AS old_at,
              coalesce(%(at)s::timestamptz, clock_timestamp()) AS at
)"""
RECORD = """
told AS (
    INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, old_at, at)
    SELECT poll.idea_id, poll.voter_key, v.old_value, v.new_value, v.old_at, v.at FROM voted v, poll
    RETURNING old_value, new_value
)"""
# The folded tally, this voter's lines that no fold has taken yet, and the one just written, which no snapshot has.
ANSWER = f"""
SELECT poll.*, told.new_value IS NOT NULL AS is_changed,
       coalesce((SELECT v.value FROM votes_vote v WHERE v.idea_id = poll.idea_id AND v.voter_id = poll.voter_id), 0)
           AS value_before,
       (s.up + own.up + coalesce((told.new_value = 1)::int - (told.old_value = 1)::int, 0))::int AS up,
       (s.down + own.down + coalesce((told.new_value = -1)::int - (told.old_value = -1)::int, 0))::int AS down,
       s.comments
FROM poll JOIN ideas_standing s ON s.idea_id = poll.idea_id LEFT JOIN told ON true,
     LATERAL ({OWN_UNFOLDED.format(of="poll")}) own"""

CAST_STATEMENT = f"WITH {POLL}, {CAST}, {RECORD} {ANSWER}"
RETRACT_STATEMENT = f"WITH {POLL}, {RETRACT}, {RECORD} {ANSWER}"


@dataclass(frozen=True, slots=True)
class Poll:
    """What the statement found, and the counts that the voter sees after it."""

    idea_id: int
    public_id: str
    merged_into_id: int | None
    board_is_open: bool
    allows_down_votes: bool
    idea_is_open: bool
    voter_id: int
    voter_is_active: bool
    united_into_id: int | None
    voter_key: object
    is_changed: bool
    value_before: int
    up: int
    down: int
    comments: int


def cast_vote(idea: Idea, *, voter: Person, value: int = 1, at: datetime | None = None) -> Ballot:
    """Give `voter`'s vote, or change it; the same again changes nothing. A merged idea's goes to the canonical one.

    Args: `value` 1 or −1; `at` when it was given, by default now.
    Raises: BoardClosed, VotingClosed, DownVoteNotAllowed, Forbidden (an inactive person).
    Queries: 1; on a person's first vote 3.
    """
    return _vote(CAST_STATEMENT, idea.pk, voter.pk, value, at)


def retract_vote(idea: Idea, *, voter: Person, at: datetime | None = None) -> Ballot:
    """Take back `voter`'s vote, if there is one. As `cast_vote` otherwise."""
    return _vote(RETRACT_STATEMENT, idea.pk, voter.pk, 0, at)


def _vote(statement: str, idea_id: int, voter_id: int, value: int, at: datetime | None) -> Ballot:
    for _try in range(TRIES):
        parameters = {"idea": idea_id, "voter": voter_id, "value": value, "at": at, "votable": sorted(VOTABLE)}
        poll = fetch_one(Poll, statement, parameters)
        if poll is None:
            raise NotFound
        if poll.is_changed or _has_already(poll, value):
            return Ballot(poll.public_id, value, Tally.shown(poll.up, poll.down, poll.comments))
        idea_id, voter_id = poll.merged_into_id or idea_id, poll.united_into_id or voter_id
    raise Conflict(_("Somebody else is changing this vote just now. Try again."))


def _has_already(poll: Poll, value: int) -> bool:
    """Say whether the vote was as wished before; if not, put right what can be, or refuse.

    Raises: as `cast_vote`.
    """
    if poll.merged_into_id or poll.united_into_id:
        return False
    if not poll.voter_is_active:
        raise Forbidden
    if not poll.board_is_open:
        raise BoardClosed
    if not poll.idea_is_open:
        raise VotingClosed
    if value == -1 and not poll.allows_down_votes:
        raise DownVoteNotAllowed(field="value")
    if value and poll.voter_key is None:
        VoterKey.objects.bulk_create([VoterKey(person_id=poll.voter_id)], ignore_conflicts=True)
    return poll.value_before == value
