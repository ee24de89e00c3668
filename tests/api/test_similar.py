from typing import Any

import pytest

from accounts.models import Person
from ideas.models import Board
from tests.support.api import nobody, problem, signed_in
from tests.support.scene import make_board, make_idea


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [idea["title"] for idea in answer.json()["results"]]


def test_similar_titles_come_most_alike_first(board: Board, private_board: Board, member: Person) -> None:
    for title in ("Dark mode for the app", "Dark mode for the app and the site", "A softer chair"):
        make_idea(board, author=member, title=title)
    make_idea(make_board(slug="other"), author=member, title="Dark mode, app")
    make_idea(private_board, author=member, title="Dark mode for the app, secretly")
    alike = ["Dark mode for the app", "Dark mode for the app and the site"]
    secret = "Dark mode for the app, secretly"
    asked: dict[str, Any] = {"title": "Dark mode for the app"}
    assert titles(nobody().get("ideas/similar/", **asked, board=board.slug)) == alike
    everywhere = titles(nobody().get("ideas/similar/", **asked))
    assert "Dark mode, app" in everywhere
    assert secret not in everywhere
    assert secret in titles(signed_in(member).get("ideas/similar/", **asked))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (400, "required")),
        ({"title": ""}, (400, "required")),
        ({"title": "a\0"}, (400, "invalid_characters")),
        ({"title": "x" * 141}, (400, "too_long")),
        ({"title": "x", "limit": 3}, (400, "unknown_parameter")),
        ({"title": "x", "board": "nowhere"}, (404, "unknown_board")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_question_is_refused(board: Board, query: dict[str, Any], expected: tuple[int, str]) -> None:
    assert problem(nobody().get("ideas/similar/", **query)) == expected
