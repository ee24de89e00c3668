import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from ideas.models import Board, BoardRate, Idea, Standing
from tests.support.connections import on_own_connection, other_connection
from tests.support.folding import until_foldable
from tests.support.scene import make_board, make_idea, make_person
from tests.support.waiting import eventually
from votes import folding, ranking, rates, reports
from votes.folding import fold
from votes.rates import refresh_rates
from votes.services import cast_vote
from votes.services.exposures import add_views
from votes.services.viewing import flush_views

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 3, 1, tzinfo=UTC).date()


@pytest.fixture
def board(db: None) -> Board:
    return make_board()


def has(idea: Idea, *, up_seen: int, seen: float) -> None:
    add_views({(idea.pk, TODAY): (int(seen), seen)})
    Standing.objects.filter(pk=idea.pk).update(up=up_seen, up_seen=up_seen)


def best_of(idea: Idea) -> float:
    return Standing.objects.get(pk=idea.pk).best


def rate_of(board: Board) -> float:
    return BoardRate.objects.filter(board=board).latest("id").rate


def test_rate_is_measured_and_scores_follow_it(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "IDEAS_PER_STATEMENT", 1)
    good, bad = make_idea(board), make_idea(board)
    has(good, up_seen=60, seen=200.0)
    has(bad, up_seen=10, seen=200.0)
    assert refresh_rates() == [board.pk]
    rate = ranking.board_rate(70, 400.0)
    assert rate_of(board) == pytest.approx(rate)
    for idea, up in ((good, 60), (bad, 10)):
        expected = ranking.best_by_views(up, up_seen=up, seen=200.0, rate=rate)
        assert best_of(idea) == pytest.approx(expected, abs=1e-9)


def test_rate_in_force_stays_until_it_is_a_tenth_off(board: Board) -> None:
    idea = make_idea(board)
    has(idea, up_seen=60, seen=200.0)
    refresh_rates()
    Standing.objects.filter(pk=idea.pk).update(up_seen=62)
    assert refresh_rates() == []
    assert BoardRate.objects.filter(board=board).count() == 1
    Standing.objects.filter(pk=idea.pk).update(up_seen=90)
    assert refresh_rates() == [board.pk]
    assert BoardRate.objects.filter(board=board).count() == 2


def test_board_that_begins_to_allow_votes_against_is_scored_by_shares(board: Board) -> None:
    idea = make_idea(board)
    has(idea, up_seen=60, seen=200.0)
    refresh_rates()
    Board.objects.filter(pk=board.pk).update(allows_down_votes=True)
    assert refresh_rates() == [board.pk]
    assert best_of(idea) == pytest.approx(ranking.best(60, 0), abs=1e-9)


def test_refresh_that_was_killed_is_made_up_for(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    idea = make_idea(board)
    has(idea, up_seen=60, seen=200.0)
    before = best_of(idea)

    def die(_boards: list[int]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(rates, "_score_anew", die)
        with pytest.raises(KeyboardInterrupt):
            refresh_rates()
    assert best_of(idea) == before
    assert refresh_rates() == [board.pk]
    assert best_of(idea) != before
    assert refresh_rates() == []


def are_blocked(count: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("""SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0""")
        return bool(cursor.fetchone() == (count,))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("score", [fold, flush_views])
def test_nobody_scores_by_an_old_rate_beside_a_refresh(
    score: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "FOLD_LIMITS", "SET LOCAL lock_timeout = '30s'")  # waits, and does not give way
    slow, changed = make_idea(), make_idea()
    fold()
    refresh_rates()
    flush_views()
    for idea in (slow, changed):
        cast_vote(idea, voter=make_person())
    seen = {"list": "new", "seen": [[slow.public_id, 1], [changed.public_id, 2]]}
    reports.take(json.dumps(seen).encode(), address="192.0.2.1", browser="Firefox")
    until_foldable()
    Standing.objects.filter(pk=changed.pk).update(seen=500.0)
    with other_connection() as holder, ThreadPoolExecutor(2) as pool:
        holder.execute("SELECT FROM ideas_standing WHERE idea_id = %s FOR UPDATE", [slow.pk])
        scoring = pool.submit(on_own_connection, score)
        eventually(lambda: are_blocked(1))
        refreshing = pool.submit(on_own_connection, refresh_rates)
        eventually(lambda: refreshing.done() or are_blocked(2))
        holder.commit()
        assert scoring.result(30)
        assert changed.board_id in refreshing.result(30)
    now = Standing.objects.get(pk=changed.pk)
    rate = rate_of(changed.board)
    assert now.best == pytest.approx(ranking.best_by_views(now.up, up_seen=now.up_seen, seen=now.seen, rate=rate))
