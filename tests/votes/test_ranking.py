import csv
import doctest
import json
import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from votes import ranking
from votes.ranking import EPOCH, best, best_by_views, board_rate, examination, top, trending, wilson_lower_bound

times = st.integers(-31_000_000, 470_000_000).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
counts = st.integers(0, 10**6)
half_lives = st.floats(0.1, 365)
views = st.just(0.0) | st.floats(0.01, 10**6)
rates = st.floats(0.0001, 1)


def test_the_worked_numbers_hold() -> None:
    assert doctest.testmod(ranking).failed == 0


@given(st.lists(times, min_size=1, max_size=50), times, half_lives)
def test_another_vote_never_lowers_trending(before: list[datetime], at: datetime, half_life: float) -> None:
    rose = trending([*before, at], half_life_days=half_life) - trending(before, half_life_days=half_life)
    assert rose >= 0


@given(times, st.integers(1, 1000), half_lives)
def test_a_vote_is_worth_two_of_a_half_life_before(at: datetime, votes: int, half_life: float) -> None:
    older = [at - timedelta(days=half_life)] * (2 * votes)
    newer = trending([at] * votes, half_life_days=half_life)
    assert newer == pytest.approx(trending(older, half_life_days=half_life), rel=1e-9, abs=1e-4)


@given(st.lists(times, min_size=1, max_size=20), st.lists(times, min_size=1, max_size=20))
def test_the_order_of_two_ideas_is_that_of_their_decayed_sums_at_any_time(a: list[datetime], b: list[datetime]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    sums = [math.fsum(2.0 ** ((at - now) / timedelta(days=365)) for at in votes) for votes in (a, b)]
    scores = [trending(votes, half_life_days=365) for votes in (a, b)]
    if abs(sums[0] - sums[1]) > 1e-9 * max(sums):
        assert (scores[0] > scores[1]) == (sums[0] > sums[1])


def test_ten_years_of_a_short_half_life_stay_finite() -> None:
    score = trending([EPOCH, EPOCH + timedelta(days=3650)], half_life_days=1.0)
    assert score == pytest.approx(3650 * math.log(2))


@given(counts, counts)
def test_best_is_a_share_below_the_plain_one(up: int, down: int) -> None:
    assert -1e-12 <= best(up, down) <= (up / (up + down) if up + down else 0) + 1e-12


@given(counts, counts)
def test_an_up_vote_raises_best_and_a_down_vote_lowers_it(up: int, down: int) -> None:
    assert best(up + 1, down) >= best(up, down) - 1e-12
    assert best(up, down + 1) <= best(up, down) + 1e-12


@given(counts, counts, views, rates)
def test_a_vote_after_a_view_raises_best_and_a_view_without_a_vote_lowers_it(
    elsewhere: int, followed: int, seen: float, rate: float
) -> None:
    def score(votes: int, views: float) -> float:
        return best_by_views(elsewhere + votes, up_seen=votes, seen=views, rate=rate)

    assert score(followed + 1, seen) > score(followed, seen)
    assert score(followed, seen + 1) < score(followed, seen)


@given(counts, counts, rates)
def test_where_nothing_was_seen_best_is_the_order_of_top_and_near_average(a: int, b: int, rate: float) -> None:
    scores = [best_by_views(votes, up_seen=0, seen=0.0, rate=rate) for votes in (a, b)]
    assert (scores[0] > scores[1]) == (top(a, 0) > top(b, 0))
    assert all(0 <= score < 0.5 for score in scores)


@given(rates, st.integers(1, 10**6))
def test_an_idea_with_the_votes_that_its_views_let_expect_is_average(rate: float, votes: int) -> None:
    assert best_by_views(votes, up_seen=votes, seen=votes / rate, rate=rate) == pytest.approx(0, abs=1e-9)


@given(counts, rates)
def test_votes_from_elsewhere_weigh_little_beside_many_views(elsewhere: int, rate: float) -> None:
    half, double = (best_by_views(elsewhere + n, up_seen=n, seen=92 / rate, rate=rate) for n in (46, 184))
    assert half < -0.4 < 0.9 < double


@given(st.integers(1, 999))
def test_a_lower_place_counts_less(position: int) -> None:
    assert 0 < examination(position + 1) < examination(position) <= 1


@given(counts, views)
def test_rate_of_a_board_is_between_what_it_was_taken_for_and_what_was_seen(up: int, seen: float) -> None:
    if seen >= 1:
        ends = sorted((ranking.RATE_BEFORE_DATA, up / seen))
        assert ends[0] * 0.999999 <= board_rate(up, seen) <= ends[1] * 1.000001


@given(st.lists(st.tuples(st.integers(-1, 10**6), st.integers(-1, 10**6)), min_size=1, max_size=50))
@pytest.mark.django_db
def test_sql_and_python_agree_on_top_and_best(tallies: list[tuple[int, int]]) -> None:
    ups, downs = [list(counts) for counts in zip(*tallies, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ranking.top_sql('up', 'down')}, {ranking.best_sql('up', 'down')}"
            " FROM unnest(%s::int[], %s::int[]) WITH ORDINALITY AS t(up, down, n) ORDER BY n",
            [ups, downs],
        )
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == [top(*tally) for tally in tallies]
    assert [row[1] for row in rows] == pytest.approx([best(*tally) for tally in tallies], abs=1e-12)


@given(st.lists(st.tuples(st.integers(-1, 10**6), st.integers(-1, 10**6), views, rates), min_size=1, max_size=50))
@pytest.mark.django_db
def test_sql_and_python_agree_on_best_by_views(ideas: list[tuple[int, int, float, float]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ranking.best_of_board_sql('up', '0', 'up_seen', 'seen', 'rate')}"
            " FROM unnest(%s::int[], %s::int[], %s::float8[], %s::float8[]) WITH ORDINALITY"
            " AS t(up, up_seen, seen, rate, n) ORDER BY n",
            [list(column) for column in zip(*ideas, strict=True)],
        )
        found = [score for (score,) in cursor.fetchall()]
    expected = [best_by_views(up, up_seen=up_seen, seen=seen, rate=rate) for up, up_seen, seen, rate in ideas]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


# --- Against real votes, and figures that others computed from them ----------------


@pytest.fixture
def polis() -> Path:
    named = os.environ.get("IDEATION_DATA")
    if not named:
        pytest.skip("IDEATION_DATA names no folder of real data")
    return Path(named) / "polis"


AUSTRIA = "austria-climate.5twd2jsnkf.2022-08-08"


@pytest.mark.parametrize("conversation", [AUSTRIA, "canadian-electoral-reform", "15-per-hour-seattle"])
def test_wilson_meets_the_reference_on_every_statement(polis: Path, conversation: str) -> None:
    rows = json.loads((polis / conversation / "scores.json").read_text())["rows"]
    for row in rows:
        seen, agree, disagree = row["seen"], row["agree"], row["disagree"]
        at_95 = wilson_lower_bound(agree, seen, z=ranking.Z_95)
        at_80 = wilson_lower_bound(agree, agree + disagree, z=1.281551565545)
        assert at_95 == pytest.approx(row["wilson95_agree_of_seen"], abs=1e-9)
        assert at_80 == pytest.approx(row["wilson80_reddit_agree_vs_disagree"] or 0, abs=1e-9)


@pytest.mark.parametrize("moment", ["half", "end"])
def test_trending_meets_the_reference_top_ten(polis: Path, moment: str) -> None:
    reference = json.loads((polis / AUSTRIA / "hot.json").read_text())
    begin, end = reference["t0_epoch"], reference["at"][moment]["T"]
    up_votes: dict[int, list[datetime]] = {}
    for statement, at in agreements(polis / AUSTRIA / "votes.csv", until=end):
        up_votes.setdefault(statement, []).append(at)
    scores = {statement: trending(given, half_life_days=1.0) for statement, given in up_votes.items()}
    offset = ranking.decay_per_second(1.0) * (begin - ranking.EPOCH_SECONDS)
    ten = sorted(scores, key=lambda statement: -scores[statement])[:10]
    expected = reference["at"][moment]["L_log_space_h24"]
    assert ten == [statement for statement, _score in expected]
    assert [scores[statement] - offset for statement in ten] == pytest.approx(
        [score for _statement, score in expected],
        abs=1e-6,  # the reference gives six digits
    )


def agreements(votes: Path, *, until: float) -> Iterator[tuple[int, datetime]]:
    """Yield the statements that people agreed with by their last vote until then, and when."""
    last: dict[tuple[str, str], tuple[int, float]] = {}
    with votes.open(newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: int(row["timestamp"]))
    for row in rows:
        at = int(row["timestamp"]) / 1000
        if at <= until:
            last[row["comment-id"], row["voter-id"]] = int(row["vote"]), at
    for (statement, _voter), (value, at) in last.items():
        if value == 1:
            yield int(statement), datetime.fromtimestamp(at, UTC)
