import pytest

from accounts.models import Person, Team
from ideas.models import Board, Idea
from tests.support.scene import make_board, make_idea, make_person, make_portal, make_team


@pytest.fixture
def team(db: None) -> Team:
    return make_team("Checkout")


@pytest.fixture
def board(team: Team) -> Board:
    return make_board(team=team, name="Checkout", portal=make_portal(name="Think along"))


@pytest.fixture
def author(db: None) -> Person:
    return make_person("Ann Author")


@pytest.fixture
def colleague(team: Team) -> Person:
    """Somebody on the board's team."""
    return make_person("Tim Team", teams=(team,))


@pytest.fixture
def idea(board: Board, author: Person) -> Idea:
    return make_idea(board, author=author, title="Pay by invoice")
