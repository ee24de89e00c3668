from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from ideas.models import Board, Idea
from ideas.services.moderation import change_status
from tests.frontend.conftest import SignedIn
from tests.frontend.support import do, page, text
from tests.support.scene import make_board, make_idea
from votes.models import Vote

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


def value_of(idea: Idea, person: Person) -> int:
    return Vote.objects.filter(idea=idea, voter=person).values_list("value", flat=True).first() or 0


def test_vote_is_cast_and_leads_back_to_the_same_spot(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    response = signed_in(member).post(do(idea, "vote"), {"value": "1", "next": "/boards/web-shop/?order=new"})
    assert response.status_code == 302
    assert response["Location"] == f"/boards/web-shop/?order=new#idea-{idea.public_id}"
    assert value_of(idea, member) == 1


def test_vote_can_be_repeated_and_taken_back(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    client = signed_in(member)
    for value, expected in (("1", 1), ("1", 1), ("0", 0), ("0", 0)):
        client.post(do(idea, "vote"), {"value": value}, headers=FRAGMENT)
        assert value_of(idea, member) == expected


def test_double_click_without_script_is_one_vote(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    client = signed_in(member)
    for value in ("1", "0"):
        client.post(do(idea, "vote"), {"value": value})
    assert value_of(idea, member) == 1
    Vote.objects.update(at=timezone.now() - timedelta(seconds=1))
    client.post(do(idea, "vote"), {"value": "0"})
    assert value_of(idea, member) == 0


def test_vote_never_leads_to_another_site(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    response = signed_in(member).post(do(idea, "vote"), {"value": "1", "next": "https://evil.example/"})
    assert response["Location"] == f"{page(idea)}#idea-{idea.public_id}"


def test_htmx_gets_the_control_with_the_new_count(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    response = signed_in(member).post(do(idea, "vote"), {"value": "1"}, headers=FRAGMENT)
    assert response.status_code == 200
    assert 'aria-pressed="true"' in text(response)
    assert 'data-count="1"' in text(response)
    assert "<html" not in text(response)


def test_signed_out_vote_leads_to_sign_in_and_back(client: Client, idea: Idea) -> None:
    way_in = f"/accounts/login/?next={page(idea).replace('/', '%2F')}"
    assert way_in in text(client.get("/boards/web-shop/"))
    response = client.post(do(idea, "vote"), {"value": "1", "next": page(idea)})
    assert response["Location"] == way_in
    assert not Vote.objects.exists()


def test_vote_after_the_session_ended_leads_to_sign_in_from_script_too(client: Client, idea: Idea) -> None:
    headers = {**FRAGMENT, "HX-Current-URL": "http://testserver/boards/web-shop/?order=new"}
    response = client.post(do(idea, "vote"), {"value": "1"}, headers=headers)
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fboards%2Fweb-shop%2F"
    response = client.post(do(idea, "vote"), {"value": "1"}, headers={**FRAGMENT, "HX-Current-URL": "http://["})
    assert (response.status_code, response["HX-Redirect"]) == (401, "/accounts/login/?next=%2F")


def test_vote_needs_the_token_of_our_page(idea: Idea, member: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="accounts.backends.AuthenticationBackend")
    response = client.post(do(idea, "vote"), {"value": "1"})
    assert response.status_code == 403
    assert "We could not be sure that this came from you." in text(response)
    assert not Vote.objects.exists()


def test_vote_is_not_a_get(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    assert signed_in(member).get(do(idea, "vote")).status_code == 405


@pytest.mark.parametrize("value", ["", "2", "yes", "１"])
def test_vote_of_another_value_is_refused(signed_in: SignedIn, idea: Idea, member: Person, value: str) -> None:
    assert signed_in(member).post(do(idea, "vote"), {"value": value}).status_code == 400
    assert not Vote.objects.exists()


def test_vote_on_a_private_idea_finds_nothing(signed_in: SignedIn, private_board: Board, member: Person) -> None:
    idea = make_idea(private_board)
    assert signed_in(member).post(do(idea, "vote"), {"value": "1"}).status_code == 404


def test_closed_vote_says_why_in_place(signed_in: SignedIn, idea: Idea, member: Person, team_member: Person) -> None:
    change_status(idea, status="shipped", by=team_member)
    client = signed_in(member)
    assert "Voting has ended: this is built." in text(client.get("/boards/web-shop/"))
    response = client.post(do(idea, "vote"), {"value": "1"}, headers=FRAGMENT)
    assert response.status_code == 200
    assert "Voting on this idea is closed." in text(response)
    assert client.post(do(idea, "vote"), {"value": "1"}).status_code == 409


def test_vote_against_is_offered_where_the_board_allows_it(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    open_idea = make_idea(make_board(slug="both", allows_down_votes=True))
    client = signed_in(member)
    assert "Vote against" not in text(client.get("/boards/web-shop/"))
    assert "Vote against" in text(client.get("/boards/both/"))
    client.post(do(open_idea, "vote"), {"value": "-1"})
    assert value_of(open_idea, member) == -1
    assert client.post(do(idea, "vote"), {"value": "-1"}).status_code == 400


def test_own_vote_shows_before_it_is_folded(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    client = signed_in(member)
    client.post(do(idea, "vote"), {"value": "1"})
    assert 'aria-pressed="true"' in text(client.get("/boards/web-shop/"))
    assert 'aria-pressed="true"' in text(client.get(page(idea)))


def test_team_only_vote_says_so(signed_in: SignedIn, member: Person) -> None:
    make_idea(make_board(slug="jury", voting_by="team"))
    assert "Only the team votes here." in text(signed_in(member).get("/boards/jury/"))


def test_board_that_lets_only_its_team_vote_refuses_a_member(signed_in: SignedIn, member: Person) -> None:
    idea = make_idea(make_board(slug="jury", voting_by="team"))
    assert signed_in(member).post(do(idea, "vote"), {"value": "1"}).status_code == 403
    assert not Vote.objects.exists()
