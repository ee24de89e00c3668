"""What a fold takes and what it leaves, with transactions that overlap; and the ways that lose votes."""

import pytest
from django.db import connection, transaction

from accounts.models import Person
from ideas.models import Idea, Standing
from tests.support.api import nobody
from tests.support.connections import elsewhere, other_connection, waiting_for_it
from tests.support.folding import fold_all, fold_lines, until_foldable
from tests.support.scene import make_person
from tests.votes.interleaving import cast_on, retract_on
from tests.votes.proofs import assert_tallies_are_the_votes
from votes.folding import LOCK, Folded, fold
from votes.models import VoteEvent
from votes.selectors import fold_lag
from votes.services import cast_vote, retract_vote

pytestmark = pytest.mark.usefixtures("folding")


def folded_tally(idea: Idea) -> int:
    return Standing.objects.get(pk=idea.pk).up


def test_a_slow_transaction_is_not_skipped(idea: Idea, voter: Person) -> None:
    with other_connection() as slow:
        cast_on(slow, idea, voter)
        cast_vote(idea, voter=make_person())
        assert fold() == Folded(lines=0, ideas=0), "the quick one is younger than the slow one, so it waits too"
        slow.commit()
    fold_lines(2)
    assert_tallies_are_the_votes()


def test_an_older_vote_is_folded_while_a_younger_transaction_is_open(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    with other_connection() as slow:
        cast_on(slow, idea, make_person())
        fold_lines(1)
        slow.commit()
    fold_lines(1)
    assert_tallies_are_the_votes()


def test_a_rolled_back_vote_leaves_no_trace(idea: Idea, voter: Person) -> None:
    with other_connection() as slow:
        cast_on(slow, idea, voter)
        cast_vote(idea, voter=make_person())
        slow.rollback()
    fold_lines(1)
    assert_tallies_are_the_votes()


def test_a_vote_in_a_savepoint_waits_for_its_whole_transaction(idea: Idea, voter: Person) -> None:
    with transaction.atomic():
        cast_vote(idea, voter=make_person())  # the top transaction's number
        with transaction.atomic():
            cast_vote(idea, voter=voter)
        assert elsewhere(fold) == Folded(lines=0, ideas=0)
    assert len(set(VoteEvent.objects.values_list("xid", flat=True))) == 1
    fold_lines(2)
    assert_tallies_are_the_votes()


def test_a_vote_taken_back_may_be_folded_before_it_was_cast(idea: Idea, voter: Person) -> None:
    with other_connection() as early, other_connection() as between:
        early.execute("SELECT pg_current_xact_id()")
        between.execute("SELECT pg_current_xact_id()")
        cast_vote(idea, voter=voter)
        retract_on(early, idea, voter)
        early.commit()
        fold_lines(1)
        assert folded_tally(idea) == -1
        shown = nobody().get(f"ideas/{idea.public_id}/").json()["tally"]
        assert shown["up"] == 0, "nobody is shown less than no votes"
        assert retract_vote(idea, voter=voter).tally.up == 0
        between.commit()
    fold_lines(1)
    assert_tallies_are_the_votes()


def test_the_lag_names_who_holds_the_fold_back(idea: Idea, voter: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("votes.selectors.BLOCKS_AFTER_SECONDS", 0.0)
    assert fold_lag().seconds == 0
    with other_connection() as slow:
        slow.execute("SET application_name = 'the-importer'; SELECT pg_current_xact_id()")
        cast_vote(idea, voter=voter)
        fold()
        lag = fold_lag()
        assert lag.seconds > 0
        assert f"connection {slow.info.backend_pid} (the-importer)" in [blocker.name for blocker in lag.blockers]
        slow.commit()
    fold_all()
    assert fold_lag().seconds == 0


def test_the_voters_answer_is_right_however_far_the_fold_is_behind(idea: Idea, voter: Person) -> None:
    others = [make_person() for _ in range(3)]
    with other_connection() as slow:
        slow.execute("SELECT pg_current_xact_id()")
        cast_vote(idea, voter=others[0])
        assert cast_vote(idea, voter=voter).tally.votes == 1
        fold()
        assert cast_vote(idea, voter=voter, value=-1).tally.votes == -1
        assert retract_vote(idea, voter=voter).tally.votes == 0
        assert cast_vote(idea, voter=voter).tally.votes == 1
        slow.commit()
    fold_all()
    assert cast_vote(idea, voter=voter).tally.votes == 2


# --- Controls: the same interleavings, by ways that look as good -----------------------

READ = "SELECT up FROM ideas_standing WHERE idea_id = %s"
WRITE = "UPDATE ideas_standing SET up = %s WHERE idea_id = %s"


def test_control_a_naive_counter_loses_a_vote(idea: Idea) -> None:
    with other_connection() as first, other_connection() as second:
        counts = [voter.execute(READ, [idea.pk]).fetchall()[0][0] for voter in (first, second)]
        for voter, count in zip((first, second), counts, strict=True):
            voter.execute(WRITE, [count + 1, idea.pk])
            voter.commit()
    assert folded_tally(idea) == 1, "two voted"


FOLD_BY_ID = """
WITH line AS (SELECT idea_id FROM votes_voteevent WHERE id > %s)
UPDATE ideas_standing s SET up = up + (SELECT count(*) FROM line WHERE line.idea_id = s.idea_id)
WHERE s.idea_id IN (SELECT idea_id FROM line)"""


def test_control_a_watermark_by_id_skips_a_slow_transaction(idea: Idea, voter: Person) -> None:
    def fold_after(last_id: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(FOLD_BY_ID, [last_id])
        return VoteEvent.objects.order_by("id").last().pk  # type: ignore[union-attr]  # there is one by now

    with other_connection() as slow:
        cast_on(slow, idea, voter)
        cast_vote(idea, voter=make_person())
        mark = fold_after(0)
        slow.commit()
    fold_after(mark)
    assert folded_tally(idea) == 1, "two voted"


LOCK_WITHIN = """
WITH locked AS MATERIALIZED (SELECT 1 FROM votes_fold WHERE id = 1 FOR UPDATE),
state AS MATERIALIZED (
    SELECT f.mark AS lo, pg_snapshot_xmin(pg_current_snapshot()) AS hi FROM locked, votes_fold f
), change AS (
    SELECT e.idea_id, count(*) AS up FROM votes_voteevent e, state WHERE e.xid >= lo AND e.xid < hi GROUP BY e.idea_id
), written AS (
    UPDATE ideas_standing s SET up = s.up + change.up FROM change WHERE s.idea_id = change.idea_id
)
UPDATE votes_fold SET mark = greatest(lo, hi) FROM state"""


def test_control_a_lock_within_the_statement_folds_twice(idea: Idea, voter: Person) -> None:
    def fold_again() -> None:
        with connection.cursor() as cursor:
            cursor.execute(LOCK_WITHIN)

    cast_vote(idea, voter=voter)
    until_foldable()
    with other_connection() as first, waiting_for_it(first, fold_again):
        first.execute(LOCK_WITHIN)
    assert folded_tally(idea) == 2, "one voted"


def test_the_lock_before_the_statement_folds_once(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    with other_connection() as first:
        first.execute(LOCK)
        assert fold() is None
        first.commit()
    fold_lines(1)
    assert folded_tally(idea) == 1


OLD_VALUE_READ = """
WITH before AS (SELECT value FROM votes_vote WHERE idea_id = %(idea)s AND voter_id = %(voter)s FOR UPDATE), voted AS (
    INSERT INTO votes_vote AS v (idea_id, voter_id, value, at)
    VALUES (%(idea)s, %(voter)s, %(value)s, clock_timestamp())
    ON CONFLICT (idea_id, voter_id) DO UPDATE SET value = excluded.value, at = excluded.at
    WHERE v.value <> excluded.value RETURNING value, at)
INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, at)
SELECT %(idea)s, k.key, coalesce((SELECT value FROM before), 0), voted.value, voted.at
FROM voted, votes_voterkey k WHERE k.person_id = %(voter)s"""


def lines_of(idea: Idea) -> list[tuple[int, int]]:
    return list(VoteEvent.objects.filter(idea=idea).order_by("id").values_list("old_value", "new_value"))


def test_control_an_old_value_that_is_read_first_is_outdated(idea: Idea, voter: Person) -> None:
    def change_mind() -> None:
        with connection.cursor() as cursor:
            cursor.execute(OLD_VALUE_READ, {"idea": idea.pk, "voter": voter.pk, "value": -1})

    with other_connection() as first_device, waiting_for_it(first_device, change_mind):
        cast_on(first_device, idea, voter)
    assert lines_of(idea) == [(0, 1), (0, -1)], "the second line forgets the vote before it"


def test_two_devices_at_once_leave_lines_that_follow_each_other(idea: Idea, voter: Person) -> None:
    def change_mind() -> None:
        cast_vote(idea, voter=voter, value=-1)

    with other_connection() as first_device, waiting_for_it(first_device, change_mind):
        cast_on(first_device, idea, voter)
    assert lines_of(idea) == [(0, 1), (1, -1)]
    fold_all()
    assert_tallies_are_the_votes()
