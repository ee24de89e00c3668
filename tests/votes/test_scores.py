"""The SQL of the fold and the Python of `votes.ranking` are one definition."""

import math
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest
from django.conf import settings
from django.db.models import Min
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import Person
from activity.draining import drain
from ideas.models import Idea, Standing
from ideas.services.moderation import move_idea
from tests.support.folding import fold_all
from tests.support.scene import make_board, make_idea, make_person
from tests.support.waiting import eventually
from votes import ranking
from votes.folding import fold
from votes.models import DailyExposure, ScoreDue, Vote, VoteEvent
from votes.services import cast_vote, retract_vote
from votes.services.exposures import add_views

pytestmark = pytest.mark.usefixtures("folding")

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
acts = st.tuples(st.integers(0, 5), st.sampled_from([1, 1, -1, 0]), st.integers(0, 6 * 365 * 86_400), st.booleans())


def assert_scores_are_those_of_python(idea: Idea) -> None:
    now = Standing.objects.get(pk=idea.pk)
    votes = Vote.objects.filter(idea=idea)
    up_votes = list(votes.filter(value=1).values_list("at", flat=True))
    down = votes.filter(value=-1).count()
    expected = ranking.trending(up_votes, half_life_days=settings.HALF_LIFE_DAYS)
    assert now.trending == pytest.approx(expected, abs=1e-9)
    assert now.best == pytest.approx(best_of(idea, up_votes, down), abs=1e-9)
    assert now.top == ranking.top(len(up_votes), down)


def best_of(idea: Idea, up_votes: list[datetime], down: int) -> float:
    if idea.board.allows_down_votes:
        return ranking.best(len(up_votes), down)
    first = DailyExposure.objects.filter(idea=idea, weight__gt=0).aggregate(Min("day"))["day__min"]
    since = datetime.combine(first, time(), UTC) if first else datetime.max.replace(tzinfo=UTC)
    up_seen = sum(at >= since for at in up_votes)
    seen = Standing.objects.get(pk=idea.pk).seen
    return ranking.best_by_views(len(up_votes), up_seen=up_seen, seen=seen, rate=ranking.RATE_BEFORE_DATA)


@pytest.mark.parametrize("allows_down_votes", [True, False])
def test_both_agree_over_random_histories(allows_down_votes: bool) -> None:
    board = make_board(allows_down_votes=allows_down_votes)
    voters = [make_person() for _ in range(6)]

    @given(st.lists(acts, min_size=1, max_size=12))
    @hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def live(history: list[tuple[int, int, int, bool]]) -> None:
        idea = make_idea(board)
        for voter, value, seconds, folds in history:
            if value == -1 and not allows_down_votes:
                see(idea, BEGIN + timedelta(seconds=seconds))
                continue
            act(idea, voters[voter], value, BEGIN + timedelta(seconds=seconds))
            if folds:
                fold()
        ScoreDue.objects.update(since=BEGIN)
        fold()
        fold_all()
        assert_scores_are_those_of_python(idea)

    live()


def see(idea: Idea, at: datetime) -> None:
    add_views({(idea.pk, at.date()): (1, 0.5)})


def act(idea: Idea, voter: Person, value: int, at: datetime) -> None:
    if value:
        cast_vote(idea, voter=voter, value=value, at=at)
    else:
        retract_vote(idea, voter=voter, at=at)


def test_votes_drained_from_above_older_ones_leave_no_error(idea: Idea) -> None:
    """Take 2,000 votes away, little by little, until three old ones are left: nothing of the large sum may remain."""
    old = [BEGIN + timedelta(days=day) for day in range(3)]
    young = [BEGIN + timedelta(days=180, seconds=second) for second in range(2_000)]
    write_votes(idea, [*old, *young], first_voter=1)
    for first in range(0, 2_000, 250):
        fold_all()
        assert_scores_are_those_of_python(idea)
        remove_votes(idea, first_voter=4 + first, count=250)
    fold_all()
    left = Standing.objects.get(pk=idea.pk)
    assert left.trending == pytest.approx(ranking.trending(old, half_life_days=settings.HALF_LIFE_DAYS), abs=1e-9)

    by_subtraction = subtracted(old, young, ranking.decay_per_second(settings.HALF_LIFE_DAYS))
    assert abs(by_subtraction - left.trending) > 1e-6, "the control should lose digits"


def write_votes(idea: Idea, times: Sequence[datetime], *, first_voter: int) -> None:
    votes = [Vote(idea=idea, voter_id=first_voter + n, value=1, at=at) for n, at in enumerate(times)]
    Vote.objects.bulk_create(votes)
    VoteEvent.objects.bulk_create(
        VoteEvent(idea=idea, voter_key=uuid.UUID(int=vote.voter_id), old_value=0, new_value=1, at=vote.at)
        for vote in votes
    )


def remove_votes(idea: Idea, *, first_voter: int, count: int) -> None:
    rows = Vote.objects.filter(idea=idea, voter__gte=first_voter, voter__lt=first_voter + count)
    lines = [
        VoteEvent(
            idea=idea,
            voter_key=uuid.UUID(int=row.voter_id),
            old_value=1,
            new_value=0,
            old_at=row.at,
            at=datetime.now(UTC),
        )
        for row in rows
    ]
    assert len(lines) == count
    VoteEvent.objects.bulk_create(lines)
    rows.delete()


def subtracted(old: Sequence[datetime], young: Sequence[datetime], rate: float) -> float:
    """The control: L kept up by adding and subtracting one vote at a time, in log space."""
    exponents = [[rate * (at - BEGIN).total_seconds() for at in times] for times in (old, young)]
    score = -math.inf
    for x in [*exponents[0], *exponents[1]]:
        score = max(score, x) + math.log1p(math.exp(-abs(score - x)))
    for x in exponents[1]:
        score += math.log1p(-math.exp(x - score))
    return score


def test_moved_idea_is_scored_by_the_rules_of_its_new_board(administrator: Person) -> None:
    idea = make_idea()
    for _ in range(3):
        cast_vote(idea, voter=make_person())
    fold_all()
    move_idea(idea, board=make_board(allows_down_votes=True), by=administrator)

    def is_due() -> bool:
        drain()
        return ScoreDue.objects.update(since=BEGIN) > 0

    eventually(is_due)
    fold_all()
    assert Standing.objects.get(pk=idea.pk).best == pytest.approx(ranking.best(3, 0))
