import pytest

from accounts.models import Person
from ideas.models import Audience, Board, Tag
from tests.support.caching import empty_cache
from tests.support.scene import make_board, make_person


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    empty_cache()


@pytest.fixture
def member() -> Person:
    return make_person("Mia Member")


@pytest.fixture
def board() -> Board:
    """Return a public board whose portal knows the tag “comfort”."""
    board = make_board(slug="ideas-for-home")
    Tag.objects.create(portal=board.portal, name="comfort")
    return board


@pytest.fixture
def private_board(board: Board) -> Board:
    return make_board(slug="for-members", seen_by=Audience.MEMBERS)


@pytest.fixture
def colleague(board: Board) -> Person:
    """Return somebody of the team that owns `board`."""
    return make_person("Tom Team", teams=(board.team,))
