import math
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django import Settings

from accounts.models import Person
from ideas.models import Board, Idea, Standing
from ideas.services.moderation import change_status
from tests.support.connections import other_connection
from tests.support.folding import fold_all, fold_lines, until_foldable
from tests.support.scene import make_administrator, make_idea, make_person
from votes import folding, ranking
from votes.folding import Folded, fold
from votes.models import Fold, LedgerBatch, ScoreDue, Vote
from votes.services import cast_vote, retract_vote
from votes.tallies import Tally

pytestmark = pytest.mark.usefixtures("folding")


def standing(idea: Idea) -> Standing:
    return Standing.objects.get(pk=idea.pk)


def test_a_fold_writes_tallies_and_every_score(idea: Idea) -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    for days in range(3):
        cast_vote(idea, voter=make_person(), at=at + timedelta(days=days))
    cast_vote(idea, voter=make_person(), value=-1)
    fold_lines(4)
    now = standing(idea)
    assert (now.up, now.down, now.top) == (3, 1, 2)
    assert now.best == pytest.approx(ranking.best(3, 1), abs=1e-12)
    times = [at + timedelta(days=days) for days in range(3)]
    expected = ranking.trending(times, half_life_days=settings.HALF_LIFE_DAYS)
    assert now.trending == pytest.approx(expected, abs=1e-9)


def test_a_voter_sees_the_same_tally_before_and_after_the_fold(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=make_person())
    assert cast_vote(idea, voter=voter).tally == Tally(1, 0)
    fold_all()
    assert cast_vote(idea, voter=voter).tally == Tally(2, 0)
    assert retract_vote(idea, voter=voter).tally == retract_vote(idea, voter=voter).tally == Tally(1, 0)
    assert Standing.objects.get(pk=idea.pk).up == 2, "others see it after the next fold"


def test_folding_again_changes_nothing_and_writes_nothing(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    fold_all()
    before = standing(idea), Fold.objects.values().get(), LedgerBatch.objects.count()
    assert fold() == Folded(lines=0, ideas=0)
    assert (standing(idea), Fold.objects.values().get(), LedgerBatch.objects.count()) == before


def test_an_idea_that_lost_its_votes_ranks_as_one_without(idea: Idea, board: Board, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    fold_all()
    retract_vote(idea, voter=voter)
    fold_all()
    untouched = standing(make_idea(board))
    now = standing(idea)
    assert (now.trending, now.top, now.best) == (untouched.trending, untouched.top, untouched.best) == (-math.inf, 0, 0)


def test_a_fold_leaves_what_the_services_of_ideas_write(idea: Idea, voter: Person) -> None:
    change_status(idea, status="planned", by=make_administrator())
    cast_vote(idea, voter=voter)
    fold_all()
    assert (standing(idea).status, standing(idea).up) == ("planned", 1)


def test_votes_before_the_first_fold_are_counted_by_it(idea: Idea, voter: Person) -> None:
    Fold.objects.all().delete()
    assert cast_vote(idea, voter=voter).tally == Tally(1, 0)
    fold()
    assert standing(idea).up == 1
    assert cast_vote(idea, voter=make_person()).tally == Tally(2, 0)
    fold_all()
    assert standing(idea).up == 2


def test_another_half_life_gives_every_idea_another_score(idea: Idea, settings: Settings, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    fold_all()
    settings.HALF_LIFE_DAYS = 1.0
    fold_all()
    expected = ranking.trending([Vote.objects.get().at], half_life_days=1.0)
    assert standing(idea).trending == pytest.approx(expected, abs=1e-9)


def test_a_large_idea_gets_its_decayed_sum_later_and_its_tally_at_once(
    idea: Idea, voter: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "LARGE_IDEA_VOTES", 0)
    cast_vote(idea, voter=voter)
    fold_all()
    assert (standing(idea).up, standing(idea).trending) == (1, -math.inf)
    ScoreDue.objects.update(since=datetime(2026, 1, 1, tzinfo=UTC))
    fold_all()
    assert standing(idea).trending > 0
    assert not ScoreDue.objects.exists()


def test_a_fold_gives_way_to_whoever_holds_a_standing(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    until_foldable()
    with other_connection() as other, other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ideas_standing WHERE idea_id = %s FOR UPDATE", [idea.pk])
        assert fold() is None
        other.rollback()
    fold_lines(1)


def test_one_fold_at_a_time(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    with other_connection() as other, other.cursor() as cursor:
        cursor.execute(folding.LOCK)
        assert fold() is None
        other.rollback()
    fold_lines(1)


def test_a_fold_refuses_to_be_part_of_a_transaction(idea: Idea) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        fold()
    assert connection.in_atomic_block is False
