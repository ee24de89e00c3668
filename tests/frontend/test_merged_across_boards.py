"""A merge may join ideas of boards that not everybody sees: each board's rules count on both sides of it."""

import pytest
from django.test import Client

from accounts.models import Person, Scope
from customers.services import person_for_contact
from ideas.models import Board, Idea
from tests.support import scene
from tests.support.api import with_key
from votes.models import Vote
from votes.services import merge_ideas

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(private_board: Board, team_member: Person) -> Idea:
    return scene.make_idea(private_board, author=team_member, title="Buy the rival")


def path_of(idea: Idea) -> str:
    return f"/ideas/{idea.public_id}/{idea.slug}/"


def test_vote_on_a_duplicate_needs_the_right_to_vote_on_what_it_leads_to(
    client: Client, idea: Idea, secret: Idea, member: Person, administrator: Person
) -> None:
    merge_ideas(idea, into=secret, by=administrator)
    client.force_login(member)
    answer = client.post(f"/ideas/{idea.public_id}/do/vote/", {"value": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert not Vote.objects.exists()


def test_duplicate_does_not_name_what_it_leads_to_where_that_is_private(
    client: Client, idea: Idea, secret: Idea, team_member: Person, administrator: Person
) -> None:
    merge_ideas(idea, into=secret, by=administrator)
    page = client.get(path_of(idea)).content.decode()
    assert secret.title not in page
    assert secret.public_id not in page
    client.force_login(team_member)
    assert secret.title in client.get(path_of(idea)).content.decode()


def test_private_duplicate_is_not_named_where_everybody_reads(
    client: Client, idea: Idea, secret: Idea, team_member: Person, administrator: Person
) -> None:
    merge_ideas(secret, into=idea, by=administrator)
    page = client.get(path_of(idea)).content.decode()
    assert secret.title not in page
    assert secret.public_id not in page
    client.force_login(team_member)
    assert secret.title in client.get(path_of(idea)).content.decode()


def test_merge_does_not_reach_over_a_merged_idea_onto_a_board_of_others(
    client: Client, idea: Idea, team_member: Person, administrator: Person
) -> None:
    stepping_stone, elsewhere = scene.make_idea(idea.board), scene.make_idea()
    merge_ideas(stepping_stone, into=elsewhere, by=administrator)
    client.force_login(team_member)
    answer = client.post(f"/ideas/{idea.public_id}/do/merge/", {"into": stepping_stone.public_id})
    assert answer.status_code == 403
    idea.refresh_from_db()
    assert idea.merged_into is None


def test_key_does_not_post_for_somebody_who_was_deactivated(board: Board) -> None:
    banned = person_for_contact(source="crm", external_id="banned")
    Person.objects.filter(pk=banned.pk).update(is_active=False)
    body = {"board": board.slug, "title": "Me again", "author": {"external_id": "banned"}}
    assert with_key(Scope.IDEAS_WRITE).post("ideas/", body).status_code == 403
    assert not Idea.objects.exists()
