import pytest

from accounts.models import Person
from accounts.viewers import ANONYMOUS, viewer_for
from activity.models import Event
from common.errors import Invalid, NotFound
from ideas.errors import AlreadyMerged
from ideas.models import Board, Idea, Standing
from ideas.selectors import idea_for
from ideas.services.moderation import (
    assign_idea,
    change_status,
    hide_idea,
    lock_idea,
    move_idea,
    pin_idea,
    respond,
    restore_idea,
    unlock_idea,
)
from ideas.status import TransitionNotAllowed
from tests.support import scene

pytestmark = pytest.mark.django_db


def told(idea: Idea) -> list[tuple[str, dict[str, object]]]:
    events = Event.objects.filter(subject_type="idea", subject_id=idea.pk).exclude(verb="idea.posted")
    return list(events.order_by("id").values_list("verb", "data"))


def test_status_change_with_a_response_is_one_change_told_once(idea: Idea, team_member: Person) -> None:
    changed = change_status(idea, status="planned", response="In spring.", by=team_member)

    assert changed.response is not None
    assert (changed.status, changed.response.body) == ("planned", "In spring.")
    assert Standing.objects.get(pk=idea.pk).status == "planned"
    assert told(idea) == [
        ("idea.status_changed", {"old": "open", "new": "planned", "response_id": changed.response_id})
    ]


def test_the_same_status_again_changes_nothing(idea: Idea, team_member: Person) -> None:
    change_status(idea, status="planned", by=team_member)
    again = change_status(idea, status="planned", by=team_member)
    assert len(told(idea)) == 1
    assert again.version == idea.version + 1


def test_unknown_status_is_refused(idea: Idea, team_member: Person) -> None:
    with pytest.raises(Invalid) as refusal:
        change_status(idea, status="someday", by=team_member)
    assert refusal.value.field == "status"


def test_forbidden_transition_writes_nothing_not_even_the_response(idea: Idea, team_member: Person) -> None:
    change_status(idea, status="shipped", by=team_member)
    with pytest.raises(TransitionNotAllowed):
        change_status(idea, status="open", response="Again?", by=team_member)
    assert not idea.responses.exists()


def test_newest_response_counts_and_earlier_ones_stay(idea: Idea, team_member: Person) -> None:
    respond(idea, body="We look into it.", by=team_member)
    newest = respond(idea, body="It comes in May.", by=team_member)
    assert newest.response is not None
    assert newest.response.body == "It comes in May."
    assert idea.responses.count() == 2


def test_merged_idea_has_no_status_of_its_own(idea: Idea, team_member: Person) -> None:
    Idea.objects.filter(pk=idea.pk).update(merged_into=scene.make_idea(idea.board))
    with pytest.raises(AlreadyMerged):
        change_status(idea, status="planned", by=team_member)


def test_hidden_idea_is_there_for_the_team_alone(
    idea: Idea, author: Person, team_member: Person, other_team_member: Person
) -> None:
    hide_idea(idea, by=team_member)
    for viewer in (ANONYMOUS, viewer_for(author), viewer_for(other_team_member)):
        with pytest.raises(NotFound):
            idea_for(viewer, idea.public_id)
    assert idea_for(viewer_for(team_member), idea.public_id) == idea
    assert not Standing.objects.get(pk=idea.pk).listed

    restore_idea(idea, by=team_member)
    assert idea_for(ANONYMOUS, idea.public_id) == idea
    assert [verb for verb, _data in told(idea)] == ["idea.hidden", "idea.restored"]


def test_lock_and_pin_are_told_once_each(idea: Idea, team_member: Person) -> None:
    for _ in range(2):
        lock_idea(idea, by=team_member)
        pin_idea(idea, by=team_member)
    unlock_idea(idea, by=team_member)
    assert [verb for verb, _data in told(idea)] == ["idea.locked", "idea.pinned", "idea.unlocked"]


def test_moved_idea_keeps_its_address_and_takes_its_tags_along(idea: Idea, team_member: Person) -> None:
    Idea.objects.filter(pk=idea.pk).update(tags=["night"])
    target = scene.make_board(portal=scene.make_portal(), team=idea.board.team)

    moved = move_idea(idea, board=target, by=team_member)

    assert moved.public_id == idea.public_id
    assert Standing.objects.get(pk=idea.pk).board_id == target.pk
    assert list(target.portal.tags.values_list("name", flat=True)) == ["night"]
    assert told(idea) == [("idea.moved", {"old_board": idea.board_id, "new_board": target.pk})]


def test_only_colleagues_of_the_owning_team_are_assigned(
    idea: Idea, board: Board, team_member: Person, other_team_member: Person
) -> None:
    assert assign_idea(idea, assignee=team_member, by=team_member).assignee == team_member
    with pytest.raises(Invalid):
        assign_idea(idea, assignee=other_team_member, by=team_member)
    assert assign_idea(idea, assignee=None, by=team_member).assignee is None
