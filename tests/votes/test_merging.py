import pytest
from django.db import transaction

from accounts.models import Person
from activity.models import Event
from ideas.errors import AlreadyMerged
from ideas.models import Board, Idea, Standing
from ideas.services.merging_state import mark_merged
from tests.support.connections import elsewhere, other_connection
from tests.support.folding import fold_all, fold_lines
from tests.support.scene import make_idea, make_person
from tests.support.waiting import eventually
from tests.votes.proofs import assert_ledger_adds_up, values
from votes.errors import MergeIntoItself, NotMerged
from votes.models import Merge, MergedVote, Vote, VoteEvent
from votes.services import cast_vote, fold_and_follow, merge_ideas, retract_vote, undo_merge
from votes.services.casting import CAST_STATEMENT
from votes.services.transfer import move_votes_of_idea


@pytest.fixture
def people(db: None) -> list[Person]:
    return [make_person() for _ in range(4)]


@pytest.fixture
def ideas(board: Board) -> list[Idea]:
    return [make_idea(board) for _ in range(3)]


def merged_into(idea: Idea) -> int | None:
    idea.refresh_from_db()
    return idea.merged_into_id


@pytest.mark.parametrize("later_into_earlier", [True, False])
def test_each_voter_counts_once_and_keeps_their_own_vote(
    ideas: list[Idea], people: list[Person], later_into_earlier: bool
) -> None:
    canonical, duplicate = ideas[:2] if later_into_earlier else ideas[1::-1]
    cast_vote(canonical, voter=people[0], value=-1)
    cast_vote(duplicate, voter=people[0])
    cast_vote(duplicate, voter=people[1])
    given_at = Vote.objects.get(voter=people[1]).at
    merge_ideas(duplicate, into=canonical, by=None)
    assert values(canonical) == {people[0].pk: -1, people[1].pk: 1}
    assert values(duplicate) == {}
    assert Vote.objects.get(voter=people[1]).at == given_at
    assert_ledger_adds_up()


def test_a_merged_idea_leads_on_and_leaves_the_lists(ideas: list[Idea], people: list[Person]) -> None:
    merge_ideas(ideas[0], into=ideas[1], by=people[0])
    assert merged_into(ideas[0]) == ideas[1].pk
    assert not Standing.objects.get(pk=ideas[0].pk).listed
    told = Event.objects.get(verb="idea.merged")
    assert (told.subject_id, told.actor, told.data) == (ideas[0].pk, people[0], {"into": ideas[1].pk})


def test_votes_on_a_merged_idea_go_to_the_canonical_one(ideas: list[Idea], people: list[Person]) -> None:
    merge_ideas(ideas[0], into=ideas[1], by=None)
    assert cast_vote(ideas[0], voter=people[0]).idea_id == ideas[1].public_id
    assert values(ideas[1]) == {people[0].pk: 1}
    retract_vote(ideas[0], voter=people[0])
    assert values(ideas[1]) == {}


def test_an_undo_gives_back_what_each_had(ideas: list[Idea], people: list[Person]) -> None:
    canonical, duplicate, _third = ideas
    cast_vote(canonical, voter=people[0], value=-1)
    cast_vote(duplicate, voter=people[0])
    cast_vote(duplicate, voter=people[1])
    cast_vote(canonical, voter=people[2])
    before = [*Vote.objects.order_by("idea", "voter").values()]
    merge_ideas(duplicate, into=canonical, by=None)
    undo_merge(duplicate, by=people[3])
    assert [*Vote.objects.order_by("idea", "voter").values()] == before
    assert merged_into(duplicate) is None
    assert Standing.objects.get(pk=duplicate.pk).listed
    assert Event.objects.get(verb="idea.unmerged").data == {"from": canonical.pk}
    assert not MergedVote.objects.exists()
    assert_ledger_adds_up()


def test_what_people_did_after_the_merge_stays_on_the_canonical_idea(ideas: list[Idea], people: list[Person]) -> None:
    canonical, duplicate, _third = ideas
    for person in people[:3]:
        cast_vote(duplicate, voter=person)
    merge_ideas(duplicate, into=canonical, by=None)
    cast_vote(canonical, voter=people[0], value=-1)  # changed
    retract_vote(canonical, voter=people[1])  # taken back …
    retract_vote(canonical, voter=people[2])
    cast_vote(canonical, voter=people[2])  # … and given anew
    cast_vote(duplicate, voter=people[3])  # new, by way of the duplicate
    undo_merge(duplicate, by=None)
    assert values(canonical) == {people[0].pk: -1, people[2].pk: 1, people[3].pk: 1}
    assert values(duplicate) == {person.pk: 1 for person in people[:3]}
    assert_ledger_adds_up()


def test_a_chain_points_at_its_end(ideas: list[Idea], people: list[Person]) -> None:
    a, b, c = ideas
    for idea, person in zip(ideas, people, strict=False):
        cast_vote(idea, voter=person)
    merge_ideas(a, into=b, by=None)
    merge_ideas(b, into=c, by=None)
    assert merged_into(a) == merged_into(b) == c.pk
    assert values(c) == {person.pk: 1 for person in people[:3]}


def test_merging_into_a_merged_idea_merges_into_what_it_leads_to(ideas: list[Idea]) -> None:
    a, b, c = ideas
    merge_ideas(b, into=c, by=None)
    merge_ideas(a, into=b, by=None)
    assert merged_into(a) == c.pk


@pytest.mark.parametrize("first_undone", ["a", "b"])
def test_a_chain_is_undone_in_any_order(ideas: list[Idea], people: list[Person], first_undone: str) -> None:
    a, b, c = ideas
    for idea, person in zip(ideas, people, strict=False):
        cast_vote(idea, voter=person)
    cast_vote(a, voter=people[3])
    cast_vote(b, voter=people[3], value=-1)
    before = [*Vote.objects.order_by("idea", "voter").values()]
    merge_ideas(a, into=b, by=None)
    merge_ideas(b, into=c, by=None)
    if first_undone == "a":
        undo_merge(a, by=None)
        assert (merged_into(a), merged_into(b)) == (None, c.pk)
        assert values(a) == {people[0].pk: 1, people[3].pk: 1}
        assert values(c) == {people[1].pk: 1, people[2].pk: 1, people[3].pk: -1}
        undo_merge(b, by=None)
    else:
        undo_merge(b, by=None)
        assert (merged_into(a), merged_into(b)) == (b.pk, None)
        assert values(b) == {people[0].pk: 1, people[1].pk: 1, people[3].pk: -1}
        undo_merge(a, by=None)
    assert [*Vote.objects.order_by("idea", "voter").values()] == before
    assert not MergedVote.objects.exists()
    assert_ledger_adds_up()


def test_what_cannot_be_merged_says_why(ideas: list[Idea]) -> None:
    a, b, c = ideas
    with pytest.raises(MergeIntoItself):
        merge_ideas(a, into=a, by=None)
    with pytest.raises(NotMerged):
        undo_merge(a, by=None)
    merge_ideas(a, into=b, by=None)
    with pytest.raises(AlreadyMerged):
        merge_ideas(a, into=c, by=None)
    with pytest.raises(MergeIntoItself):
        merge_ideas(b, into=a, by=None)
    assert not VoteEvent.objects.exists()


@pytest.mark.usefixtures("folding")
def test_tallies_follow_a_merge_and_its_undoing(ideas: list[Idea], people: list[Person]) -> None:
    for person in people:
        cast_vote(ideas[0], voter=person)
    cast_vote(ideas[1], voter=people[0])
    merge_ideas(ideas[0], into=ideas[1], by=None)
    fold_all()
    assert [Standing.objects.get(pk=idea.pk).up for idea in ideas[:2]] == [0, 4]
    undo_merge(ideas[0], by=None)
    fold_all()
    assert [Standing.objects.get(pk=idea.pk).up for idea in ideas[:2]] == [4, 1]


@pytest.mark.usefixtures("folding")
def test_a_vote_that_a_merge_passes_by_follows_with_the_next_fold(ideas: list[Idea], people: list[Person]) -> None:
    duplicate, canonical, _third = ideas
    cast_vote(duplicate, voter=people[0])
    cast_vote(canonical, voter=people[1])
    parameters = {"idea": duplicate.pk, "voter": people[1].pk, "value": -1, "at": None, "votable": ["open"]}
    with other_connection() as voting:
        voting.execute(CAST_STATEMENT, parameters)  # on its way when the merge takes place
        merge_ideas(duplicate, into=canonical, by=None)
        voting.commit()
    assert values(duplicate) == {people[1].pk: -1}
    eventually(lambda: fold_and_follow() and not values(duplicate), timeout=60)
    assert values(canonical) == {people[0].pk: 1, people[1].pk: -1}
    fold_all()
    assert [Standing.objects.get(pk=idea.pk).up for idea in (duplicate, canonical)] == [0, 1]
    assert_ledger_adds_up()


@pytest.mark.usefixtures("folding")
def test_a_vote_that_was_folded_before_the_merge_it_missed_follows_too(ideas: list[Idea], people: list[Person]) -> None:
    duplicate, canonical, _third = ideas
    cast_vote(duplicate, voter=people[0])  # makes the voter's key
    retract_vote(duplicate, voter=people[0])
    fold_all()
    parameters = {"idea": duplicate.pk, "voter": people[0].pk, "value": 1, "at": None, "votable": ["open"]}
    with other_connection() as voting, transaction.atomic():
        voting.execute(CAST_STATEMENT, parameters)
        merge = Merge.objects.create(duplicate=duplicate, into=canonical)  # `merge_ideas`, halfway
        move_votes_of_idea(merge=merge.pk, duplicate=duplicate.pk, into=canonical.pk)
        voting.commit()
        elsewhere(lambda: fold_lines(1))
        mark_merged(duplicate, into=canonical)
    assert values(duplicate) == {people[0].pk: 1}
    eventually(lambda: fold_and_follow() and not values(duplicate), timeout=60)
    assert (values(duplicate), values(canonical)) == ({}, {people[0].pk: 1})
    assert_ledger_adds_up()
