"""The product's orders, and those it has to beat, over what is known of ideas at a moment."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ideas.discovering import draw
from votes import ranking

HALF_LIFE_DAYS = 7.0  # the product's default


@dataclass(slots=True)
class Record:
    """What is known of an idea; `seen` are the people who saw it, whatever they then said, by place if known."""

    posted_at: datetime
    up_at: list[datetime] = field(default_factory=list)
    down: int = 0
    seen: float = 0.0

    @property
    def up(self) -> int:
        return len(self.up_at)

    def count(self, value: int, at: datetime) -> None:
        """Count what somebody who saw it said: 1, −1, or 0 for nothing."""
        self.seen += 1
        self.down += value == -1
        if value == 1:
            self.up_at.append(at)


@dataclass(frozen=True, slots=True)
class Board:
    """`rate`: up-votes per person who saw an idea, over the whole board."""

    rate: float

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Board":
        return cls(ranking.board_rate(sum(record.up for record in records), sum(record.seen for record in records)))


Score = Callable[[Record, Board, random.Random], float]


def _best_by_views(record: Record, board: Board, _chance: random.Random) -> float:
    return ranking.best_by_views(record.up, up_seen=record.up, seen=record.seen, rate=board.rate)


def _discover(record: Record, board: Board, chance: random.Random) -> float:
    return draw(chance, up_seen=record.up, seen=record.seen, rate=board.rate)


ORDERS: dict[str, Score] = {
    "plain counter": lambda record, _board, _chance: record.up,
    "top": lambda record, _board, _chance: ranking.top(record.up, record.down),
    "trending": lambda record, _board, _chance: ranking.trending(record.up_at, half_life_days=HALF_LIFE_DAYS),
    "new": lambda record, _board, _chance: record.posted_at.timestamp(),
    "best, −1 allowed": lambda record, _board, _chance: ranking.best(record.up, record.down),
    "best, by views": _best_by_views,
    "discover": _discover,
    "by chance": lambda _record, _board, chance: chance.random(),
}
BY_CHANCE = {"discover", "by chance"}
BY_BOARD = {"best, by views"}  # whose scores all move with the board's rate


def ordered(scores: Sequence[float], posted: Sequence[float]) -> list[int]:
    """Return places of the best score first; ties as the product has them, the newer idea first."""
    return sorted(range(len(scores)), key=lambda place: (scores[place], posted[place]), reverse=True)
