import pytest

from accounts.models import Person
from ideas.models import Board, Idea
from tests.support.scene import make_board, make_idea, make_person
from votes.folding import fold


@pytest.fixture
def board(db: None) -> Board:
    return make_board(allows_down_votes=True)


@pytest.fixture
def idea(board: Board) -> Idea:
    return make_idea(board)


@pytest.fixture
def voter(db: None) -> Person:
    return make_person()


@pytest.fixture
def folding(transactional_db: None) -> None:
    """Have a ledger that was folded before: what is voted from here on is folded line by line."""
    fold()
