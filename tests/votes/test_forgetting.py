import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Person
from common.errors import Forbidden
from customers.services import person_for_contact
from ideas.models import Board, Idea
from tests.support.connections import other_connection, waiting_for_it
from tests.support.folding import fold_all
from tests.support.scene import make_idea
from tests.votes.proofs import assert_ledger_adds_up, assert_tallies_are_the_votes
from votes.auditing import differing_ideas, prove_chain
from votes.models import MergedVote, Vote, VoteEvent, VoterKey
from votes.services import cast_vote, forget_voter, merge_ideas, undo_merge, unite_people
from votes.services.casting import CAST_STATEMENT
from votes.services.past_votes import PastVote, record_past_votes

pytestmark = pytest.mark.usefixtures("folding")


def rows_naming(person: Person) -> set[str]:
    """Return the tables of the votes' room with a row that holds the person's id."""
    found = set()
    for model in (Vote, VoterKey, MergedVote):
        field = "person_id" if model is VoterKey else "voter_id"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE {field} = %s", [person.pk])
            if cursor.fetchone()[0]:
                found.add(model._meta.db_table)
    return found


def test_votes_count_on_and_nothing_leads_from_the_person_to_them(board: Board, voter: Person) -> None:
    first, second, third = (make_idea(board) for _ in range(3))
    stranger = person_for_contact(source="crm", external_id="c-1")
    cast_vote(second, voter=stranger)
    unite_people(stranger, into=voter)
    cast_vote(first, voter=voter)
    cast_vote(third, voter=voter)
    merge_ideas(third, into=first, by=None)
    fold_all()
    cast_vote(second, voter=voter, value=-1)
    lines = set(VoteEvent.objects.values_list("id", "voter_key"))
    assert rows_naming(voter) == {"votes_vote", "votes_voterkey", "votes_mergedvote"}

    forget_voter(voter)
    fold_all()
    assert rows_naming(voter) | rows_naming(stranger) == set()
    [nameless] = Person.objects.filter(votes__isnull=False).distinct()
    assert (nameless.email, nameless.display_name, nameless.is_active) == (None, "", False)
    assert dict(Vote.objects.values_list("idea_id", "value")) == {first.pk: 1, second.pk: -1}
    assert set(VoteEvent.objects.values_list("id", "voter_key")) == lines, "the ledger is only ever added to"
    assert_tallies_are_the_votes()
    assert (prove_chain(), list(differing_ideas())) == (None, [])

    undo_merge(third, by=None)
    assert Vote.objects.get(idea=third).voter == nameless
    fold_all()
    assert list(differing_ideas()) == []


def test_whoever_is_forgotten_votes_no_more(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    forget_voter(voter)
    with pytest.raises(Forbidden):
        cast_vote(idea, voter=voter, value=-1)
    assert record_past_votes([PastVote(idea.pk, voter.pk, 1, timezone.now())]) == 0, "nor does an import for them"
    forget_voter(voter)
    assert (Vote.objects.count(), Person.objects.filter(voter_key__isnull=False).count()) == (1, 1)
    assert_ledger_adds_up()


def test_a_vote_under_way_is_waited_for(idea: Idea, voter: Person) -> None:
    cast_vote(make_idea(idea.board), voter=voter)
    parameters = {"idea": idea.pk, "voter": voter.pk, "value": 1, "at": None, "votable": ["open"]}
    with other_connection() as voting, waiting_for_it(voting, lambda: forget_voter(voter)):
        voting.execute(CAST_STATEMENT, parameters)
    assert (Vote.objects.count(), rows_naming(voter)) == (2, set())
