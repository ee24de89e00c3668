"""What an order does to ideas whose worth is known: visitors see its first places, and vote as real people did.

The ideas are a consultation's statements as they came in, the worth of each the real share of yes. A visitor sees one
page, looks at each place with the probability that the product takes it for, and votes for what they looked at with
VOTES_AT_MOST times its worth.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nlargest, nsmallest
from statistics import fmean

from bench.quality.consultations import Consultation
from bench.quality.measures import gini, spearman
from bench.quality.orders import BY_BOARD, BY_CHANCE, ORDERS, Board, Record
from frontend.seldom_seen import CANDIDATES, with_seldom_seen
from frontend.seldom_seen import PLACES as EXTRA
from ideas.discovering import FEW_VIEWS
from votes.ranking import examination

VISITS = 6_000
SEEDS = 5
PLACES = 10
VOTES_AT_MOST = 0.25
HARDLY_SEEN = 20
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LASTING = timedelta(days=60)
ARRIVING = 2 / 3  # of all visits: until then the ideas come in, evenly
VISITS_PER_BOARD_RATE = 100


@dataclass(frozen=True, slots=True)
class Policy:
    """An order, with or without the two extra cards for ideas that few have seen."""

    order: str
    has_extra_cards: bool = False

    def __str__(self) -> str:
        return f"{self.order} + 2 cards" if self.has_extra_cards else self.order


POLICIES = [Policy(order) for order in ORDERS if "−1" not in order] + [
    Policy("trending", has_extra_cards=True),
    Policy("best, by views", has_extra_cards=True),
]


@dataclass(frozen=True, slots=True)
class Fairness:
    """`hardly_seen` is a share of ideas; the ρ are of votes, and of votes per look, with the true worth."""

    up_votes: float
    gini: float
    hardly_seen: float
    rho_votes: float
    rho_rate: float


def worths(consultation: Consultation, *, fewest: int = 20) -> list[float]:
    """Return the share of yes of every statement with at least `fewest` answers, in the order they were posted."""
    counts = {item.external_id: [0, 0] for item in consultation.statements}
    for value, statement in {
        (item.statement, item.voter): (item.value, item.statement) for item in consultation.opinions
    }.values():
        if value:
            counts[statement][value < 0] += 1
    return [up / (up + down) for up, down in counts.values() if up + down >= fewest]


def fairness(
    worth: Sequence[float], policy: Policy, *, visits: int = VISITS, on_seed: Callable[[], object] = lambda: None
) -> Fairness:
    """Return the mean of SEEDS runs."""
    runs = []
    for seed in range(SEEDS):
        runs.append(_run(worth, policy, visits, random.Random(seed)))
        on_seed()
    return Fairness(*(fmean(column) for column in zip(*runs, strict=True)))


def _run(worth: Sequence[float], policy: Policy, visits: int, chance: random.Random) -> tuple[float, ...]:
    portal = Portal(worth, policy, visits, chance)
    for number in range(visits):
        portal.visit(number)
    votes = [record.up for record in portal.records]
    rates = [up / looks if looks else 0.0 for up, looks in zip(votes, portal.looks, strict=True)]
    hardly_seen = sum(looks < HARDLY_SEEN for looks in portal.looks) / len(worth)
    return sum(votes), gini(portal.looks), hardly_seen, spearman(votes, worth), spearman(rates, worth)


class Portal:
    """A board while people visit it. `looks` is the truth, `records` what the product knows."""

    def __init__(self, worth: Sequence[float], policy: Policy, visits: int, chance: random.Random) -> None:
        self._worth = worth
        self._visits = visits
        self._policy = policy
        self._score = ORDERS[policy.order]
        self._chance = chance
        self._board = Board(VOTES_AT_MOST / 2)
        self._scores: list[float] = []
        self.records: list[Record] = []
        self.looks: list[int] = []

    def visit(self, number: int) -> None:
        now = BEGIN + LASTING * (number / self._visits)
        self._let_arrive(number, now)
        if number % VISITS_PER_BOARD_RATE == 0 and self._policy.order in BY_BOARD:
            self._board = Board.of(self.records)
            self._rescore(range(len(self.records)))
        elif self._policy.order in BY_CHANCE:
            self._rescore(range(len(self.records)))
        page = self._page()
        voted = [idea for place, idea in enumerate(page, start=1) if self._show(idea, place, now)]
        self._rescore(page if self._policy.order in BY_BOARD else voted)

    def _let_arrive(self, number: int, now: datetime) -> None:
        there = min(len(self._worth), PLACES + int(len(self._worth) * number / (self._visits * ARRIVING)))
        for idea in range(len(self.records), there):
            self.records.append(Record(now))
            self.looks.append(0)
            self._scores.append(self._score(self.records[idea], self._board, self._chance))

    def _rescore(self, ideas: Sequence[int]) -> None:
        for idea in ideas:
            self._scores[idea] = self._score(self.records[idea], self._board, self._chance)

    def _page(self) -> list[int]:
        page = nlargest(PLACES, range(len(self.records)), key=lambda idea: (self._scores[idea], idea))
        if not self._policy.has_extra_cards:
            return page
        few = {idea for idea, record in enumerate(self.records) if record.seen < FEW_VIEWS} - set(page)
        candidates = nsmallest(CANDIDATES, few, key=self._seen)
        return with_seldom_seen(page, self._chance.sample(candidates, min(len(EXTRA), len(candidates))))[:PLACES]

    def _seen(self, idea: int) -> float:
        return self.records[idea].seen

    def _show(self, idea: int, place: int, now: datetime) -> bool:
        """Return whether the visitor votes for it."""
        record, examined = self.records[idea], examination(place)
        record.seen += examined
        if self._chance.random() >= examined:
            return False
        self.looks[idea] += 1
        if self._chance.random() >= VOTES_AT_MOST * self._worth[idea]:
            return False
        record.up_at.append(now)
        return True
