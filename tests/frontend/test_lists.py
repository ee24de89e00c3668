import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person
from frontend.selectors import answer_pace, status_counts
from ideas.models import Board, Idea, Standing
from ideas.services.moderation import change_status, hide_idea
from tests.frontend.conftest import SignedIn
from tests.frontend.support import text, titles
from tests.support.scene import make_board, make_idea
from votes.services import cast_vote, fold_and_follow

MORE = re.compile(r'href="(\?[^"]*cursor=[^"]+)"')

pytestmark = pytest.mark.django_db


def test_home_shows_ideas_of_all_public_boards(client: Client, idea: Idea, private_board: Board) -> None:
    other = make_idea(make_board(name="Service"), title="Open on Saturdays")
    secret = make_idea(private_board, title="Secret thing")
    response = client.get("/")
    assert response.status_code == 200
    assert set(titles(response)) == {idea.title, other.title}
    assert secret.title not in text(response)
    assert private_board.name not in text(response)


def test_team_sees_its_private_board(signed_in: SignedIn, team_member: Person, private_board: Board) -> None:
    make_idea(private_board, title="Secret thing")
    assert titles(signed_in(team_member).get("/boards/inside/")) == ["Secret thing"]


@pytest.mark.parametrize("who", ["anonymous", "member", "other_team_member"])
def test_private_board_is_not_there_for_others(
    request: pytest.FixtureRequest, client: Client, signed_in: SignedIn, private_board: Board, who: str
) -> None:
    asked = client if who == "anonymous" else signed_in(request.getfixturevalue(who))
    assert asked.get("/boards/inside/").status_code == 404


def test_unknown_board_is_a_page_not_found(client: Client, board: Board) -> None:
    response = client.get("/boards/nothing/")
    assert response.status_code == 404
    assert "There is nothing here." in text(response)


def test_list_refuses_to_be_posted_to(client: Client, board: Board) -> None:
    assert client.post("/").status_code == 405
    assert client.post("/boards/web-shop/").status_code == 405


def test_orders_follow_votes_and_age(client: Client, board: Board, member: Person, author: Person) -> None:
    old = make_idea(board, title="The older one")
    make_idea(board, title="The newer one")
    for voter in (member, author):
        cast_vote(old, voter=voter)
    fold_and_follow()
    assert titles(client.get("/boards/web-shop/?order=top"))[0] == "The older one"
    assert titles(client.get("/boards/web-shop/?order=new"))[0] == "The newer one"
    assert client.get("/boards/web-shop/?order=best").status_code == 200


def test_best_is_offered_on_one_board_only(client: Client, board: Board, idea: Idea) -> None:
    assert "Best rated" not in text(client.get("/?order=best"))
    assert "Best rated" in text(client.get("/boards/web-shop/"))


def test_filters_by_status_and_tag_and_words(client: Client, board: Board, team_member: Person) -> None:
    planned = make_idea(board, title="Planned thing", tags=("dark mode",), makes_tags=True)
    change_status(planned, status="planned", by=team_member)
    make_idea(board, title="Open window")
    assert titles(client.get("/boards/web-shop/?status=planned")) == ["Planned thing"]
    assert titles(client.get("/boards/web-shop/", {"tag": "dark mode"})) == ["Planned thing"]
    assert titles(client.get("/", {"q": "windows"})) == ["Open window"]


def test_nothing_found_offers_a_way_on(client: Client, board: Board, idea: Idea) -> None:
    response = client.get("/boards/web-shop/", {"q": "zzz<script>"})
    assert titles(response) == []
    assert "Nothing found" in text(response)
    assert "<script>" not in text(response).replace("<script ", "")


def test_empty_board_invites(client: Client, board: Board) -> None:
    assert "The first idea is still missing" in text(client.get("/boards/web-shop/"))


@pytest.mark.parametrize(
    "query", ["order=nonsense", "status=nonsense", "cursor=nonsense", "q=%00", "tag=%00", "cursor=%ff", "order=best"]
)
def test_mangled_addresses_still_show_the_list(client: Client, board: Board, idea: Idea, query: str) -> None:
    assert titles(client.get(f"/?{query}")) == [idea.title]


def test_pages_join_without_gap_or_repeat(client: Client, board: Board) -> None:
    for number in range(45):
        make_idea(board, title=f"Idea {number:02}")
    seen, url = [], "/boards/web-shop/?order=new"
    while url:
        response = client.get(url)
        seen += titles(response)
        more = MORE.search(text(response))
        url = f"/boards/web-shop/{more[1]}".replace("&amp;", "&") if more else ""
    assert seen == [f"Idea {number:02}" for number in reversed(range(45))]


def test_more_ideas_come_as_rows_alone_when_htmx_asks(client: Client, board: Board) -> None:
    for number in range(25):
        make_idea(board, title=f"Idea {number:02}")
    more = MORE.search(text(client.get("/boards/web-shop/?order=new")))
    assert more
    response = client.get(f"/boards/web-shop/{more[1]}".replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert text(response).lstrip().startswith("<li")
    assert titles(response) == [f"Idea {number:02}" for number in reversed(range(5))]
    assert "HX-Request" in response["Vary"]


def test_reader_gets_no_cookie(client: Client, idea: Idea) -> None:
    for url in ("/", "/boards/web-shop/", f"/ideas/{idea.public_id}/{idea.slug}/"):
        assert client.get(url).cookies == {}, url


def test_hidden_ideas_are_not_listed(client: Client, idea: Idea, team_member: Person) -> None:
    hide_idea(idea, by=team_member)
    assert titles(client.get("/")) == []


def test_hidden_counts_are_nowhere_on_the_page(client: Client, signed_in: SignedIn, member: Person) -> None:
    board = make_board(slug="blind", counts_shown="after_vote")
    idea = make_idea(board)
    Standing.objects.filter(pk=idea.pk).update(up=4711, top=4711)
    assert "4,711" not in text(client.get("/boards/blind/"))
    assert "4,711" not in text(client.get(f"/ideas/{idea.public_id}/{idea.slug}/"))
    cast_vote(idea, voter=member)
    assert "4,711" in text(signed_in(member).get("/boards/blind/"))


def test_board_that_hides_counts_is_named_where_it_is_left_out(client: Client, idea: Idea) -> None:
    blind = make_idea(make_board(slug="blind", name="Blind tasting", counts_shown="after_vote"))
    hint = "have orders of their own: "
    assert (titles(client.get("/")), titles(client.get("/", {"q": "idea"}))) == ([idea.title], [])
    assert '<a href="/boards/blind/"' in text(client.get("/?order=top")).partition(hint)[2]
    assert set(titles(client.get("/?order=new"))) == {idea.title, blind.title}
    assert titles(client.get("/boards/blind/?order=top")) == [blind.title]
    assert not any(hint in text(client.get(url)) for url in ("/?order=new", "/boards/blind/?order=top"))


def test_place_in_another_list_is_its_beginning(client: Client, board: Board) -> None:
    for _number in range(25):
        make_idea(board)
    [cursor] = re.findall(r"cursor=([^&\"]+)\"", text(client.get("/boards/web-shop/?order=top")))[:1]
    assert len(titles(client.get("/boards/web-shop/", {"order": "top", "cursor": cursor}))) == 5
    assert len(titles(client.get("/boards/web-shop/", {"order": "top", "status": "open", "cursor": cursor}))) == 20


def test_status_counts_are_those_of_listed_ideas(client: Client, idea: Idea, team_member: Person) -> None:
    hide_idea(make_idea(idea.board), by=team_member)
    assert re.search(r"Open</span>\s*<span class=\"number\">1</span>", text(client.get("/boards/web-shop/")))


def test_status_counts_stop_where_nobody_counts_on(
    client: Client, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.selectors.COUNTED_TO", 2)
    monkeypatch.setattr("frontend.templatetags.portal.COUNTED_TO", 2)
    for _number in range(4):
        make_idea(board)
    assert status_counts([board]) == {"open": 3}
    assert re.search(r"Open</span>\s*<span class=\"number\">2\+</span>", text(client.get("/boards/web-shop/")))


def test_board_says_how_the_team_answers_the_latest_ideas(
    client: Client, board: Board, team_member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.selectors.LATEST", 2)
    change_status(make_idea(board), status="shipped", by=team_member, response="Here it is.")
    change_status(make_idea(board), status="planned", by=team_member, response="Next year.")
    make_idea(board)
    assert answer_pace(board).ideas == 2
    assert "1 of the latest 2 ideas has an answer." in text(client.get("/boards/web-shop/"))


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("?q=xyzzy", "/boards/web-shop/new/?title=xyzzy"),
        ("?q=xyzzy", "/?q=xyzzy"),
        ("?q=xyzzy&status=open", "?q=xyzzy"),
        ("?tag=Light", "/boards/web-shop/new/?tags=Light"),
    ],
)
def test_nothing_found_says_what_to_do(client: Client, idea: Idea, asked: str, offered: str) -> None:
    shown = text(client.get(f"/boards/web-shop/{asked}"))
    assert "Nothing found" in shown
    assert f'class="button" href="{offered}"' in shown or f'button-primary" href="{offered}"' in shown


def test_list_costs_the_same_whatever_it_shows(
    signed_in: SignedIn, client: Client, board: Board, member: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(20):
        make_idea(board)
    reader = signed_in(member)
    reader.get("/boards/web-shop/")
    client.get("/")
    with django_assert_num_queries(5):  # session, person, board, ideas, votes
        reader.get("/boards/web-shop/")
    with django_assert_num_queries(1):
        client.get("/")
