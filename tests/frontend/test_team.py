import pytest
from django.test import Client

from accounts.models import Person
from ideas.models import Board, Comment, Idea
from tests.frontend.conftest import SignedIn
from tests.frontend.support import do, page, text, titles
from tests.support.scene import make_board, make_idea
from votes.models import Vote
from votes.services import cast_vote, fold_and_follow, merge_ideas

pytestmark = pytest.mark.django_db
ACTIONS = ["status", "assign", "move", "merge", "undo-merge", "mark"]


def test_team_bar_is_for_the_team(
    client: Client, signed_in: SignedIn, idea: Idea, member: Person, team_member: Person, other_team_member: Person
) -> None:
    assert "Nobody outside sees this." in text(signed_in(team_member).get(page(idea)))
    for outsider in (client, signed_in(member), signed_in(other_team_member)):
        assert "Nobody outside sees this." not in text(outsider.get(page(idea)))


@pytest.mark.parametrize("what", ACTIONS)
def test_others_cannot_act_as_the_team(
    client: Client, signed_in: SignedIn, idea: Idea, member: Person, other_team_member: Person, what: str
) -> None:
    asked = {"status": "declined", "do": "hide", "into": idea.public_id, "board": "web-shop"}
    assert signed_in(member).post(do(idea, what), asked).status_code == 403
    assert signed_in(other_team_member).post(do(idea, what), asked).status_code == 403
    assert "/accounts/login/" in client.post(do(idea, what), asked)["Location"]
    idea.refresh_from_db()
    assert (idea.status, idea.hidden_at, idea.merged_into) == ("open", None, None)


@pytest.mark.parametrize("what", ACTIONS)
def test_actions_are_not_a_get(signed_in: SignedIn, idea: Idea, team_member: Person, what: str) -> None:
    assert signed_in(team_member).get(do(idea, what)).status_code == 405


@pytest.mark.parametrize(
    ("what", "field", "status"),
    [("assign", "assignee", 400), ("move", "board", 404), ("merge", "into", 404), ("comment", "parent", 404)],
)
def test_names_that_cannot_be_are_no_server_error(
    signed_in: SignedIn, idea: Idea, team_member: Person, what: str, field: str, status: int
) -> None:
    asked = {"body": "Hello", field: "a\x00b"}
    assert signed_in(team_member).post(do(idea, what), asked).status_code == status


def test_team_changes_status_with_an_answer(
    signed_in: SignedIn, client: Client, idea: Idea, team_member: Person
) -> None:
    signed_in(team_member).post(do(idea, "status"), {"status": "planned", "response": "It comes in May."})
    shown = text(client.get(page(idea)))
    assert "It comes in May." in shown
    assert "Planned" in shown
    assert "Tina Team, Product" in shown


def test_status_that_cannot_follow_is_refused(signed_in: SignedIn, idea: Idea, team_member: Person) -> None:
    client = signed_in(team_member)
    client.post(do(idea, "status"), {"status": "declined"})
    response = client.post(do(idea, "status"), {"status": "shipped"})
    assert response.status_code == 409
    assert "cannot become" in text(response)
    assert client.post(do(idea, "status"), {"status": "nonsense"}).status_code == 400


def test_team_assigns_a_colleague_and_nobody_else(
    signed_in: SignedIn, idea: Idea, team_member: Person, member: Person
) -> None:
    client = signed_in(team_member)
    client.post(do(idea, "assign"), {"assignee": team_member.public_id})
    idea.refresh_from_db()
    assert idea.assignee == team_member
    assert client.post(do(idea, "assign"), {"assignee": member.public_id}).status_code == 400
    client.post(do(idea, "assign"), {"assignee": ""})
    idea.refresh_from_db()
    assert idea.assignee is None


def test_team_moves_an_idea_only_to_boards_of_its_own(
    signed_in: SignedIn, idea: Idea, team_member: Person, board: Board
) -> None:
    own, other = make_board(slug="own", team=board.team), make_board(slug="other")
    client = signed_in(team_member)
    assert client.post(do(idea, "move"), {"board": other.slug}).status_code == 403
    client.post(do(idea, "move"), {"board": own.slug})
    idea.refresh_from_db()
    assert idea.board == own
    assert client.get(page(idea)).status_code == 200


@pytest.mark.parametrize(("there", "back"), [("hide", "restore"), ("lock", "unlock"), ("pin", "unpin")])
def test_team_marks_and_unmarks(signed_in: SignedIn, idea: Idea, team_member: Person, there: str, back: str) -> None:
    client = signed_in(team_member)
    before = text(client.get(page(idea)))
    assert f'value="{there}"' in before
    assert f'value="{back}"' in text(client.post(do(idea, "mark"), {"do": there}, follow=True))
    assert f'value="{there}"' in text(client.post(do(idea, "mark"), {"do": back}, follow=True))
    assert client.post(do(idea, "mark"), {"do": "nonsense"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_pinned_idea_stands_above_the_plain_list_as_long_as_it_is_on_the_board(
    signed_in: SignedIn, client: Client, idea: Idea, board: Board, team_member: Person, member: Person
) -> None:
    wanted = make_idea(board, title="Most wanted of all")
    cast_vote(wanted, voter=member)
    fold_and_follow()
    assert titles(client.get("/boards/web-shop/")) == [wanted.title, idea.title]
    signed_in(team_member).post(do(idea, "mark"), {"do": "pin"})
    assert titles(client.get("/boards/web-shop/")) == [idea.title, wanted.title]
    assert titles(client.get("/boards/web-shop/?order=top")) == [wanted.title, idea.title]
    merge_ideas(idea, into=wanted, by=team_member)
    assert titles(client.get("/boards/web-shop/")) == [wanted.title]


def test_internal_note_stays_inside(
    signed_in: SignedIn, client: Client, idea: Idea, team_member: Person, member: Person
) -> None:
    signed_in(team_member).post(do(idea, "comment"), {"body": "Margin is low.", "internal": "1"})
    assert Comment.objects.get().is_internal
    assert "Margin is low." in text(signed_in(team_member).get(page(idea)))
    assert "Margin is low." not in text(client.get(page(idea)))
    assert signed_in(member).post(do(idea, "comment"), {"body": "Me too", "internal": "1"}).status_code == 403


def test_team_merges_and_undoes(
    signed_in: SignedIn, client: Client, idea: Idea, board: Board, team_member: Person, member: Person
) -> None:
    target = make_idea(board, title="A darker theme for night shifts")
    cast_vote(idea, voter=member)
    team = signed_in(team_member)
    assert target.title in text(team.get(do(idea, "merge-targets")))
    assert target.title in text(team.get(do(idea, "merge-targets"), {"q": "darker"}))
    assert "No listed idea on the boards you look after has these words." in text(
        team.get(do(idea, "merge-targets"), {"q": "zebra\x00"})
    )
    response = team.post(do(idea, "merge"), {"into": target.public_id})
    assert response["Location"] == page(target)
    assert Vote.objects.get().idea == target
    assert "Undo the merge" in text(team.get(page(idea)))
    team.post(do(idea, "undo-merge"))
    assert Vote.objects.get().idea == idea
    assert client.get(page(idea)).status_code == 200


def test_merge_into_a_board_of_others_is_refused(signed_in: SignedIn, idea: Idea, team_member: Person) -> None:
    target = make_idea(make_board(slug="other"))
    team = signed_in(team_member)
    assert team.post(do(idea, "merge"), {"into": target.public_id}).status_code == 403
    assert team.post(do(idea, "merge"), {"into": "nothing"}).status_code == 404
    assert team.post(do(idea, "merge"), {"into": idea.public_id}).status_code in (400, 409)


def test_a_form_that_a_colleague_overtook_is_refused_with_the_state_of_now(
    signed_in: SignedIn, idea: Idea, team_member: Person, administrator: Person
) -> None:
    team, seen = signed_in(team_member), {"version": str(idea.version)}
    assert f'name="version" value="{idea.version}"' in text(team.get(page(idea)))
    signed_in(administrator).post(do(idea, "status"), {"status": "planned", "response": "Coming.", **seen})
    answer = team.post(do(idea, "status"), {"status": "declined", "response": "Too dear for us.", **seen})
    assert answer.status_code == 412
    shown = text(answer)
    assert 'role="alert">A colleague changed' in shown
    assert "Coming." in shown
    assert ">Too dear for us.</textarea>" in shown
    assert team.post(do(idea, "assign"), {"assignee": team_member.public_id, **seen}).status_code == 412
    idea.refresh_from_db()
    assert (idea.status, idea.assignee, idea.responses.count()) == ("planned", None, 1)
    again = {"status": "declined", "response": "Too dear for us.", "version": str(idea.version)}
    assert team.post(do(idea, "status"), again).status_code == 302
