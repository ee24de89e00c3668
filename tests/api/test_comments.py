from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Scope
from ideas.models import Audience, Board, Comment, Idea
from ideas.services.comments import hide_comment, post_comment
from ideas.services.moderation import lock_idea
from tests.support.api import CONTACT, fields_at_fault, nobody, problem, signed_in, with_key
from tests.support.scene import make_idea


@pytest.fixture
def idea(board: Board, member: Person) -> Idea:
    return make_idea(board, author=member)


@pytest.fixture
def thread(idea: Idea, member: Person) -> list[Comment]:
    """Return three comments and two answers, in the order in which they are read."""
    one, two, three = (post_comment(idea, author=member, body=body) for body in ("One", "Two", "Three"))
    answers = [post_comment(idea, author=member, body=f"{body} to one", parent=one) for body in ("First", "Second")]
    return [one, *answers, two, three]


def path_of(idea: Idea) -> str:
    return f"ideas/{idea.public_id}/comments/"


def bodies(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [comment["body"] for comment in answer.json()["results"]]


def test_comments_are_read_thread_by_thread(idea: Idea, thread: list[Comment], member: Person) -> None:
    answer = nobody().get(path_of(idea))
    assert bodies(answer) == ["One", "First to one", "Second to one", "Two", "Three"]
    second = answer.json()["results"][1]
    assert second == {
        "id": thread[1].public_id,
        "parent": thread[0].public_id,
        "author": {"id": member.public_id, "name": "Mia Member"},
        "body": "First to one",
        "is_internal": False,
        "created_at": second["created_at"],
        "edited_at": None,
    }
    assert answer.json()["results"][0]["parent"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_together_are_the_whole_and_lead_back(idea: Idea, thread: list[Comment], limit: int) -> None:
    answer = nobody().get(path_of(idea), limit=limit)
    assert answer.json()["previous"] is None
    onward = [bodies(answer)]
    while url := answer.json()["next"]:
        answer = nobody().get(url)
        onward.append(bodies(answer))
    assert [body for page in onward for body in page] == [comment.body for comment in thread]
    back = [bodies(answer)]
    while url := answer.json()["previous"]:
        answer = nobody().get(url)
        back.append(bodies(answer))
    assert back == onward[::-1]


def test_page_costs_two_queries_however_long(idea: Idea, thread: list[Comment]) -> None:
    for limit in (1, 100):
        with CaptureQueriesContext(connection) as captured:
            nobody().get(path_of(idea), limit=limit)
        assert len(captured) == 2


def test_internal_and_hidden_comments_are_the_teams(
    idea: Idea, thread: list[Comment], member: Person, colleague: Person
) -> None:
    post_comment(idea, author=colleague, body="Between us", is_internal=True)
    hide_comment(thread[3], by=colleague)
    for caller in (nobody(), signed_in(member), with_key(Scope.IDEAS_READ, Scope.COMMENTS_WRITE)):
        assert bodies(caller.get(path_of(idea))) == ["One", "First to one", "Second to one", "Three"]
    for caller in (signed_in(colleague), with_key(Scope.MODERATION_WRITE)):
        assert bodies(caller.get(path_of(idea)))[3:] == ["Two", "Three", "Between us"]


def test_cursor_of_another_list_is_refused(idea: Idea, thread: list[Comment]) -> None:
    make_idea(idea.board)
    cursor = nobody().get("ideas/", limit=1, sort="top").json()["next"].partition("cursor=")[2].partition("&")[0]
    assert problem(nobody().get(path_of(idea), cursor=cursor)) == (400, "bad_cursor")


def test_person_comments_and_answers(idea: Idea, member: Person) -> None:
    caller = signed_in(member)
    first = caller.post(path_of(idea), {"body": "Me *too*"})
    assert first.status_code == 201
    answer = caller.post(path_of(idea), {"body": "And me", "parent": first.json()["id"]})
    assert answer.json()["parent"] == first.json()["id"]
    assert bodies(nobody().get(path_of(idea))) == ["Me *too*", "And me"]
    assert nobody().get(f"ideas/{idea.public_id}/").json()["tally"]["comments"] == 2


def test_key_comments_for_a_contact(idea: Idea) -> None:
    caller = with_key(Scope.COMMENTS_WRITE)
    answer = caller.post(path_of(idea), {"body": "Me too", "author": CONTACT})
    assert answer.json()["author"]["name"] == "Cara Customer"
    assert problem(caller.post(path_of(idea), {"body": "Who?"})) == (400, "author_required")
    refused = with_key(Scope.IDEAS_WRITE).post(path_of(idea), {"body": "Me too", "author": CONTACT})
    assert problem(refused) == (403, "missing_scope")
    assert problem(nobody().post(path_of(idea), {"body": "Me too"})) == (401, "not_authenticated")


def test_internal_notes_are_for_those_who_moderate(idea: Idea, member: Person, colleague: Person) -> None:
    note = {"body": "Between us", "is_internal": True}
    assert problem(signed_in(member).post(path_of(idea), note)) == (403, "permission_denied")
    assert problem(with_key(Scope.COMMENTS_WRITE).post(path_of(idea), note | {"author": CONTACT})) == (
        403,
        "permission_denied",
    )
    assert signed_in(colleague).post(path_of(idea), note).json()["is_internal"] is True


def test_boards_and_locks_say_who_may_comment(idea: Idea, board: Board, member: Person, colleague: Person) -> None:
    lock_idea(idea, by=colleague)
    assert problem(signed_in(member).post(path_of(idea), {"body": "x"})) == (409, "idea_locked")
    Board.objects.filter(pk=board.pk).update(commenting_by=Audience.TEAM)
    assert problem(signed_in(member).post(path_of(idea), {"body": "x"})) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "body", "required"),
        ({"body": " \n"}, "body", "required"),
        ({"body": "x" * 5001}, "body", "too_long"),
        ({"body": ["x"]}, "body", "wrong_type"),
        ({"body": "x", "parent": "unknown22222"}, "parent", "unknown_comment"),
        ({"body": "x", "parent": 7}, "parent", "wrong_type"),
        ({"body": "x", "is_internal": "yes"}, "is_internal", "wrong_type"),
        ({"body": "x", "idea": "y"}, "idea", "unknown_field"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_comment_is_refused(idea: Idea, member: Person, body: object, field: str, code: str) -> None:
    answer = signed_in(member).post(path_of(idea), body)
    assert problem(answer) == (400, code)
    assert fields_at_fault(answer) == {field: code}
    assert not Comment.objects.exists()


def test_parent_of_another_idea_or_out_of_sight_is_unknown(idea: Idea, member: Person, colleague: Person) -> None:
    elsewhere = post_comment(make_idea(idea.board), author=member, body="Elsewhere")
    internal = post_comment(idea, author=colleague, body="Between us", is_internal=True)
    for parent in (elsewhere, internal):
        answer = signed_in(member).post(path_of(idea), {"body": "x", "parent": parent.public_id})
        assert problem(answer) == (400, "unknown_comment")
