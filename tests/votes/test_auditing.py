"""One row is changed by hand, and the audit names it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Person
from ideas.models import Board, Idea
from tests.support.folding import fold_all
from tests.support.scene import make_idea, make_person
from votes.models import LedgerBatch
from votes.services import cast_vote, merge_ideas, retract_vote

pytestmark = pytest.mark.usefixtures("folding")


@pytest.fixture
def ideas(board: Board, voter: Person) -> list[Idea]:
    """Ideas with votes for, against, changed, taken back, merged, and one that no fold has taken yet."""
    first, second, third = (make_idea(board) for _ in range(3))
    other = make_person()
    cast_vote(first, voter=voter)
    cast_vote(second, voter=other)
    cast_vote(second, voter=voter, value=-1)
    cast_vote(third, voter=voter)
    fold_all()
    cast_vote(second, voter=voter)
    retract_vote(second, voter=other)
    merge_ideas(third, into=first, by=None)
    fold_all()
    cast_vote(first, voter=other)
    return [first, second, third]


def audit() -> str:
    """Return what the audit says, whether it ends well or not."""
    said, complaints = StringIO(), StringIO()
    try:
        call_command("audit_votes", stdout=said, stderr=complaints)
    except CommandError as error:  # which ends the process with 1
        return f"{complaints.getvalue()}{error}"
    return said.getvalue()


def by_hand(sql: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


def test_all_agrees_while_votes_wait_and_after_a_merge(ideas: list[Idea]) -> None:
    last = LedgerBatch.objects.order_by("id").last()
    assert last
    assert audit() == f"The ledger is whole and all counts agree. Newest digest: {bytes(last.digest).hex()}\n"


def test_a_standing_that_was_changed_is_named(ideas: list[Idea]) -> None:
    by_hand("UPDATE ideas_standing SET up = up + 3 WHERE idea_id = %s", ideas[1].pk)
    assert audit() == (
        f"Idea {ideas[1].public_id}: shown +4 −0, votes +1 −0, ledger +1 −0.\n"
        "The audit found what must not be: ideas whose counts differ: 1."
    )


def test_a_vote_that_was_changed_is_named(ideas: list[Idea], voter: Person) -> None:
    by_hand("UPDATE votes_vote SET value = -1 WHERE idea_id = %s AND voter_id = %s", ideas[0].pk, voter.pk)
    said = audit()
    assert f"Idea {ideas[0].public_id}: shown +2 −0, votes +1 −1, ledger +2 −0." in said
    assert said.count("Idea ") == 1
    assert "Batch" not in said


def test_a_vote_that_was_deleted_is_named(ideas: list[Idea]) -> None:
    by_hand("DELETE FROM votes_vote WHERE idea_id = %s", ideas[1].pk)
    assert f"Idea {ideas[1].public_id}: shown +1 −0, votes +0 −0, ledger +1 −0." in audit()


def test_a_vote_that_was_given_to_another_voter_is_named(ideas: list[Idea]) -> None:
    stranger = make_person()
    cast_vote(make_idea(ideas[0].board), voter=stranger)
    by_hand("UPDATE votes_vote SET voter_id = %s WHERE idea_id = %s", stranger.pk, ideas[1].pk)
    assert f"Idea {ideas[1].public_id}: its votes are not by those whom the ledger names." in audit()


def test_a_line_that_was_changed_is_named_with_its_batch(ideas: list[Idea]) -> None:
    by_hand(
        "UPDATE votes_voteevent SET new_value = -1 WHERE idea_id = %s AND new_value = 1 AND old_value = 0",
        ideas[1].pk,
    )
    first, said = LedgerBatch.objects.order_by("id").first(), audit()
    assert first
    assert f"Batch {first.pk} of {first.at.isoformat()} is not what it was.\n" in said
    assert f"Idea {ideas[1].public_id}: " in said
    assert said.endswith("a broken batch, ideas whose counts differ: 1.")


def test_a_line_about_an_idea_that_never_was_is_named(ideas: list[Idea]) -> None:
    by_hand(
        "INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, at)"
        " VALUES (99999999, gen_random_uuid(), 0, 1, now())"
    )
    assert "Idea 99999999: " in audit()
