from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Role, Scope
from customers.models import Contact
from ideas.models import Audience, Board, CountsShown, Idea
from ideas.services.moderation import change_status, hide_idea
from tests.support.api import Caller, fields_at_fault, nobody, problem, signed_in, with_key
from tests.support.scene import make_administrator, make_board, make_idea, make_person
from votes.models import Vote, VoteEvent
from votes.services import cast_vote, merge_ideas, unite_people

CONTACT = {"external_id": "c-1", "name": "Cara"}


@pytest.fixture
def partner(db: None) -> Caller:
    return with_key(Scope.VOTES_WRITE)


@pytest.fixture
def moderator(db: None) -> Caller:
    return with_key(Scope.MODERATION_WRITE)


def vote_url(idea: Idea) -> str:
    return f"ideas/{idea.public_id}/vote/"


def tally(votes: int | None, up: int | None, down: int | None) -> dict[str, int | None]:
    return {"votes": votes, "up": up, "down": down, "comments": 0}


def test_a_partner_votes_for_a_customer_and_a_repeat_answers_the_same(idea: Idea, partner: Caller) -> None:
    first = partner.send("PUT", vote_url(idea), {"voter": CONTACT})
    again = partner.send("PUT", vote_url(idea), {"voter": CONTACT})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json() == {"idea": idea.public_id, "value": 1, "tally": tally(1, 1, 0)}
    assert VoteEvent.objects.count() == 1


def test_a_vote_over_the_api_takes_few_queries(idea: Idea, partner: Caller, voter: Person) -> None:
    partner.send("PUT", vote_url(idea), {"voter": CONTACT})
    cast_vote(idea, voter=voter)
    with CaptureQueriesContext(connection) as by_key:
        partner.send("PUT", vote_url(idea), {"voter": CONTACT, "value": -1})
    member = signed_in(voter)
    with CaptureQueriesContext(connection) as by_session:
        member.send("PUT", vote_url(idea), {"value": -1})
    # The caller (for a session two), the idea with its board, the contact, the vote in its transaction.
    assert (len(by_key), len(by_session)) == (6, 6), [query["sql"] for query in (*by_key, *by_session)]


def test_a_member_changes_and_takes_back_a_vote(idea: Idea, voter: Person) -> None:
    member = signed_in(voter)
    assert member.send("PUT", vote_url(idea)).json()["value"] == 1
    assert member.send("PUT", vote_url(idea), {"value": -1}).json()["tally"] == tally(-1, 0, 1)
    for _repeat in range(2):
        taken_back = member.send("DELETE", vote_url(idea))
        assert (taken_back.status_code, taken_back.json()["value"]) == (200, 0)
        assert taken_back.json()["tally"] == tally(0, 0, 0)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_vote_needs_a_caller_a_scope_and_a_voter(idea: Idea, method: str) -> None:
    assert problem(nobody().send(method, vote_url(idea))) == (401, "not_authenticated")
    assert problem(with_key(Scope.IDEAS_WRITE).send(method, vote_url(idea))) == (403, "missing_scope")
    unnamed = with_key(Scope.VOTES_WRITE, source="shop").send(method, vote_url(idea))
    assert (problem(unnamed), fields_at_fault(unnamed)) == ((400, "voter_required"), {"voter": "voter_required"})


def test_a_session_votes_with_its_csrf_token_and_for_itself_only(idea: Idea, voter: Person) -> None:
    member = signed_in(voter)
    assert problem(member.send("PUT", vote_url(idea), {"voter": CONTACT})) == (400, "not_for_others")
    member.headers.clear()
    assert problem(member.send("PUT", vote_url(idea)))[0] == 403
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"value": 2}, "invalid_choice", "value"),
        ({"value": "1"}, "wrong_type", "value"),
        ({"value": True}, "wrong_type", "value"),
        ({"value": 1.0}, "wrong_type", "value"),
        ({"value": None}, "required", "value"),
        ({"volume": 1}, "unknown_field", "volume"),
        ({"voter": "c-1"}, "wrong_type", "voter"),
        ({"voter": {}}, "required", "voter.external_id"),
        ({"voter": {"external_id": 7}}, "wrong_type", "voter.external_id"),
        ({"voter": {"external_id": "a\0b"}}, "invalid_characters", "voter.external_id"),
        ({"voter": {"external_id": "c", "age": 3}}, "unknown_field", "voter.age"),
        ({"voter": {"external_id": "c", "email": "no address"}}, "invalid", "voter.email"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_cannot_be_read_is_refused_by_field(
    idea: Idea, partner: Caller, method: str, body: dict[str, Any], code: str, field: str
) -> None:
    answer = partner.send(method, vote_url(idea), {"voter": CONTACT} | body)
    assert problem(answer)[0] == 400
    assert fields_at_fault(answer) == {field: code}
    assert not Contact.objects.exists()


def test_a_refused_vote_leaves_no_trace_of_its_voter(idea: Idea, partner: Caller) -> None:
    change_status(idea, status="shipped", by=make_administrator())
    assert problem(partner.send("PUT", vote_url(idea), {"voter": CONTACT})) == (409, "voting_closed")
    Board.objects.update(is_open=False)
    assert problem(partner.send("PUT", vote_url(idea), {"voter": CONTACT})) == (409, "board_closed")
    assert not Contact.objects.exists()


def test_a_board_without_down_votes_says_so(partner: Caller) -> None:
    answer = partner.send("PUT", vote_url(make_idea()), {"value": -1, "voter": CONTACT})
    assert (problem(answer), fields_at_fault(answer)) == (
        (400, "down_vote_not_allowed"),
        {"value": "down_vote_not_allowed"},
    )


def test_private_and_hidden_ideas_are_not_found(voter: Person, partner: Caller) -> None:
    private = make_idea(make_board(seen_by=Audience.TEAM))
    hidden = hide_idea(make_idea(), by=make_administrator())
    for idea in (private, hidden):
        assert problem(signed_in(voter).send("PUT", vote_url(idea))) == (404, "not_found")
        assert problem(partner.send("PUT", vote_url(idea), {"voter": CONTACT})) == (404, "not_found")
    assert problem(partner.send("PUT", "ideas/23456789/vote/", {"voter": CONTACT})) == (404, "not_found")


def test_a_board_where_only_the_team_votes_refuses_members(voter: Person) -> None:
    board = make_board(voting_by=Audience.TEAM)
    assert problem(signed_in(voter).send("PUT", vote_url(make_idea(board)))) == (403, "permission_denied")
    colleague = make_person(teams=(board.team,))
    assert signed_in(colleague).send("PUT", vote_url(make_idea(board))).status_code == 200


def test_hidden_counts_show_to_whoever_has_voted_and_only_while(voter: Person, partner: Caller) -> None:
    idea = make_idea(make_board(counts_shown=CountsShown.AFTER_VOTE))
    cast_vote(idea, voter=make_person())
    member, url = signed_in(voter), f"ideas/{idea.public_id}/"
    assert member.get(url).json()["tally"] == tally(None, None, None)
    assert member.send("PUT", vote_url(idea)).json()["tally"] == tally(1, 1, 0)
    assert member.get(url).json()["tally"]["votes"] is not None
    assert nobody().get(url).json()["tally"] == tally(None, None, None)
    assert partner.send("PUT", vote_url(idea), {"voter": CONTACT}).json()["tally"]["votes"] is not None
    assert partner.get(url).json()["tally"] == tally(None, None, None)
    assert member.send("DELETE", vote_url(idea)).json()["tally"] == tally(None, None, None)
    assert member.get(url).json()["tally"] == tally(None, None, None)


def test_voters_are_listed_page_by_page_for_the_team(idea: Idea, moderator: Caller, voter: Person) -> None:
    people = [make_person() for _ in range(3)]
    for person in people:
        cast_vote(idea, voter=person)
    url = f"ideas/{idea.public_id}/voters/"
    assert problem(signed_in(voter).get(url)) == (403, "permission_denied")
    assert problem(nobody().get(url)) == (401, "not_authenticated")
    first = moderator.get(url, limit=2).json()
    assert [entry["voter"]["id"] for entry in first["results"]] == [person.public_id for person in people[:2]]
    second = moderator.get(first["next"]).json()
    assert [entry["voter"]["id"] for entry in second["results"]] == [people[2].public_id]
    assert (second["next"], first["previous"]) == (None, None)
    assert moderator.get(second["previous"]).json()["results"] == first["results"]
    assert problem(moderator.get(url, cursor="nonsense")) == (400, "bad_cursor")


def test_merging_and_undoing_over_the_api(idea: Idea, board: Board, moderator: Caller, partner: Caller) -> None:
    other = make_idea(board)
    partner.send("PUT", vote_url(idea), {"voter": CONTACT})
    url = f"ideas/{idea.public_id}/merge/"
    merged = moderator.post(url, {"into": other.public_id})
    assert (merged.status_code, merged.json()["merged_into"]) == (200, other.public_id)
    assert problem(moderator.post(url, {"into": other.public_id})) == (409, "already_merged")
    voted = partner.send("PUT", vote_url(idea), {"voter": {"external_id": "c-2"}}).json()
    assert (voted["idea"], voted["tally"]) == (other.public_id, tally(1, 1, 0))
    undone = moderator.send("DELETE", url)
    assert (undone.status_code, undone.json()["merged_into"]) == (200, None)
    assert problem(moderator.send("DELETE", url)) == (409, "not_merged")


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "required"), ({"into": 7}, "wrong_type"), ({"into": "x", "by": "me"}, "unknown_field")],
)
def test_a_merge_that_cannot_be_read_is_refused(idea: Idea, moderator: Caller, body: dict[str, Any], code: str) -> None:
    assert problem(moderator.post(f"ideas/{idea.public_id}/merge/", body)) == (400, code)


def test_only_the_team_of_both_boards_merges(idea: Idea, board: Board, voter: Person, moderator: Caller) -> None:
    elsewhere = make_idea()
    url = f"ideas/{idea.public_id}/merge/"
    assert problem(signed_in(voter).post(url, {"into": elsewhere.public_id})) == (403, "permission_denied")
    colleague = signed_in(make_person(teams=(board.team,)))
    assert problem(colleague.post(url, {"into": elsewhere.public_id})) == (403, "permission_denied")
    assert problem(moderator.post(url, {"into": idea.public_id})) == (400, "merge_into_itself")
    assert problem(moderator.post(url, {"into": "nowhere"})) == (404, "unknown_idea")
    assert colleague.post(url, {"into": make_idea(board).public_id}).status_code == 200


def test_my_votes_by_ideas_and_as_pages(idea: Idea, board: Board, voter: Person) -> None:
    other, third = make_idea(board), make_idea(board)
    cast_vote(idea, voter=voter)
    cast_vote(other, voter=voter, value=-1)
    cast_vote(third, voter=make_person())
    member = signed_in(voter)
    asked = member.get(f"votes/mine/?idea={idea.public_id}&idea={third.public_id}&idea={other.public_id}").json()
    assert [(entry["idea"], entry["value"]) for entry in asked["results"]] == [
        (idea.public_id, 1),
        (other.public_id, -1),
    ]
    newest = member.get("votes/mine/", limit=1).json()
    assert newest["results"][0]["idea"] == other.public_id
    older = member.get(newest["next"]).json()
    assert (older["results"][0]["idea"], older["next"]) == (idea.public_id, None)
    assert member.get(older["previous"]).json()["results"] == newest["results"]


def test_a_vote_on_a_merged_idea_is_found_by_its_id(idea: Idea, board: Board, voter: Person) -> None:
    duplicate = make_idea(board)
    cast_vote(duplicate, voter=voter)
    merge_ideas(duplicate, into=idea, by=None)
    found = signed_in(voter).get(f"votes/mine/?idea={duplicate.public_id}").json()["results"]
    assert [(entry["idea"], entry["value"]) for entry in found] == [(duplicate.public_id, 1)]


def test_a_key_asks_for_the_votes_of_its_own_contacts(idea: Idea, partner: Caller) -> None:
    partner.send("PUT", vote_url(idea), {"voter": CONTACT})
    asked = partner.get("votes/mine/", idea=idea.public_id, voter_external_id="c-1").json()
    assert [entry["value"] for entry in asked["results"]] == [1]
    assert partner.get("votes/mine/", voter_external_id="stranger").json()["results"] == []
    assert with_key(source="shop").get("votes/mine/", voter_external_id="c-1").json()["results"] == []
    assert problem(partner.get("votes/mine/")) == (400, "voter_required")
    assert problem(nobody().get("votes/mine/")) == (401, "not_authenticated")
    assert problem(partner.get("votes/mine/", voter_external_id="c-1", sort="top")) == (400, "unknown_parameter")


def test_a_key_votes_as_a_person_with_an_account_and_does_not_ask_how_they_voted(
    idea: Idea, board: Board, voter: Person, partner: Caller
) -> None:
    own = make_idea(board)
    cast_vote(own, voter=voter)
    partner.send("PUT", vote_url(idea), {"voter": CONTACT})
    unite_people(Contact.objects.get().person, into=voter)
    assert problem(partner.get("votes/mine/", voter_external_id="c-1")) == (403, "has_account")
    assert problem(partner.get("votes/mine/", idea=own.public_id, voter_external_id="c-1")) == (403, "has_account")
    assert partner.send("PUT", vote_url(own), {"voter": CONTACT}).status_code == 200
    assert Vote.objects.filter(idea=own).count() == 1
    Person.objects.filter(pk=voter.pk).update(role=Role.ADMINISTRATOR)
    for method in ("PUT", "DELETE"):
        assert problem(partner.send(method, vote_url(own), {"voter": CONTACT})) == (403, "permission_denied")


def test_votes_on_ideas_that_became_private_are_not_shown(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    Board.objects.update(seen_by=Audience.TEAM)
    assert signed_in(voter).get("votes/mine/").json()["results"] == []
    assert signed_in(voter).get("votes/mine/", idea=idea.public_id).json()["results"] == []
