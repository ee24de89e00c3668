from accounts.models import Person, Scope
from ideas.models import Board
from tests.support.api import fields_at_fault, nobody, problem, signed_in, with_key


def slugs(response: object) -> list[str]:
    return [board["slug"] for board in response.json()["results"]]  # type: ignore[attr-defined]


def test_public_boards_are_readable_by_everybody(board: Board, private_board: Board) -> None:
    answer = nobody().get("boards/")
    assert answer.status_code == 200
    assert answer.json() == {
        "results": [
            {
                "slug": "ideas-for-home",
                "name": board.name,
                "description": "",
                "language": "en",
                "is_open": True,
                "seen_by": "public",
                "posting_by": "members",
                "voting_by": "members",
                "commenting_by": "members",
                "allows_down_votes": False,
                "counts_shown": "always",
            }
        ],
        "next": None,
        "previous": None,
    }


def test_boards_for_members_need_a_session_or_the_scope_to_read(
    board: Board, private_board: Board, member: Person
) -> None:
    assert slugs(signed_in(member).get("boards/")) == ["ideas-for-home", "for-members"]
    assert slugs(with_key(Scope.IDEAS_READ).get("boards/")) == ["ideas-for-home", "for-members"]
    assert slugs(with_key(Scope.VOTES_WRITE).get("boards/")) == ["ideas-for-home"]


def test_unknown_parameter_is_refused(board: Board) -> None:
    answer = nobody().get("boards/", page=2)
    assert problem(answer) == (400, "unknown_parameter")
    assert fields_at_fault(answer) == {"page": "unknown_parameter"}
