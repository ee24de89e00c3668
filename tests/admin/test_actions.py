"""What a product manager does with ideas and comments, through the pages."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from activity.models import Event
from ideas.models import Board, Comment, Idea, OfficialResponse
from ideas.services.comments import post_comment
from ideas.services.moderation import change_status
from tests.admin.conftest import SignedIn
from tests.support.scene import make_board, make_idea, make_person
from votes.services.casting import cast_vote

LIST = "/admin/ideas/idea/"


def act(client: Client, action: str, *ideas: Any, path: str = LIST, **data: Any) -> Any:
    ticked = {"action": action, "index": 0, "_selected_action": [row.pk for row in ideas]}
    return client.post(path, ticked | data, follow=True)


def told(idea: Idea) -> list[str]:
    return list(
        Event.objects.filter(subject_type="idea", subject_id=idea.pk).order_by("id").values_list("verb", flat=True)
    )


@pytest.mark.parametrize(
    ("action", "undo", "field"),
    [("hide", "restore", "hidden_at"), ("lock", "unlock", "is_locked"), ("pin", "unpin", "is_pinned")],
)
def test_switches_work_both_ways(action: str, undo: str, field: str, idea: Idea, pm: Client) -> None:
    act(pm, action, idea)
    idea.refresh_from_db()
    assert getattr(idea, field)
    act(pm, undo, idea, path=f"{LIST}?place=all")
    idea.refresh_from_db()
    assert not getattr(idea, field)
    assert len(told(idea)) == 3


def test_status_of_several_changes_after_the_question(
    board: Board, idea: Idea, pm: Client, team_member: Person
) -> None:
    other = make_idea(board)
    page = act(pm, "set_status", idea, other)
    assert page.status_code == 200
    assert idea.title in page.content.decode()
    assert idea.status == "open"
    act(pm, "set_status", idea, other, answered=1, status="planned", response="In spring.")
    for changed in (idea, other):
        changed.refresh_from_db()
        assert changed.status == "planned"
        assert changed.response is not None
        assert (changed.response.body, changed.response.author) == ("In spring.", team_member)
        assert changed.standing.status == "planned"


def test_a_refusal_of_one_idea_stops_no_other(board: Board, idea: Idea, pm: Client, team_member: Person) -> None:
    shipped = make_idea(board, title="Shipped long ago")
    change_status(shipped, status="shipped", by=team_member)
    page = act(pm, "set_status", idea, shipped, answered=1, status="declined", response="")
    shipped.refresh_from_db()
    idea.refresh_from_db()
    assert (idea.status, shipped.status) == ("declined", "shipped")
    assert "Shipped long ago: “Shipped” cannot become “Declined”." in page.content.decode()


def test_assigning_offers_colleagues_only(
    idea: Idea, pm: Client, team_member: Person, other_team_member: Person
) -> None:
    page = act(pm, "assign", idea).content.decode()
    assert team_member.display_name in page
    assert other_team_member.display_name not in page
    act(pm, "assign", idea, answered=1, assignee=team_member.pk)
    idea.refresh_from_db()
    assert idea.assignee == team_member
    act(pm, "assign", idea, answered=1, assignee="")
    idea.refresh_from_db()
    assert idea.assignee is None


def test_ideas_of_other_teams_are_out_of_reach(idea: Idea, signed_in: SignedIn, other_team_member: Person) -> None:
    act(signed_in(other_team_member), "hide", idea)
    idea.refresh_from_db()
    assert idea.hidden_at is None


def test_actions_take_ticked_rows_only(idea: Idea, pm: Client) -> None:
    act(pm, "hide", idea, select_across=1)
    pm.post(LIST, {"action": "hide", "index": 0, "_selected_action": ["x"]})
    pm.post(LIST, {"action": "delete_selected", "index": 0, "_selected_action": [idea.pk]})
    idea.refresh_from_db()
    assert idea.hidden_at is None


def form_of(client: Client, idea: Idea) -> dict[str, Any]:
    """The idea's form as the browser would send it back."""
    form = client.get(f"{LIST}{idea.pk}/change/").context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def save(client: Client, idea: Idea, form: dict[str, Any]) -> Any:
    return client.post(f"{LIST}{idea.pk}/change/", form)


def test_one_form_answers_assigns_and_edits(idea: Idea, pm: Client, team_member: Person) -> None:
    form = form_of(pm, idea) | {
        "status": "planned",
        "new_response": "We begin in May.",
        "assignee": team_member.pk,
        "note": "Ask design first.",
        "tags": "night, contrast",
        "is_pinned": "on",
    }
    assert save(pm, idea, form).status_code == 302
    idea.refresh_from_db()
    assert (idea.status, idea.assignee, idea.tags, idea.is_pinned) == (
        "planned",
        team_member,
        ["night", "contrast"],
        True,
    )
    assert OfficialResponse.objects.get(idea=idea).body == "We begin in May."
    assert [(note.body, note.is_internal) for note in Comment.objects.all()] == [("Ask design first.", True)]
    assert told(idea) == ["idea.posted", "idea.edited", "idea.status_changed", "idea.assigned", "idea.pinned"]
    page = pm.get(f"{LIST}{idea.pk}/change/").content.decode()
    for shown in ("Open → Planned", "We begin in May.", "Ask design first.", team_member.display_name):
        assert shown in page


def test_saving_nothing_tells_nothing(idea: Idea, pm: Client) -> None:
    assert save(pm, idea, form_of(pm, idea)).status_code == 302
    assert told(idea) == ["idea.posted"]


def test_what_a_service_refuses_stands_in_the_form_and_nothing_is_kept(
    idea: Idea, pm: Client, team_member: Person
) -> None:
    stale = form_of(pm, idea) | {"title": "Mine", "new_response": "Coming."}
    assert save(pm, idea, form_of(pm, idea) | {"title": "Theirs", "status": "declined"}).status_code == 302
    page = save(pm, idea, stale)
    assert page.status_code == 200
    assert "A colleague changed this idea in the meantime" in page.content.decode()
    idea.refresh_from_db()
    assert (idea.title, idea.status, idea.response) == ("Theirs", "declined", None)
    form = page.context["adminform"].form
    again = {name: form[name].value() for name in ("title", "new_response", "status", "seen_version")}
    assert again == {
        "title": "Mine",
        "new_response": "Coming.",
        "status": "declined",
        "seen_version": str(idea.version),
    }
    assert save(pm, idea, stale | again).status_code == 302


def test_moving_goes_to_boards_of_the_team_only(idea: Idea, board: Board, pm: Client) -> None:
    theirs, ours = make_board(), make_board(team=board.team, portal=board.portal)
    assert save(pm, idea, form_of(pm, idea) | {"board": theirs.pk}).status_code == 200
    assert save(pm, idea, form_of(pm, idea) | {"board": ours.pk}).status_code == 302
    idea.refresh_from_db()
    assert idea.board == ours


def test_comments_are_hidden_and_shown_again(idea: Idea, member: Person, pm: Client) -> None:
    comment = post_comment(idea, author=member, body="Rude words")
    for action, is_hidden in (("hide", True), ("restore", False)):
        act(pm, action, comment, path="/admin/ideas/comment/")
        assert Comment.objects.filter(hidden_at__isnull=False).exists() is is_hidden
    assert pm.post(f"/admin/ideas/comment/{comment.pk}/change/", {"body": "Better words"}).status_code == 302
    comment.refresh_from_db()
    assert comment.body == "Rude words"


def test_comments_are_found_by_their_words(idea: Idea, pm: Client) -> None:
    for body in ("A pleasant night", "A rude word"):
        post_comment(idea, author=make_person(), body=body)
    found = pm.get("/admin/ideas/comment/", {"q": "rude"}).context["cl"].result_list
    assert [comment.body for comment in found] == ["A rude word"]


def test_duplicates_are_merged_and_parted_again(board: Board, idea: Idea, pm: Client, member: Person) -> None:
    duplicate = make_idea(board, title="Night mode")
    cast_vote(duplicate, voter=member)
    page = act(pm, "merge", duplicate)
    assert "the idea that stays" in page.content.decode().lower()
    act(pm, "merge", duplicate, answered=1, into=idea.pk)
    duplicate.refresh_from_db()
    assert duplicate.merged_into == idea
    assert "Night mode" not in pm.get(LIST).content.decode()
    act(pm, "unmerge", duplicate, path=f"{LIST}?place=merged")
    duplicate.refresh_from_db()
    assert duplicate.merged_into is None


def test_merging_into_an_idea_of_another_team_is_refused(idea: Idea, pm: Client) -> None:
    theirs = make_idea()
    assert act(pm, "merge", idea, answered=1, into=theirs.pk).status_code == 200
    idea.refresh_from_db()
    assert idea.merged_into is None


def test_votes_are_drawn_by_day(idea: Idea, pm: Client, member: Person) -> None:
    cast_vote(idea, voter=member)
    cast_vote(idea, voter=make_person())
    chart = json.loads(pm.get(f"{LIST}{idea.pk}/change/").context["votes_chart"])
    assert chart["datasets"][0]["data"][-1] == 2
    assert sum(chart["datasets"][0]["data"]) == 2
    assert len(chart["labels"]) == len(chart["datasets"][0]["data"])
