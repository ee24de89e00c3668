from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Person
from accounts.viewers import ANONYMOUS, viewer_for
from common.errors import Invalid
from ideas.errors import AlreadyMerged, BoardClosed, IdeaLocked
from ideas.models import Board, Idea, Standing
from ideas.selectors import comments_of
from ideas.services.comments import (
    edit_comment,
    hide_comment,
    post_comment,
    restore_comment,
    return_comment,
    withdraw_comment,
)
from ideas.services.merging_state import mark_merged
from ideas.services.moderation import lock_idea
from tests.support import scene
from tests.support.connections import other_connection, waiting_for_it

pytestmark = pytest.mark.django_db


def counted(idea: Idea) -> int:
    return Standing.objects.get(pk=idea.pk).comments


def test_comments_are_counted_while_everybody_sees_them(idea: Idea, member: Person, team_member: Person) -> None:
    comment = post_comment(idea, author=member, body="Yes, at night.")
    post_comment(idea, author=team_member, body="Costs two weeks.", is_internal=True)
    assert counted(idea) == 1

    withdraw_comment(comment, by=member)
    hide_comment(comment, by=team_member)
    hide_comment(comment, by=team_member)
    assert counted(idea) == 0

    return_comment(comment, by=member)
    assert counted(idea) == 0, "still hidden"
    restore_comment(comment, by=team_member)
    assert counted(idea) == 1


def test_internal_notes_are_seen_by_the_team_alone(
    idea: Idea, member: Person, team_member: Person, other_team_member: Person
) -> None:
    public = post_comment(idea, author=member, body="Public")
    note = post_comment(idea, author=team_member, body="Internal", is_internal=True)
    for viewer in (ANONYMOUS, viewer_for(member), viewer_for(other_team_member)):
        assert list(comments_of(idea, viewer)) == [public]
    assert list(comments_of(idea, viewer_for(team_member))) == [public, note]


def test_replies_follow_their_thread_on_one_level(idea: Idea, member: Person, author: Person) -> None:
    first = post_comment(idea, author=member, body="First")
    second = post_comment(idea, author=member, body="Second")
    reply = post_comment(idea, author=author, body="To the first", parent=first)
    answer = post_comment(idea, author=member, body="To the reply", parent=reply)
    assert answer.parent == first
    assert list(comments_of(idea, ANONYMOUS)) == [first, reply, answer, second]


def test_reply_to_an_internal_note_is_internal(idea: Idea, team_member: Person) -> None:
    note = post_comment(idea, author=team_member, body="Internal", is_internal=True)
    assert post_comment(idea, author=team_member, body="Agreed", parent=note).is_internal


def test_reply_to_a_comment_of_another_idea_is_refused(idea: Idea, member: Person) -> None:
    elsewhere = post_comment(scene.make_idea(idea.board), author=member, body="Elsewhere")
    with pytest.raises(Invalid) as refusal:
        post_comment(idea, author=member, body="Here", parent=elsewhere)
    assert refusal.value.field == "parent"


def test_edit_keeps_the_replaced_text(idea: Idea, member: Person) -> None:
    comment = post_comment(idea, author=member, body="Frist")
    edited = edit_comment(comment, by=member, body="First")
    assert edited.edited_at is not None
    assert [revision.body for revision in comment.revisions.all()] == ["Frist"]


def test_locked_idea_takes_internal_notes_only(idea: Idea, member: Person, team_member: Person) -> None:
    comment = post_comment(idea, author=member, body="Before")
    lock_idea(idea, by=team_member)
    with pytest.raises(IdeaLocked):
        post_comment(idea, author=member, body="After")
    with pytest.raises(IdeaLocked):
        edit_comment(comment, by=member, body="Changed")
    post_comment(idea, author=team_member, body="Why we closed it", is_internal=True)


def test_comment_sent_again_is_the_same_one(idea: Idea, member: Person, author: Person) -> None:
    first = post_comment(idea, author=member, body="Yes, at night.")
    assert post_comment(idea, author=member, body="Yes, at night. ") == first
    assert counted(idea) == 1
    for other in (
        post_comment(idea, author=author, body="Yes, at night."),
        post_comment(idea, author=member, body="Yes, at night.", parent=first),
        post_comment(scene.make_idea(idea.board), author=member, body="Yes, at night."),
    ):
        assert other != first
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert post_comment(idea, author=member, body="Yes, at night.") != first


def test_withdrawn_comment_can_be_written_again(idea: Idea, member: Person) -> None:
    first = post_comment(idea, author=member, body="Yes, at night.")
    withdraw_comment(first, by=member)
    assert post_comment(idea, author=member, body="Yes, at night.") != first


@pytest.mark.django_db(transaction=True)
def test_comment_sent_twice_at_once_is_there_once(idea: Idea, member: Person) -> None:
    barrier = Barrier(4)

    def say(_number: int) -> int:
        barrier.wait(timeout=30)
        said = post_comment(idea, author=member, body="Yes, at night.")
        connection.close()
        return said.pk

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(say, range(4)))) == counted(idea) == 1


def test_closed_board_takes_no_comment(idea: Idea, board: Board, member: Person) -> None:
    Board.objects.filter(pk=board.pk).update(is_open=False)
    with pytest.raises(BoardClosed):
        post_comment(idea, author=member, body="Too late")


def test_merged_idea_takes_no_comment(idea: Idea, board: Board, member: Person) -> None:
    mark_merged(idea, into=scene.make_idea(board))
    with pytest.raises(AlreadyMerged):
        post_comment(idea, author=member, body="Too late")


@pytest.mark.django_db(transaction=True)
def test_idea_that_is_being_locked_takes_no_comment(idea: Idea, member: Person) -> None:
    def comment() -> None:
        with pytest.raises(IdeaLocked):
            post_comment(idea, author=member, body="In the same moment")

    with other_connection() as team, waiting_for_it(team, comment):
        team.execute("UPDATE ideas_idea SET is_locked = true WHERE id = %s", [idea.pk])
    assert counted(idea) == 0
