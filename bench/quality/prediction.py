"""How well each order, after the first fifth of the votes, predicts which ideas people approve of in the end."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from bench.quality.consultations import Consultation
from bench.quality.measures import kendall_tau, ndcg
from bench.quality.orders import BY_CHANCE, ORDERS, Board, Record, ordered
from votes.imports.polis import Opinion

SHARE_KNOWN = 0.2
FEWEST_OPINIONS = 20  # yes or no, after the cut: below that nobody knows what people think of it
DRAWS = 50  # of the orders that chance has a hand in; their figures are means
PLACES = 20


@dataclass(frozen=True, slots=True)
class Prediction:
    """`tau` and `ndcg` are against the share of yes among later votes, `final_tau` against that among all."""

    order: str
    tau: float
    ndcg: float
    final_tau: float


def predictions(consultation: Consultation) -> tuple[int, list[Prediction]]:
    """Return how many ideas were compared, and every order's figures, best first.

    Compared are ideas that stood there at the cut and got FEWEST_OPINIONS after it. The later votes are the fair
    truth: those before the cut are what the orders have read.
    """
    cut = round(len(consultation.opinions) * SHARE_KNOWN)
    early, late = consultation.opinions[:cut], consultation.opinions[cut:]
    known, later, final = (_records(consultation, part) for part in (early, late, consultation.opinions))
    now = early[-1].at
    compared = [
        name
        for name, record in known.items()
        if record.posted_at <= now and later[name].up + later[name].down >= FEWEST_OPINIONS
    ]
    board = Board.of([record for record in known.values() if record.posted_at <= now])
    records = [known[name] for name in compared]
    truths = ([approval(later[name]) for name in compared], [approval(final[name]) for name in compared])
    found = [_prediction(order, board, records, *truths) for order in ORDERS]
    return len(compared), sorted(found, key=lambda item: -item.tau)


def approval(record: Record) -> float:
    """Return the share of yes among yes and no."""
    return record.up / (record.up + record.down)


def _records(consultation: Consultation, opinions: Iterable[Opinion]) -> dict[str, Record]:
    """Count opinions, of each person only the last on a statement."""
    records = {item.external_id: Record(item.at) for item in consultation.statements}
    last = {(item.statement, item.voter): item for item in opinions}
    for item in last.values():
        records[item.statement].count(item.value, item.at)
    return records


def _prediction(order: str, board: Board, records: list[Record], later: list[float], final: list[float]) -> Prediction:
    chance = random.Random(order)
    figures = []
    for _draw in range(DRAWS if order in BY_CHANCE else 1):
        scores = [ORDERS[order](record, board, chance) for record in records]
        shown = ordered(scores, [record.posted_at.timestamp() for record in records])
        gains = [later[place] for place in shown]
        figures.append((kendall_tau(scores, later), ndcg(gains, at=PLACES), kendall_tau(scores, final)))
    return Prediction(order, *(fmean(column) for column in zip(*figures, strict=True)))
