from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from common.errors import DomainError, Forbidden, NotFound
from ideas.models import Board, Idea
from ideas.services.ideas import withdraw_idea
from ideas.services.moderation import change_status, hide_idea, lock_idea
from tests.support.scene import make_administrator, make_board, make_idea, make_person
from votes.models import Vote, VoteEvent, VoterKey
from votes.services import cast_vote, retract_vote
from votes.tallies import Ballot, Tally


def lines(idea: Idea) -> list[tuple[int, int]]:
    return list(VoteEvent.objects.filter(idea=idea).order_by("id").values_list("old_value", "new_value"))


def test_a_vote_counts_at_once_for_its_voter(idea: Idea, voter: Person) -> None:
    ballot = cast_vote(idea, voter=voter)
    assert (ballot.value, ballot.tally, ballot.idea_id) == (1, Tally(1, 0), idea.public_id)
    assert lines(idea) == [(0, 1)]


def test_the_same_vote_again_changes_nothing(idea: Idea, voter: Person) -> None:
    first = cast_vote(idea, voter=voter)
    at = Vote.objects.get().at
    assert cast_vote(idea, voter=voter) == first
    assert lines(idea) == [(0, 1)]
    assert Vote.objects.get().at == at


def test_changing_and_taking_back_leave_a_line_each(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    assert cast_vote(idea, voter=voter, value=-1).tally == Tally(0, 1)
    assert retract_vote(idea, voter=voter).tally == Tally(0, 0)
    assert retract_vote(idea, voter=voter).value == 0
    assert lines(idea) == [(0, 1), (1, -1), (-1, 0)]
    assert not Vote.objects.exists()


def test_a_line_keeps_when_the_vote_before_it_was_given(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    cast_at = Vote.objects.get().at
    retract_vote(idea, voter=voter)
    cast, retracted = VoteEvent.objects.order_by("id")
    assert (cast.old_at, cast.at, retracted.old_at) == (None, cast_at, cast_at)


def test_votes_of_one_person_share_a_random_key(idea: Idea, board: Board, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    cast_vote(make_idea(board), voter=voter)
    cast_vote(idea, voter=make_person())
    keys = list(VoteEvent.objects.order_by("id").values_list("voter_key", flat=True))
    assert keys[0] == keys[1] == VoterKey.objects.get(person=voter).key != keys[2]


def close(idea: Idea, by: Person) -> None:
    Board.objects.update(is_open=False)


def ship(idea: Idea, by: Person) -> None:
    change_status(idea, status="shipped", by=by)


def lock(idea: Idea, by: Person) -> None:
    lock_idea(idea, by=by)


def hide(idea: Idea, by: Person) -> None:
    hide_idea(idea, by=by)


def withdraw(idea: Idea, by: Person) -> None:
    withdraw_idea(idea, by=by)


@pytest.mark.parametrize(
    ("closing", "code"),
    [
        (close, "board_closed"),
        (ship, "voting_closed"),
        (lock, "voting_closed"),
        (hide, "voting_closed"),
        (withdraw, "voting_closed"),
    ],
)
@pytest.mark.parametrize("had_vote", [False, True])
def test_what_is_closed_refuses_votes_changes_and_take_backs(
    idea: Idea, voter: Person, closing: Callable[[Idea, Person], None], code: str, had_vote: bool
) -> None:
    if had_vote:
        cast_vote(idea, voter=voter)
    before = lines(idea)
    closing(idea, make_administrator())
    attempts: list[Callable[[], Ballot]] = [
        lambda: cast_vote(idea, voter=voter),
        lambda: cast_vote(idea, voter=voter, value=-1),
        lambda: retract_vote(idea, voter=voter),
    ]
    for attempt in attempts:
        with pytest.raises(DomainError) as refused:
            attempt()
        assert refused.value.error_code == code
    assert lines(idea) == before


def test_a_board_without_votes_against_refuses_them(voter: Person) -> None:
    idea = make_idea(make_board())
    cast_vote(idea, voter=voter)
    with pytest.raises(DomainError) as refused:
        cast_vote(idea, voter=voter, value=-1)
    assert (refused.value.error_code, refused.value.http_status, refused.value.field) == (
        "down_vote_not_allowed",
        400,
        "value",
    )
    assert Vote.objects.get().value == 1


def test_an_inactive_person_has_no_vote(idea: Idea) -> None:
    with pytest.raises(Forbidden):
        cast_vote(idea, voter=make_person(is_active=False))
    assert not VoteEvent.objects.exists()


def test_an_unknown_person_is_not_found(idea: Idea) -> None:
    with pytest.raises(NotFound):
        cast_vote(idea, voter=Person(pk=999_999))


def test_a_vote_is_one_statement_and_a_first_one_three(idea: Idea, voter: Person) -> None:
    with CaptureQueriesContext(connection) as first:
        cast_vote(idea, voter=voter)
    with CaptureQueriesContext(connection) as later:
        cast_vote(idea, voter=voter, value=-1)
        cast_vote(idea, voter=voter, value=-1)
        retract_vote(idea, voter=voter)
    assert (len(first), len(later)) == (3, 3)
