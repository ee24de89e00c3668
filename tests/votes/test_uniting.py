from collections.abc import Callable

import pytest
from allauth.account.signals import authentication_step_completed
from django.utils import timezone

from accounts.models import Person, Role
from common.errors import Forbidden, NotFound
from customers.models import Contact
from customers.services import person_for_contact, unlink_contact
from ideas.models import Board, Comment, Follow, Idea
from ideas.services.comments import post_comment
from ideas.services.following import follow_idea, mute_idea
from tests.support.connections import other_connection, waiting_for_it
from tests.support.scene import make_idea, make_person
from tests.votes.proofs import assert_ledger_adds_up, values
from votes.models import Vote
from votes.services import cast_vote, merge_ideas, undo_merge, unite_people
from votes.services.casting import CAST_STATEMENT


@pytest.fixture
def contact(db: None) -> Person:
    return person_for_contact(source="crm", external_id="c-1", email="cara@example.com", name="Cara")


@pytest.fixture
def owner(db: None) -> Person:
    return make_person(email="cara@example.com")


def test_votes_unite_and_the_own_one_stays(board: Board, contact: Person, owner: Person) -> None:
    both, one = make_idea(board), make_idea(board)
    cast_vote(both, voter=contact)
    cast_vote(one, voter=contact)
    given_at = Vote.objects.get(idea=one).at
    cast_vote(both, voter=owner, value=-1)
    unite_people(contact, into=owner)
    assert (values(both), values(one)) == ({owner.pk: -1}, {owner.pk: 1})
    assert Vote.objects.get(idea=one).at == given_at
    assert_ledger_adds_up()


def test_ideas_comments_contacts_and_follows_move(board: Board, contact: Person, owner: Person) -> None:
    idea, other = make_idea(board, author=contact), make_idea(board)
    comment = post_comment(idea, author=contact, body="Me too.")
    mute_idea(idea, person=owner)
    follow_idea(idea, person=contact)
    follow_idea(other, person=contact)
    unite_people(contact, into=owner)
    contact.refresh_from_db()
    assert (contact.is_active, contact.united_into) == (False, owner)
    assert (Idea.objects.get(pk=idea.pk).author, Comment.objects.get(pk=comment.pk).author) == (owner, owner)
    assert Contact.objects.get().person == owner
    assert set(Follow.objects.values_list("idea", "person", "muted")) == {
        (idea.pk, owner.pk, True),
        (other.pk, owner.pk, False),
    }


def test_later_votes_of_the_old_person_count_for_the_new_one(idea: Idea, contact: Person, owner: Person) -> None:
    unite_people(contact, into=owner)
    cast_vote(idea, voter=contact)
    assert values(idea) == {owner.pk: 1}


def test_uniting_again_changes_nothing(idea: Idea, contact: Person, owner: Person) -> None:
    cast_vote(idea, voter=contact)
    unite_people(contact, into=owner)
    unite_people(contact, into=make_person())
    assert values(idea) == {owner.pk: 1}


def test_an_undone_merge_gives_a_vote_back_to_whom_its_voter_became(
    board: Board, contact: Person, owner: Person
) -> None:
    duplicate, canonical = make_idea(board), make_idea(board)
    cast_vote(duplicate, voter=contact)
    cast_vote(canonical, voter=owner, value=-1)
    merge_ideas(duplicate, into=canonical, by=None)
    unite_people(contact, into=owner)
    undo_merge(duplicate, by=None)
    assert (values(duplicate), values(canonical)) == ({owner.pk: 1}, {owner.pk: -1})
    assert_ledger_adds_up()


@pytest.mark.django_db(transaction=True)
def test_a_vote_under_way_is_waited_for(idea: Idea, contact: Person, owner: Person) -> None:
    cast_vote(make_idea(idea.board), voter=contact)
    parameters = {"idea": idea.pk, "voter": contact.pk, "value": 1, "at": None, "votable": ["open"]}
    with other_connection() as voting, waiting_for_it(voting, lambda: unite_people(contact, into=owner)):
        voting.execute(CAST_STATEMENT, parameters)
    assert values(idea) == {owner.pk: 1}


POSTS: list[Callable[[Idea, Person], Idea | Comment]] = [
    lambda idea, author: make_idea(idea.board, author=author),
    lambda idea, author: post_comment(idea, author=author, body="Me too."),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("post", POSTS, ids=["idea", "comment"])
def test_nothing_is_posted_as_somebody_who_is_being_united(
    idea: Idea, contact: Person, owner: Person, post: Callable[[Idea, Person], Idea | Comment]
) -> None:
    unite = "UPDATE accounts_person SET is_active = false, united_into_id = %s WHERE id = %s"
    with other_connection() as uniting, waiting_for_it(uniting, lambda: post(idea, contact)):
        uniting.execute(unite, [owner.pk, contact.pk])
    assert post(idea, contact).author == owner
    assert not contact.ideas.exists()
    assert not contact.comments.exists()


def test_nobody_posts_who_is_no_longer_active(idea: Idea, member: Person) -> None:
    Person.objects.filter(pk=member.pk).update(is_active=False)
    for post in POSTS:
        with pytest.raises(Forbidden):
            post(idea, member)


def prove_address(person: Person, *, method: str = "code") -> None:
    authentication_step_completed.send(sender=Person, request=None, user=person, method=method, email=person.email)


def test_whoever_signs_in_becomes_one_with_contacts_of_the_address(idea: Idea, contact: Person, owner: Person) -> None:
    other_source = person_for_contact(source="shop", external_id="9", email="cara@example.com")
    cast_vote(idea, voter=contact)
    prove_address(owner)
    assert values(idea) == {owner.pk: 1}
    assert set(Contact.objects.values_list("person", flat=True)) == {owner.pk}
    assert not Person.objects.filter(pk__in=[contact.pk, other_source.pk], is_active=True).exists()


def test_no_partner_becomes_one_with_those_who_decide(idea: Idea, contact: Person, owner: Person) -> None:
    Person.objects.filter(pk=owner.pk).update(role=Role.TEAM_MEMBER)
    owner.refresh_from_db()
    prove_address(owner)
    assert Contact.objects.get().person == contact


def test_unlinked_partner_means_somebody_else_for_good(idea: Idea, contact: Person, owner: Person) -> None:
    cast_vote(idea, voter=contact)
    prove_address(owner)
    unlink_contact(Contact.objects.get().pk, person=owner)
    later = {"source": "crm", "email": "cara@example.com"}
    known, other = (person_for_contact(external_id=name, **later) for name in ("c-1", "c-2"))
    prove_address(owner)
    assert person_for_contact(external_id="c-1", **later) == known
    assert person_for_contact(external_id="c-2", **later) == other
    assert len({known, other, owner, contact}) == 4
    assert values(idea) == {owner.pk: 1}
    with pytest.raises(NotFound):
        unlink_contact(Contact.objects.get(external_id="c-1").pk, person=owner)


def test_a_link_of_the_operator_proves_no_address(idea: Idea, contact: Person, owner: Person) -> None:
    cast_vote(idea, voter=contact)
    prove_address(owner, method="link")
    assert values(idea) == {contact.pk: 1}


def test_contacts_who_signed_in_themselves_stay_who_they_are(idea: Idea, contact: Person, owner: Person) -> None:
    Person.objects.filter(pk=contact.pk).update(last_login=timezone.now())
    cast_vote(idea, voter=contact)
    prove_address(owner)
    assert values(idea) == {contact.pk: 1}
