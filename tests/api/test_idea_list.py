from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Scope
from common.pagination import Cursor
from ideas.models import Board, CountsShown, Idea, Standing
from ideas.services.ideas import post_idea
from ideas.services.moderation import change_status, hide_idea
from tests.support.api import Caller, fields_at_fault, nobody, problem, signed_in, with_key
from tests.support.scene import make_board, make_idea


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [idea["title"] for idea in answer.json()["results"]]


def stand(idea: Idea, **scores: float) -> Idea:
    """Give an idea a place in the orders, as a fold would."""
    Standing.objects.filter(pk=idea.pk).update(**scores)
    return idea


@pytest.fixture
def ideas(board: Board, member: Person) -> list[Idea]:
    """Return five ideas, A to E, that `top` lists as A, B, … and `new` the other way round."""
    return [
        stand(make_idea(board, author=member, title=f"Idea {name}"), up=9 - n, down=1, top=8 - n, trending=9.5 - n)
        for n, name in enumerate("ABCDE")
    ]


def walk(caller: Caller, link: str, path: str, **query: Any) -> list[list[str]]:
    """Follow `next` or `previous` from the page at `path` and return the titles of each page."""
    answer = caller.get(path, **query)
    pages = [titles(answer)]
    while url := answer.json()[link]:
        answer = caller.get(url)
        pages.append(titles(answer))
    return pages


def test_list_shows_each_idea_whole(ideas: list[Idea], member: Person) -> None:
    first = nobody().get("ideas/", sort="top", limit=1).json()["results"][0]
    idea = ideas[0]
    assert first == {
        "id": idea.public_id,
        "url": f"http://127.0.0.1:8000/ideas/{idea.public_id}/idea-a/",
        "board": "ideas-for-home",
        "title": "Idea A",
        "body": "",
        "language": "en",
        "status": "open",
        "tags": [],
        "author": {"id": member.public_id, "name": "Mia Member"},
        "tally": {"votes": 8, "up": 9, "down": 1, "comments": 0},
        "response": None,
        "merged_into": None,
        "created_at": first["created_at"],
        "updated_at": first["updated_at"],
    }
    assert first["created_at"].endswith("Z")


@pytest.mark.parametrize("sort", ["trending", "top", "new", "best", "discover"])
def test_every_order_is_read_whole_along_next_and_back_along_previous(
    ideas: list[Idea], board: Board, sort: str
) -> None:
    stand(ideas[3], trending=float("-inf"))
    stand(ideas[4], trending=float("-inf"))
    onward = walk(nobody(), "next", "ideas/", sort=sort, limit=2, board=board.slug)
    assert [len(page) for page in onward] == [2, 2, 1]
    assert len({title for page in onward for title in page}) == 5
    last = nobody().get("ideas/", sort=sort, limit=2, board=board.slug)
    while url := last.json()["next"]:
        last = nobody().get(url)
    back = walk(nobody(), "previous", last.wsgi_request.build_absolute_uri())
    assert back == onward[::-1]


def test_trending_is_the_order_without_another_word(ideas: list[Idea]) -> None:
    stand(ideas[4], trending=99.0)
    answer = nobody().get("ideas/")
    assert titles(answer) == ["Idea E", "Idea A", "Idea B", "Idea C", "Idea D"]
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)


def test_links_are_absolute_and_keep_the_filters(ideas: list[Idea]) -> None:
    url = nobody().get("ideas/", sort="new", status="open", limit=2).json()["next"]
    assert url.startswith("http://testserver/api/v1/ideas/?")
    assert "sort=new" in url
    assert "status=open" in url
    assert "limit=2" in url


def test_filters_narrow_the_list(ideas: list[Idea], board: Board, member: Person, colleague: Person) -> None:
    other = make_idea(make_board(slug="other"), author=member, title="Idea elsewhere")
    post_idea(board, author=member, title="A softer chair", tags=["comfort"], body="Sitting all day hurts.")
    change_status(ideas[1], status="planned", by=colleague)
    change_status(other, status="shipped", by=None)
    get = nobody().get
    assert titles(get("ideas/", board="other")) == ["Idea elsewhere"]
    assert len(titles(get("ideas/", board=["other", board.slug]))) == 7
    assert titles(get("ideas/", status="planned")) == ["Idea B"]
    assert set(titles(get("ideas/", status=["planned", "shipped"]))) == {"Idea B", "Idea elsewhere"}
    assert titles(get("ideas/", tag="comfort")) == ["A softer chair"]
    assert titles(get("ideas/", q="sit hurt")) == ["A softer chair"]
    assert titles(get("ideas/", q="nowhere")) == []


def test_private_and_hidden_ideas_are_not_listed(
    ideas: list[Idea], private_board: Board, member: Person, colleague: Person
) -> None:
    make_idea(private_board, author=member, title="For members")
    hide_idea(ideas[0], by=colleague)
    assert titles(nobody().get("ideas/", sort="top")) == ["Idea B", "Idea C", "Idea D", "Idea E"]
    assert "For members" in titles(signed_in(member).get("ideas/"))
    assert "For members" in titles(with_key(Scope.IDEAS_READ).get("ideas/"))
    assert problem(nobody().get("ideas/", board=private_board.slug)) == (404, "unknown_board")


def test_best_needs_a_named_board_even_if_only_one_is_seen(board: Board) -> None:
    assert problem(nobody().get("ideas/", sort="best")) == (400, "sort_needs_board")
    two = nobody().get("ideas/", sort="best", board=[board.slug, make_board().slug])
    assert problem(two) == (400, "sort_needs_board")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 0}, "out_of_range"),
        ({"limit": 101}, "out_of_range"),
        ({"limit": "9" * 400}, "out_of_range"),
        ({"limit": "ten"}, "wrong_type"),
        ({"limit": "1e1"}, "wrong_type"),
        ({"limit": ["1", "2"]}, "repeated_parameter"),
        ({"sort": "hot"}, "invalid_choice"),
        ({"status": "done"}, "invalid_choice"),
        ({"q": "a\0b"}, "invalid_characters"),
        ({"tag": "a\0b"}, "invalid_characters"),
        ({"q": "a" * 201}, "too_long"),
        ({"board": ["b"] * 51}, "too_many"),
        ({"offset": 20}, "unknown_parameter"),
        ({"format": "xml"}, "unknown_parameter"),
        ({"cursor": "nonsense"}, "bad_cursor"),
        ({"cursor": "a\0"}, "invalid_characters"),
        ({"cursor": Cursor("top", 1, 1).encode()}, "bad_cursor"),
    ],
    ids=str,
)
def test_bad_parameter_is_refused_by_name(board: Board, query: dict[str, Any], code: str) -> None:
    answer = nobody().get("ideas/", **query)
    assert problem(answer) == (400, code)
    assert set(fields_at_fault(answer).values()) == {code}


def test_unknown_board_is_refused(board: Board) -> None:
    answer = nobody().get("ideas/", board="nowhere")
    assert problem(answer) == (404, "unknown_board")
    assert fields_at_fault(answer) == {"board": "unknown_board"}
    assert answer.json()["detail"].startswith("There is no board of this name in “board”")


def test_counts_that_a_board_hides_are_null_but_for_the_team(
    ideas: list[Idea], board: Board, member: Person, colleague: Person
) -> None:
    Board.objects.filter(pk=board.pk).update(counts_shown=CountsShown.AFTER_VOTE)
    hidden = {"votes": None, "up": None, "down": None, "comments": 0}
    seen = {"votes": 8, "up": 9, "down": 1, "comments": 0}
    for caller in (nobody(), signed_in(member), with_key(Scope.IDEAS_READ)):
        tallies = [idea["tally"] for idea in caller.get("ideas/", sort="top").json()["results"]]
        assert tallies == [hidden] * 5
    for caller in (signed_in(colleague), with_key(Scope.MODERATION_WRITE)):
        assert caller.get("ideas/", sort="top").json()["results"][0]["tally"] == seen


def cursor_of(answer: Any) -> str:
    [cursor] = parse_qs(urlsplit(answer.json()["next"]).query)["cursor"]
    return str(cursor)


def test_cursor_tells_no_score(ideas: list[Idea]) -> None:
    cursors = set()
    for score in (31_337, 31_338):
        stand(ideas[0], top=score)
        cursors.add(cursor_of(nobody().get("ideas/", sort="top", limit=1)))
    assert len(cursors) == 2
    assert not any(b"3133" in urlsafe_b64decode(cursor + "==") for cursor in cursors)


@pytest.mark.parametrize(
    "other", [{"board": "blind"}, {"status": "open"}, {"tag": "comfort"}, {"q": "idea"}, {"sort": "trending"}], ids=str
)
def test_cursor_of_another_list_is_refused(ideas: list[Idea], board: Board, other: dict[str, Any]) -> None:
    """Or else a place beside a count that shows would tell the counts that another board hides."""
    make_idea(make_board(slug="blind", counts_shown=CountsShown.AFTER_VOTE))
    cursor = cursor_of(nobody().get("ideas/", board=board.slug, sort="top", limit=2))
    asked: dict[str, Any] = {"board": board.slug, "sort": "top", "cursor": cursor}
    assert titles(nobody().get("ideas/", **asked)) == ["Idea C", "Idea D", "Idea E"]
    assert problem(nobody().get("ideas/", **asked | other)) == (400, "bad_cursor")


def test_boards_that_hide_counts_are_not_mixed_into_orders_that_tell_them(ideas: list[Idea], colleague: Person) -> None:
    blind = make_board(slug="blind", team=ideas[0].board.team, counts_shown=CountsShown.AFTER_VOTE)
    stand(make_idea(blind, title="Blind"), top=7, trending=9.0)
    for sort in ("trending", "top"):
        assert "Blind" not in titles(nobody().get("ideas/", sort=sort))
        assert "Blind" in titles(signed_in(colleague).get("ideas/", sort=sort))
        assert titles(nobody().get("ideas/", sort=sort, board="blind")) == ["Blind"]
    assert "Blind" in titles(nobody().get("ideas/", sort="new"))


def test_list_that_the_caller_has_already_is_a_304(ideas: list[Idea]) -> None:
    first = nobody().get("ideas/", sort="top", limit=2)
    again = nobody().get("ideas/", {"If-None-Match": first["ETag"]}, sort="top", limit=2)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    stand(ideas[0], up=10)
    newer = nobody().get("ideas/", {"If-None-Match": first["ETag"]}, sort="top", limit=2)
    assert (newer.status_code, newer.json()["results"][0]["tally"]["up"]) == (200, 10)


def queries_of(caller: Caller, path: str, **query: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(path, **query).status_code == 200
    return len(captured)


def test_page_costs_the_same_queries_wherever_it_lies(ideas: list[Idea], member: Person) -> None:
    """Boards, and ideas; a session adds its own two (session, person)."""
    later = nobody().get("ideas/", limit=2).json()["next"]
    assert queries_of(nobody(), "ideas/", limit=2) == 2
    assert queries_of(nobody(), later) == 2
    assert queries_of(nobody(), "ideas/", limit=100) == 2
    assert queries_of(signed_in(member), "ideas/", limit=2) == 4


def test_hidden_counts_cost_one_query_for_the_page(ideas: list[Idea], board: Board, member: Person) -> None:
    caller = signed_in(member)
    shown = queries_of(caller, "ideas/")
    Board.objects.filter(pk=board.pk).update(counts_shown=CountsShown.AFTER_VOTE)
    assert queries_of(caller, "ideas/") == shown + 1
