"""The order of a past moment, made anew, against what the fold wrote at that moment."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Person
from ideas.models import Board, Idea, Standing
from tests.support.folding import fold_all
from tests.support.scene import make_board, make_idea, make_person
from votes import ranking
from votes.rates import refresh_rates
from votes.services import cast_vote, retract_vote
from votes.services.exposures import add_views

pytestmark = pytest.mark.usefixtures("folding")

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
ORDERS = ("trending", "top", "best")


def day(number: float) -> datetime:
    return BEGIN + timedelta(days=number)


@pytest.fixture
def ideas(board: Board) -> list[Idea]:
    found = [make_idea(board) for _ in range(4)]
    Standing.objects.filter(board=board).update(created_at=BEGIN)
    return found


@pytest.fixture
def voters(db: None) -> list[Person]:
    return [make_person() for _ in range(4)]


def replay(*arguments: str, at: datetime) -> list[dict[str, str]]:
    out = StringIO()
    call_command("replay_ranking", "--at", at.isoformat(), *arguments, stdout=out, stderr=StringIO())
    return list(csv.DictReader(StringIO(out.getvalue())))


def replayed(board: Board, order: str, at: datetime) -> list[tuple[str, float]]:
    return [(row["idea"], float(row["score"])) for row in replay("--order", order, "--board", board.slug, at=at)]


def as_folded(board: Board, order: str) -> list[tuple[str, float]]:
    standings = Standing.objects.filter(board=board, listed=True).select_related("idea").order_by(f"-{order}", "-idea")
    return [(each.idea.public_id, float(getattr(each, order))) for each in standings]


def test_past_orders_are_those_that_the_fold_wrote(board: Board, ideas: list[Idea], voters: list[Person]) -> None:
    a, b, c, _unloved = ideas
    for number, voter in enumerate(voters):
        cast_vote(a, voter=voter, at=day(number))
        cast_vote(b, voter=voter, at=day(4 + number / 10), value=1 if number else -1)
    cast_vote(c, voter=voters[0], at=day(5))
    retract_vote(a, voter=voters[3], at=day(6))
    fold_all()
    past = {order: as_folded(board, order) for order in ORDERS}

    cast_vote(b, voter=voters[0], at=day(8))
    cast_vote(a, voter=voters[3], at=day(9), value=-1)
    retract_vote(c, voter=voters[0], at=day(9))
    fold_all()
    for order in ORDERS:
        assert as_folded(board, order) != past[order], "the control: the order has changed since"
        for at, expected in ((day(7), past[order]), (day(10), as_folded(board, order))):
            found = replayed(board, order, at)
            assert [idea for idea, _score in found] == [idea for idea, _score in expected]
            assert [score for _idea, score in found] == pytest.approx([score for _idea, score in expected], abs=1e-9)


def test_past_views_and_rates_are_those_of_the_time(voters: list[Person]) -> None:
    board, today = make_board(), timezone.now().date()
    seen, unseen, elsewhere = (make_idea(board) for _ in range(3))
    add_views({(seen.pk, today - timedelta(days=1)): (60, 50.0), (unseen.pk, today - timedelta(days=1)): (9, 9.0)})
    for voter in voters[:3]:
        cast_vote(seen, voter=voter)
        cast_vote(elsewhere, voter=voter)
    fold_all()
    refresh_rates()
    past, at = as_folded(board, "best"), timezone.now()

    for voter in voters:
        cast_vote(unseen, voter=voter)
    add_views({(seen.pk, today + timedelta(days=1)): (300, 200.0), (elsewhere.pk, today + timedelta(days=1)): (9, 5.0)})
    fold_all()
    assert refresh_rates() == [board.pk]
    for moment, expected in ((at, past), (at + timedelta(days=2), as_folded(board, "best"))):
        found = replayed(board, "best", moment)
        assert [idea for idea, _score in found] == [idea for idea, _score in expected]
        assert [score for _idea, score in found] == pytest.approx([score for _idea, score in expected], abs=1e-9)
    by_shares = replay("--order", "best", "--board", board.slug, "--formula", "best-1", at=at)
    assert float(by_shares[0]["score"]) == pytest.approx(ranking.best(3, 0), abs=1e-9)


def test_an_idea_that_was_not_there_yet_has_no_place(board: Board, ideas: list[Idea]) -> None:
    Standing.objects.filter(pk=ideas[0].pk).update(created_at=day(3))
    assert len(replay(at=day(2))) == 3
    assert [row["position"] for row in replay("--limit", "2", at=day(4))] == ["1", "2"]


def test_a_replay_says_what_it_cannot_do(board: Board, ideas: list[Idea]) -> None:
    make_idea()
    for arguments, said in (
        (["--order", "best"], "needs one board"),
        (["--board", "nowhere"], "no board “nowhere”"),
        (["--order", "top", "--formula", "best-1"], "has the formulas top-1"),
    ):
        with pytest.raises(CommandError, match=said):
            replay(*arguments, at=day(1))
    with pytest.raises(CommandError, match="not a time"):
        call_command("replay_ranking", "--at", "yesterday")
