"""Many past votes at once leave what the same votes leave one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from ideas.models import Idea
from ideas.services.moderation import change_status, hide_idea
from tests.support import scene
from votes.folding import fold
from votes.models import Vote, VoteEvent, VoterKey
from votes.services import cast_vote, merge_ideas, retract_vote
from votes.services.past_votes import PastVote, record_past_votes

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2025, 3, 1, 9, tzinfo=UTC)

# (idea, voter, value, seconds since START): few pairs, so that minds change often.
HISTORIES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 2), st.sampled_from([-1, 0, 1]), st.integers(0, 20)), max_size=30
)


def cast_one_by_one(votes: Sequence[PastVote]) -> None:
    for vote in votes:
        idea, voter = Idea.objects.get(pk=vote.idea_id), Person.objects.get(pk=vote.voter_id)
        if vote.value:
            cast_vote(idea, voter=voter, value=vote.value, at=vote.at)
        else:
            retract_vote(idea, voter=voter, at=vote.at)


def rows(ideas: Sequence[Idea], people: Sequence[Person]) -> tuple[list[Any], list[Any]]:
    """Return votes, and each voter's ledger lines in their order, with places in `ideas` and `people` for ids."""
    idea_numbers = {idea.pk: number for number, idea in enumerate(ideas)}
    numbers = {person.pk: number for number, person in enumerate(people)}
    numbers_of_keys = {key.key: numbers.get(key.person_id) for key in VoterKey.objects.all()}
    votes = [
        (idea_numbers[vote.idea_id], numbers[vote.voter_id], vote.value, vote.at)
        for vote in Vote.objects.filter(idea__in=ideas).order_by("idea_id", "voter_id")
    ]
    lines = [
        (
            idea_numbers[line.idea_id],
            numbers_of_keys[line.voter_key],
            line.old_value,
            line.new_value,
            line.old_at,
            line.at,
        )
        for line in VoteEvent.objects.filter(idea__in=ideas).order_by("id")
    ]
    return votes, sorted(lines, key=lambda line: line[:2])  # sorting keeps the order within a pair


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, cut=st.integers(0, 30))
def test_many_at_once_equal_one_by_one(history: list[tuple[int, int, int, int]], cut: int) -> None:
    board = scene.make_board(allows_down_votes=True)
    first, second = [scene.make_idea(board) for _ in range(2)], [scene.make_idea(board) for _ in range(2)]
    people = [scene.make_person() for _ in range(3)]

    def votes_on(ideas: list[Idea]) -> list[PastVote]:
        in_order = sorted(history, key=lambda vote: vote[3])
        return [PastVote(ideas[i].pk, people[p].pk, v, START + timedelta(seconds=s)) for i, p, v, s in in_order]

    cast_one_by_one(votes_on(first))
    at_once = votes_on(second)
    instant = at_once[cut].at if cut < len(at_once) else START + timedelta(days=1)
    lines = record_past_votes([vote for vote in at_once if vote.at < instant])
    lines += record_past_votes([vote for vote in at_once if vote.at >= instant])

    assert rows(second, people) == rows(first, people)
    assert lines == VoteEvent.objects.filter(idea__in=second).count()
    assert record_past_votes(at_once) == 0
    assert rows(second, people) == rows(first, people)


def test_tallies_follow_from_the_fold(idea: Idea) -> None:
    people = [scene.make_person() for _ in range(3)]
    record_past_votes([PastVote(idea.pk, person.pk, 1, START) for person in people])
    record_past_votes([PastVote(idea.pk, people[0].pk, 0, START + timedelta(days=1))])
    fold()

    idea.standing.refresh_from_db()
    assert (idea.standing.up, idea.standing.down, idea.standing.top) == (2, 0, 2)


def test_younger_vote_is_not_overwritten_by_an_older_one(idea: Idea, member: Person) -> None:
    cast_vote(idea, voter=member)
    assert record_past_votes([PastVote(idea.pk, member.pk, -1, START), PastVote(idea.pk, member.pk, 0, START)]) == 0

    assert list(Vote.objects.values_list("value", flat=True)) == [1]


def test_vote_taken_back_here_is_not_given_again(idea: Idea, member: Person) -> None:
    record_past_votes([PastVote(idea.pk, member.pk, 1, START)])
    retract_vote(idea, voter=member)

    assert record_past_votes([PastVote(idea.pk, member.pk, 1, START)]) == 0
    assert not Vote.objects.exists()


def test_history_is_taken_whatever_the_idea_is_now(idea: Idea, member: Person, team_member: Person) -> None:
    change_status(idea, status="shipped", by=team_member)
    hide_idea(idea, by=team_member)

    assert record_past_votes([PastVote(idea.pk, member.pk, 1, START)]) == 1


def test_merged_idea_takes_no_past_votes(idea: Idea, member: Person, team_member: Person) -> None:
    other = scene.make_idea(idea.board)
    merge_ideas(idea, into=other, by=team_member)

    assert record_past_votes([PastVote(idea.pk, member.pk, 1, START)]) == 0
    assert not VoteEvent.objects.exists()
