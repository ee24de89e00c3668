"""What an explanation says must hold: its inputs make the score, and the votes that it names move the idea."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Person
from accounts.viewers import ANONYMOUS, Viewer
from ideas.errors import CountsHidden
from ideas.lists import ListQuery, ideas_page
from ideas.models import Board, Idea, Standing
from ideas.selectors import idea_for
from ideas.services.moderation import hide_idea
from tests.support.api import nobody
from tests.support.folding import fold_all
from tests.support.scene import make_board, make_idea, make_person
from votes import ranking
from votes.explaining import Explanation, explain
from votes.services import cast_vote
from votes.services.exposures import add_views

pytestmark = pytest.mark.usefixtures("folding")

ORDERS = ("trending", "top", "best")


@pytest.fixture
def ideas(board: Board) -> list[Idea]:
    """The first has 4 votes and one against, the second 2, the third none."""
    found = [make_idea(board) for _ in range(3)]
    for number in range(5):
        ago = timezone.now() - timedelta(days=number)
        cast_vote(found[0], voter=make_person(), value=1 if number else -1, at=ago)
    for _ in range(2):
        cast_vote(found[1], voter=make_person(), at=timezone.now() - timedelta(days=30))
    fold_all()
    return found


def explained(idea: Idea, order: str, viewer: Viewer = ANONYMOUS) -> Explanation:
    return explain(viewer, idea_for(viewer, idea.public_id), order)


def contributions(found: Explanation) -> float:
    return math.fsum(each.contribution for each in found.inputs if each.contribution is not None)


@pytest.mark.parametrize("order", [*ORDERS, "new"])
def test_positions_are_those_of_the_list(board: Board, ideas: list[Idea], order: str) -> None:
    page = ideas_page(ANONYMOUS, ListQuery(boards=(board,), order=order))  # type: ignore[arg-type]
    listed = [Idea.objects.get(pk=idea.pk) for idea in page.ideas]
    found = [explained(idea, order) for idea in listed]
    assert [each.position for each in found] == [1, 2, 3]
    assert [each.above for each in found] == [None, *listed[:-1]]


def test_inputs_make_the_score(ideas: list[Idea]) -> None:
    for idea in ideas:
        assert contributions(explained(idea, "top")) == explained(idea, "top").score
        assert contributions(explained(idea, "best")) == pytest.approx(explained(idea, "best").score, abs=1e-9)
    now = datetime.now(UTC)
    trending = explain(ANONYMOUS, idea_for(ANONYMOUS, ideas[0].public_id), "trending", now=now)
    age = ranking.decay_per_second(settings.HALF_LIFE_DAYS) * (now - ranking.EPOCH).total_seconds()
    assert contributions(trending) == pytest.approx(math.exp((trending.score or 0) - age), rel=1e-9)
    assert 0 < contributions(trending) < 4, "votes of past days count less than one each"
    assert explained(ideas[2], "trending").score is None


@pytest.mark.parametrize("order", ORDERS)
def test_as_many_votes_as_it_says_pass_the_next_one_and_one_less_does_not(ideas: list[Idea], order: str) -> None:
    needed = explained(ideas[2], order)
    assert needed.above
    assert needed.up_votes
    for given in range(1, needed.up_votes + 1):
        cast_vote(ideas[2], voter=make_person())
        fold_all()
        has_passed = explained(ideas[2], order).above != needed.above
        assert has_passed == (given == needed.up_votes)


def test_best_is_explained_by_views_where_nobody_votes_against() -> None:
    board = make_board()
    few, many = make_idea(board), make_idea(board)
    add_views({(idea.pk, timezone.now().date()): (30, 20.0) for idea in (few, many)})
    for number in range(6):
        cast_vote(many, voter=make_person())
        if number < 2:
            cast_vote(few, voter=make_person())
    fold_all()
    found = explained(few, "best")
    assert [each.name for each in found.inputs] == ["up_votes_after_views", "expected_for_its_views", "other_up_votes"]
    assert (found.inputs[0].value, found.position, found.above) == (2, 2, many)
    assert contributions(found) == pytest.approx(found.score, abs=1e-9)
    assert found.up_votes == 5, "a tie goes to the newer one, which is the other"


def test_a_vote_of_the_far_future_is_explained_too(ideas: list[Idea]) -> None:
    cast_vote(ideas[2], voter=make_person(), at=timezone.now() + timedelta(days=365 * 30))
    fold_all()
    assert explained(ideas[2], "trending").position == 1
    assert explained(ideas[0], "trending").up_votes is None, "more than there are people"


def test_an_idea_that_is_in_no_list_has_no_place(ideas: list[Idea], administrator: Person) -> None:
    hide_idea(ideas[1], by=administrator)
    found = explained(ideas[1], "top", Viewer(administrator))
    assert (found.position, found.more_than, found.above) == (None, None, None)
    assert explained(ideas[2], "top").position == 2


def test_places_are_counted_to_a_thousand(board: Board, ideas: list[Idea]) -> None:
    author = make_person()
    rows = [
        Idea(board=board, title=f"Idea {number}", author=author, status=("open", "planned")[number % 2])
        for number in range(999)
    ]
    made = Idea.objects.bulk_create(rows)
    standings = [
        Standing(idea=idea, board=board, status=idea.status, listed=True, created_at=timezone.now()) for idea in made
    ]
    Standing.objects.bulk_create(standings)
    Standing.objects.filter(idea__in=made).update(top=100)
    assert explained(ideas[0], "top").position == 1000
    found = explained(ideas[1], "top")
    assert (found.position, found.more_than, found.above) == (None, 1000, ideas[0])


def test_hidden_counts_stay_hidden(ideas: list[Idea], member: Person) -> None:
    Board.objects.update(counts_shown="after_vote")
    viewer = Viewer(member)
    with pytest.raises(CountsHidden):
        explained(ideas[2], "top", viewer)
    assert explained(ideas[2], "new", viewer).position == 1
    cast_vote(ideas[2], voter=member)
    fold_all()
    found = explained(ideas[2], "top", viewer)
    assert (found.position, found.above, found.score) == (3, ideas[1], 1)
    assert found.up_votes is None, "how many votes it takes would tell the other's count"


def test_the_api_tells_it(ideas: list[Idea]) -> None:
    answer = nobody().get(f"ideas/{ideas[1].public_id}/rank/?sort=top")
    assert answer.json() | {"posted_at": ""} == {
        "sort": "top",
        "version": "top-1",
        "formula": "up − down",
        "position": 2,
        "more_than": None,
        "score": 2.0,
        "posted_at": "",
        "inputs": [
            {"name": "up_votes", "value": 2.0, "contribution": 2.0},
            {"name": "down_votes", "value": 0.0, "contribution": 0.0},
        ],
        "to_pass": {"idea": ideas[0].public_id, "title": ideas[0].title, "up_votes": 1},
    }


def test_the_api_refuses_to_tell_hidden_counts() -> None:
    idea = make_idea(make_board(counts_shown="after_vote"))
    answer = nobody().get(f"ideas/{idea.public_id}/rank/")
    assert (answer.status_code, answer.json()["code"]) == (403, "counts_hidden")
