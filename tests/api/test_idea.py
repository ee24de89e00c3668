from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Role, Scope
from activity.models import Event
from customers.services import person_for_contact
from ideas.models import Board, CountsShown, Idea, Standing
from ideas.services.ideas import post_idea, withdraw_idea
from ideas.services.merging_state import mark_merged
from ideas.services.moderation import change_status, hide_idea, lock_idea
from tests.support.api import fields_at_fault, nobody, problem, signed_in, with_key
from tests.support.scene import make_administrator, make_idea, make_person
from votes.services import unite_people


@pytest.fixture
def idea(board: Board, member: Person) -> Idea:
    return post_idea(board, author=member, title="A softer chair", body="Sitting *hurts*.", tags=["comfort"])


def path_of(idea: Idea) -> str:
    return f"ideas/{idea.public_id}/"


def test_idea_is_shown_with_response_status_and_counts(idea: Idea, member: Person, colleague: Person) -> None:
    change_status(idea, status="planned", by=colleague, response="We **will**.")
    Standing.objects.filter(pk=idea.pk).update(up=5, down=2, comments=1)
    shown = nobody().get(path_of(idea)).json()
    assert shown["body"] == "Sitting *hurts*."
    assert shown["status"] == "planned"
    assert shown["author"] == {"id": member.public_id, "name": "Mia Member"}
    assert shown["tally"] == {"votes": 3, "up": 5, "down": 2, "comments": 1}
    response = shown["response"]
    assert response == {
        "body": "We **will**.",
        "author": {"id": colleague.public_id, "name": "Tom Team"},
        "created_at": response["created_at"],
    }


def test_merged_idea_says_where_it_went(idea: Idea, board: Board) -> None:
    target = make_idea(board)
    mark_merged(idea, into=target)
    assert nobody().get(path_of(idea)).json()["merged_into"] == target.public_id


def test_merged_idea_does_not_name_what_the_caller_may_not_see(idea: Idea, private_board: Board) -> None:
    target = make_idea(private_board)
    mark_merged(idea, into=target)
    assert nobody().get(path_of(idea)).json()["merged_into"] is None
    assert signed_in(make_administrator()).get(path_of(idea)).json()["merged_into"] == target.public_id


def test_author_without_a_name_is_a_guest_and_never_an_address(board: Board) -> None:
    author = make_person(email="shy@example.com")
    Person.objects.filter(pk=author.pk).update(display_name="")
    answer = nobody().get(path_of(make_idea(board, author=author)))
    assert answer.json()["author"]["name"] == f"Guest {author.public_id[:4]}"
    assert b"shy@example.com" not in answer.content


def test_private_hidden_and_withdrawn_ideas_are_not_found(
    idea: Idea, private_board: Board, member: Person, colleague: Person
) -> None:
    private = make_idea(private_board, author=member)
    assert problem(nobody().get(path_of(private))) == (404, "not_found")
    assert problem(with_key(Scope.VOTES_WRITE).get(path_of(private))) == (404, "not_found")
    assert with_key(Scope.IDEAS_READ).get(path_of(private)).status_code == 200
    withdraw_idea(idea, by=member)
    assert problem(nobody().get(path_of(idea))) == (404, "not_found")
    assert signed_in(member).get(path_of(idea)).status_code == 200
    hide_idea(idea, by=colleague)
    assert problem(signed_in(member).get(path_of(idea))) == (404, "not_found")
    assert signed_in(colleague).get(path_of(idea)).status_code == 200


def test_idea_costs_one_query(idea: Idea) -> None:
    with CaptureQueriesContext(connection) as captured:
        nobody().get(path_of(idea))
    assert len(captured) == 1


def test_hidden_counts_are_null(idea: Idea, board: Board, member: Person, colleague: Person) -> None:
    Board.objects.filter(pk=board.pk).update(counts_shown=CountsShown.AFTER_VOTE)
    for caller in (nobody(), signed_in(member), with_key(Scope.IDEAS_READ, Scope.IDEAS_WRITE)):
        assert caller.get(path_of(idea)).json()["tally"]["votes"] is None
    assert signed_in(colleague).get(path_of(idea)).json()["tally"]["votes"] == 0


def test_known_idea_is_not_sent_again_until_anything_of_it_changes(idea: Idea) -> None:
    etag = nobody().get(path_of(idea))["ETag"]
    again = nobody().get(path_of(idea), headers={"If-None-Match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    Standing.objects.filter(pk=idea.pk).update(up=1)
    changed = nobody().get(path_of(idea), headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["tally"]["votes"]) == (200, 1)


# --- PATCH -------------------------------------------------------------------------


def test_author_edits_what_is_given_and_nothing_else(idea: Idea, member: Person) -> None:
    answer = signed_in(member).patch(path_of(idea), {"title": "A soft chair", "tags": [], "language": "de"})
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["title"], shown["tags"], shown["language"]) == ("A soft chair", [], "de")
    assert shown["body"] == "Sitting *hurts*."
    assert shown["updated_at"] > shown["created_at"]
    event = Event.objects.get(verb="idea.edited")
    assert (event.actor_id, set(event.data["fields"])) == (member.pk, {"title", "tags", "language"})


def test_empty_change_changes_nothing(idea: Idea, member: Person) -> None:
    before = nobody().get(path_of(idea))
    answer = signed_in(member).patch(path_of(idea), {})
    assert (answer.status_code, answer.content, answer["ETag"]) == (200, before.content, before["ETag"])


def test_stale_change_is_refused_and_a_vote_makes_none_stale(idea: Idea, member: Person) -> None:
    caller = signed_in(member)
    etag = caller.get(path_of(idea))["ETag"]
    Standing.objects.filter(pk=idea.pk).update(up=1)
    changed = caller.patch(path_of(idea), {"title": "A soft chair"}, If_Match=etag)
    assert changed.status_code == 200
    assert changed["ETag"] == caller.get(path_of(idea))["ETag"]
    stale = caller.patch(path_of(idea), {"title": "Lost update"}, If_Match=etag)
    assert problem(stale) == (412, "precondition_failed")
    assert caller.get(path_of(idea)).json()["title"] == "A soft chair"
    either = f'"0.x", W/{changed["ETag"]}'
    assert caller.patch(path_of(idea), {"body": "One of both"}, If_Match=either).status_code == 200
    assert caller.patch(path_of(idea), {"body": "Any"}, If_Match="*").status_code == 200
    assert problem(caller.patch(path_of(idea), {}, If_Match="nonsense")) == (412, "precondition_failed")


def test_partner_edits_the_ideas_of_its_own_contacts(board: Board) -> None:
    cara = person_for_contact(source="crm", external_id="c-1", name="Cara")
    idea = make_idea(board, author=cara)
    change = {"title": "As told by phone"}
    assert with_key(Scope.IDEAS_WRITE, source="crm").patch(path_of(idea), change).status_code == 200
    stranger = with_key(Scope.IDEAS_WRITE, source="shop").patch(path_of(idea), change)
    assert problem(stranger) == (403, "permission_denied")
    assert with_key(Scope.MODERATION_WRITE, source="shop").patch(path_of(idea), change).status_code == 200
    assert problem(with_key(Scope.IDEAS_READ).patch(path_of(idea), change)) == (403, "missing_scope")


def test_partner_edits_of_people_with_an_account_only_what_came_from_it(board: Board, member: Person) -> None:
    crm, shop = (with_key(Scope.IDEAS_WRITE, source=name) for name in ("crm", "shop"))
    posted = {"board": board.slug, "title": "By phone", "author": {"external_id": "c-1"}}
    theirs = crm.post("ideas/", posted).json()["id"]
    own = make_idea(board, author=member)
    for source in ("crm", "shop"):
        unite_people(person_for_contact(source=source, external_id="c-1"), into=member)
    change = {"title": "As told by phone"}
    assert crm.patch(f"ideas/{theirs}/", change).status_code == 200
    assert problem(crm.patch(path_of(own), change)) == (403, "permission_denied")
    assert problem(shop.patch(f"ideas/{theirs}/", change)) == (403, "permission_denied")
    Person.objects.filter(pk=member.pk).update(role=Role.TEAM_MEMBER)
    assert problem(crm.patch(f"ideas/{theirs}/", change)) == (403, "permission_denied")
    assert problem(crm.post("ideas/", posted)) == (403, "permission_denied")


def test_team_and_administrators_edit_and_strangers_do_not(idea: Idea, colleague: Person) -> None:
    change = {"tags": ["new word"]}
    assert signed_in(colleague).patch(path_of(idea), change).json()["tags"] == ["new word"]
    assert signed_in(make_administrator()).patch(path_of(idea), change).status_code == 200
    assert problem(signed_in(make_person()).patch(path_of(idea), change)) == (403, "permission_denied")
    assert problem(nobody().patch(path_of(idea), change)) == (401, "not_authenticated")


def test_locked_idea_is_edited_by_nobody(idea: Idea, member: Person, colleague: Person) -> None:
    lock_idea(idea, by=colleague)
    assert problem(signed_in(member).patch(path_of(idea), {"title": "x"})) == (403, "permission_denied")
    assert problem(signed_in(colleague).patch(path_of(idea), {"title": "x"})) == (409, "idea_locked")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": ""}, "required"),
        ({"title": None}, "required"),
        ({"body": 5}, "wrong_type"),
        ({"tags": ["unheard of"]}, "unknown_tag"),
        ({"board": "other"}, "unknown_field"),
        ({"author": {"external_id": "c"}}, "unknown_field"),
        ({"status": "planned"}, "unknown_field"),
    ],
    ids=str,
)
def test_bad_change_is_refused_whole(idea: Idea, member: Person, change: dict[str, Any], code: str) -> None:
    caller = signed_in(member)
    before = caller.get(path_of(idea)).content
    answer = caller.patch(path_of(idea), {"language": "de"} | change)
    assert problem(answer) == (400, code)
    assert set(fields_at_fault(answer)) == set(change)
    assert caller.get(path_of(idea)).content == before
