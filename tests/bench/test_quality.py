"""The proof of quality: its measures are right, and it tells a good order from a bad one."""

import doctest
import random
from datetime import UTC, datetime, timedelta

import pytest

from bench.quality import __main__ as command
from bench.quality import measures
from bench.quality.consultations import Consultation
from bench.quality.measures import gini, kendall_tau, ndcg, spearman
from bench.quality.prediction import FEWEST_OPINIONS, Prediction, predictions
from bench.quality.simulation import Policy, fairness
from votes.imports.polis import Opinion, Statement

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WORTH = [0.1, 0.9, 0.3, 0.8, 0.2, 0.7, 0.4, 0.6, 0.5, 0.95] * 6


def test_worked_numbers_hold() -> None:
    assert doctest.testmod(measures).attempted
    assert doctest.testmod(measures).failed == 0


def test_measures_are_nothing_where_nothing_differs() -> None:
    assert kendall_tau([1, 1], [1, 2]) == spearman([1, 1], [1, 2]) == ndcg([0, 0], at=2) == gini([0, 0]) == 0.0


def consultation() -> Consultation:
    """Ten statements; a hundred people say yes to the n-th with a probability of n tenths, in mixed order."""
    chance = random.Random(7)
    statements = [Statement(str(n), "a", f"Statement {n}", False, BEGIN + timedelta(minutes=n)) for n in range(10)]
    pairs = [(statement, voter) for statement in range(10) for voter in range(100)]
    chance.shuffle(pairs)
    opinions = [
        Opinion(str(n), str(voter), 1 if chance.random() < n / 10 else -1, BEGIN + timedelta(hours=1, seconds=number))
        for number, (n, voter) in enumerate(pairs)
    ]
    return Consultation("made up", statements, opinions)


def test_what_people_like_is_predicted_by_their_share_and_not_by_chance() -> None:
    compared, found = predictions(consultation())

    tau = {prediction.order: prediction.tau for prediction in found}
    assert compared == 10
    assert [item.tau for item in found] == sorted((item.tau for item in found), reverse=True)
    assert tau["best, −1 allowed"] > 0.7 > 0.2 > abs(tau["by chance"])


def test_ideas_that_too_few_answered_later_are_not_compared() -> None:
    told = consultation()
    few = [item for item in told.opinions if item.statement != "3"]
    kept = [item for item in told.opinions if item.statement == "3"][: FEWEST_OPINIONS - 1]

    compared, _found = predictions(Consultation("made up", told.statements, sorted([*few, *kept], key=lambda o: o.at)))

    assert compared == 9


def test_the_plain_counter_starves_ideas_and_extra_cards_feed_them() -> None:
    counter = fairness(WORTH, Policy("plain counter"), visits=1_500)
    cards = fairness(WORTH, Policy("best, by views", has_extra_cards=True), visits=1_500)

    assert counter.gini > 0.7 > cards.gini
    assert counter.hardly_seen > 0.5 > 0.1 > cards.hardly_seen
    assert cards.rho_rate > counter.rho_rate


def test_a_simulation_comes_out_the_same_each_time() -> None:
    assert fairness(WORTH, Policy("discover"), visits=50) == fairness(WORTH, Policy("discover"), visits=50)


def test_tables_go_where_their_marks_are() -> None:
    row = Prediction("top", 0.5, 1.0, 0.25)
    rows = command.table(["made up", "τ"], [["top", f"{row.tau:.3f}"]])

    places = "Before\n<!-- prediction -->\n{}<!-- end -->\nAfter\n<!-- simulation -->\n<!-- end -->\n"
    for before in ("", "old\n"):
        text = command.with_tables(places.format(before), {"prediction": rows})
        assert text == places.format(f"{rows}\n")
    assert rows.splitlines()[-1] == "| top     | 0.500 |"
    with pytest.raises(ValueError, match="no place"):
        command.with_tables("nothing", {"prediction": rows})
