import pytest

from accounts.models import Person, Scope
from accounts.services import create_api_key
from activity.models import Event
from common.errors import Invalid, Stale
from ideas.errors import AlreadyMerged, BoardClosed, IdeaLocked, UnknownTag
from ideas.models import Board, Idea, Standing, Tag
from ideas.services.ideas import edit_idea, post_idea, return_idea, withdraw_idea
from ideas.services.moderation import lock_idea
from tests.support import scene

pytestmark = pytest.mark.django_db


def verbs_of(idea: Idea) -> list[str]:
    events = Event.objects.filter(subject_type="idea", subject_id=idea.pk)
    return list(events.order_by("id").values_list("verb", flat=True))


def test_posted_idea_stands_in_the_lists_without_a_vote_of_its_author(board: Board, author: Person) -> None:
    idea = post_idea(board, author=author, title="  Dark   theme ", body="For the *night*.")

    standing = Standing.objects.get(pk=idea.pk)
    assert idea.title == "Dark theme"
    assert (standing.board_id, standing.status, standing.listed) == (board.pk, "open", True)
    assert (standing.up, standing.down, standing.comments) == (0, 0, 0)
    assert standing.trending == float("-inf")
    assert standing.created_at == idea.created_at
    assert verbs_of(idea) == ["idea.posted"]


def test_idea_sent_again_is_the_same_one(board: Board, author: Person, member: Person) -> None:
    first = post_idea(board, author=author, title="Dark theme", body="For the night.")
    assert post_idea(board, author=author, title="Dark  theme", body="For the night.") == first
    assert verbs_of(first) == ["idea.posted"]
    assert post_idea(board, author=author, title="Dark theme", body="For the day.") != first
    assert post_idea(board, author=member, title="Dark theme", body="For the night.") != first
    withdraw_idea(first, by=author)
    assert post_idea(board, author=author, title="Dark theme", body="For the night.") != first


def test_key_says_itself_what_is_a_repeat(board: Board, author: Person) -> None:
    key = create_api_key(name="Desk", scopes=[Scope.IDEAS_WRITE])[0]
    first, second = (post_idea(board, author=author, title="Dark theme", key=key) for _time in range(2))
    assert first != second


def test_closed_board_takes_no_idea(board: Board, author: Person) -> None:
    board.is_open = False
    with pytest.raises(BoardClosed):
        post_idea(board, author=author, title="Too late")
    assert not Idea.objects.exists()


def test_unknown_tag_is_refused_and_nothing_is_written(board: Board, author: Person) -> None:
    Tag.objects.create(portal=board.portal, name="Mobile")
    with pytest.raises(UnknownTag) as refusal:
        post_idea(board, author=author, title="With tags", tags=["mobile", "nobody knows this"])
    assert refusal.value.field == "tags"
    assert not Idea.objects.exists()
    assert not Event.objects.exists()


def test_tag_takes_the_spelling_of_the_vocabulary(board: Board, author: Person) -> None:
    Tag.objects.create(portal=board.portal, name="Mobile")
    idea = post_idea(board, author=author, title="With tags", tags=["MOBILE", "New"], makes_tags=True)
    assert idea.tags == ["Mobile", "New"]
    assert set(Tag.objects.values_list("name", flat=True)) == {"Mobile", "New"}


def test_edit_keeps_what_it_replaced(idea: Idea, author: Person) -> None:
    edited = edit_idea(idea, by=author, title="A dark theme", body="More words")
    revision = idea.revisions.get()
    assert (revision.title, revision.body, revision.editor) == (idea.title, idea.body, author)
    assert edited.version == idea.version + 1
    assert edited.updated_at > idea.updated_at
    assert verbs_of(idea) == ["idea.posted", "idea.edited"]


def test_edit_that_changes_nothing_writes_nothing(idea: Idea, author: Person) -> None:
    assert edit_idea(idea, by=author, title=f" {idea.title} ").version == idea.version
    assert not idea.revisions.exists()


def test_edit_of_a_version_that_was_replaced_is_refused(idea: Idea, author: Person) -> None:
    edit_idea(idea, by=author, title="First", expected_version=idea.version)
    with pytest.raises(Stale):
        edit_idea(idea, by=author, title="Second", expected_version=idea.version)
    idea.refresh_from_db()
    assert idea.title == "First"


def test_old_tags_survive_an_edit_although_the_vocabulary_lost_them(board: Board, author: Person) -> None:
    idea = post_idea(board, author=author, title="Tagged", tags=["Old"], makes_tags=True)
    Tag.objects.all().delete()
    assert edit_idea(idea, by=author, tags=["old"]).tags == ["Old"]


def test_locked_idea_cannot_be_edited(idea: Idea, author: Person, team_member: Person) -> None:
    lock_idea(idea, by=team_member)
    with pytest.raises(IdeaLocked):
        edit_idea(idea, by=author, title="Changed")


def test_merged_idea_cannot_be_edited(idea: Idea, author: Person) -> None:
    Idea.objects.filter(pk=idea.pk).update(merged_into=scene.make_idea(idea.board))
    with pytest.raises(AlreadyMerged):
        edit_idea(idea, by=author, title="Changed")


def test_withdrawn_idea_leaves_the_lists_and_comes_back(idea: Idea, author: Person) -> None:
    withdraw_idea(idea, by=author)
    withdraw_idea(idea, by=author)
    assert not Standing.objects.get(pk=idea.pk).listed
    return_idea(idea, by=author)
    assert Standing.objects.get(pk=idea.pk).listed
    assert verbs_of(idea) == ["idea.posted", "idea.withdrawn", "idea.returned"]


def test_language_is_the_boards_unless_said(board: Board, author: Person) -> None:
    board.language = "de"
    assert post_idea(board, author=author, title="Ohne Angabe").language == "de"
    assert post_idea(board, author=author, title="Said", language="en").language == "en"
    with pytest.raises(Invalid):
        post_idea(board, author=author, title="Wrong", language="klingon")
