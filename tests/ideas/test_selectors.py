import itertools
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiKey, Person, Scope
from accounts.viewers import ANONYMOUS, Viewer, viewer_for
from common.errors import NotFound
from ideas.models import Audience, Board, Idea, Standing
from ideas.policies import may_comment, may_moderate, may_open, may_post, may_see, may_vote
from ideas.selectors import board_for, boards_for, idea_for, similar_ideas
from ideas.services.following import follow_idea, mute_idea, unfollow_idea, unmute_idea
from ideas.services.ideas import withdraw_idea
from tests.support import scene
from tests.support.connections import other_connection
from tests.support.plans import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewers(member: Person, team_member: Person, other_team_member: Person, administrator: Person) -> dict[str, Viewer]:
    keys = {f"key {scope}": Viewer(key=ApiKey(scopes=[scope])) for scope in Scope}
    people = {
        "member": viewer_for(member),
        "team": viewer_for(team_member),
        "other team": viewer_for(other_team_member),
        "administrator": viewer_for(administrator),
    }
    return {"anonymous": ANONYMOUS, **people, **keys}


PEOPLE = {"member", "team", "other team", "administrator"}
SEES = {
    Audience.PUBLIC: PEOPLE | {"anonymous"} | {f"key {scope}" for scope in Scope},
    Audience.MEMBERS: PEOPLE | {"key ideas:read", "key moderation:write"},
    Audience.TEAM: {"team", "administrator", "key moderation:write"},
}


@pytest.mark.parametrize("audience", list(Audience))
def test_board_and_its_ideas_are_there_for_its_audience_alone(
    viewers: dict[str, Viewer], board: Board, audience: Audience
) -> None:
    board.seen_by = audience
    board.save(update_fields=["seen_by"])
    idea = scene.make_idea(board)
    for name, viewer in viewers.items():
        expected = name in SEES[audience]
        assert may_see(viewer, board) == expected, name
        assert (board in boards_for(viewer)) == expected, name
        assert Idea.objects.visible_to(viewer).filter(pk=idea.pk).exists() == expected, name
        assert Standing.objects.visible_to(viewer).filter(pk=idea.pk).exists() == expected, name


@pytest.mark.parametrize("fate", [{}, {"hidden_at": timezone.now()}, {"withdrawn_at": timezone.now()}])
@pytest.mark.parametrize("audience", list(Audience))
def test_idea_at_hand_may_be_opened_by_whom_it_is_there_for(
    viewers: dict[str, Viewer], member: Person, board: Board, audience: Audience, fate: dict[str, Any]
) -> None:
    Board.objects.filter(pk=board.pk).update(seen_by=audience)
    made = [scene.make_idea(board, title="A stranger's"), scene.make_idea(board, title="Mine", author=member)]
    Idea.objects.update(**fate)
    for idea in Idea.objects.select_related("board").filter(pk__in=[each.pk for each in made]):
        for name, viewer in viewers.items():
            is_there = Idea.objects.visible_to(viewer).filter(pk=idea.pk).exists()
            assert may_open(viewer, idea) == is_there, (name, idea.title)


def test_key_does_what_its_scopes_say_and_nothing_else(viewers: dict[str, Viewer], board: Board) -> None:
    predicates = {
        Scope.IDEAS_WRITE: may_post,
        Scope.VOTES_WRITE: may_vote,
        Scope.COMMENTS_WRITE: may_comment,
        Scope.MODERATION_WRITE: may_moderate,
    }
    for scope, predicate in itertools.product(Scope, predicates):
        assert predicates[predicate](viewers[f"key {scope}"], board) == (scope == predicate)


def test_team_board_is_posted_to_by_its_team(viewers: dict[str, Viewer], board: Board) -> None:
    board.posting_by = board.voting_by = board.commenting_by = Audience.TEAM
    for predicate in (may_post, may_vote, may_comment):
        allowed = {name for name, viewer in viewers.items() if predicate(viewer, board)}
        assert allowed == {"team", "administrator"}


def test_withdrawn_idea_is_there_for_its_author_and_the_team(
    idea: Idea, author: Person, viewers: dict[str, Viewer]
) -> None:
    withdraw_idea(idea, by=author)
    seen = {name for name, viewer in viewers.items() if Idea.objects.visible_to(viewer).filter(pk=idea.pk).exists()}
    assert seen == {"team", "administrator", "key moderation:write"}
    assert idea_for(viewer_for(author), idea.public_id) == idea


def test_private_board_is_not_found(private_board: Board, viewers: dict[str, Viewer]) -> None:
    with pytest.raises(NotFound):
        board_for(viewers["other team"], private_board.slug)


def test_idea_with_all_that_its_page_shows_is_one_query(
    idea: Idea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = idea_for(ANONYMOUS, idea.public_id)
        str((found.board.name, found.author.public_name, found.standing.up, found.response, found.merged_into))


def test_similar_titles_come_most_alike_first(board: Board) -> None:
    exact, near, _far = (
        scene.make_idea(board, title=title)
        for title in ("Dark theme for the app", "A dark theme in the mobile app", "Export invoices as PDF")
    )
    found = similar_ideas(ANONYMOUS, title="dark theme for the app")
    assert found == [exact, near]
    assert found[0].similarity == pytest.approx(1.0)  # type: ignore[attr-defined]


def test_similar_titles_are_those_that_the_viewer_may_see(
    board: Board, private_board: Board, author: Person, team_member: Person
) -> None:
    inside = scene.make_idea(private_board, title="Dark theme")
    withdrawn = withdraw_idea(scene.make_idea(board, author=author, title="Dark theme"), by=author)
    assert similar_ideas(viewer_for(author), title="Dark theme") == []
    assert similar_ideas(viewer_for(team_member), title="Dark theme") == [inside]
    assert withdrawn not in similar_ideas(viewer_for(team_member), title="Dark theme")


def test_similar_titles_are_read_by_the_trigram_index(board: Board, author: Person) -> None:
    for number in range(300):
        scene.make_idea(board, author=author, title=f"{number} things about {number % 7} others")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ideas_idea, ideas_standing; SET LOCAL enable_seqscan = off")
    assert "idea_title_trigram" in plan_of(lambda: similar_ideas(ANONYMOUS, title="Export invoices"))


@pytest.mark.django_db(transaction=True)
def test_similar_titles_are_given_up_while_the_database_is_busy(board: Board) -> None:
    idea = scene.make_idea(board, title="Dark theme")
    with other_connection() as other:
        other.execute("LOCK TABLE ideas_idea IN ACCESS EXCLUSIVE MODE")
        assert similar_ideas(ANONYMOUS, title="Dark theme") == []
    assert similar_ideas(ANONYMOUS, title="Dark theme") == [idea]


def test_follow_and_mute_are_one_choice(idea: Idea, member: Person) -> None:
    follow_idea(idea, person=member)
    follow_idea(idea, person=member)
    assert [follow.muted for follow in member.follows.all()] == [False]
    mute_idea(idea, person=member)
    assert [follow.muted for follow in member.follows.all()] == [True]
    unfollow_idea(idea, person=member)
    assert member.follows.exists(), "a muted idea is not followed"
    unmute_idea(idea, person=member)
    assert not member.follows.exists()
