"""Figures that compare an order with the truth, and say how evenly something is spread."""

import math
from collections.abc import Sequence


def kendall_tau(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return Kendall's τ-b of two sequences of equal length, ties corrected; 0 where one of them is constant.

    >>> kendall_tau([1, 2, 3], [1, 2, 3]), kendall_tau([1, 2, 3], [3, 2, 1])
    (1.0, -1.0)
    >>> round(kendall_tau([1, 2, 2, 3], [1, 2, 3, 3]), 9)  # 4 pairs agree, none disagrees, one tie on each side
    0.8

    Source: Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33 (1945), 239–251.
    """
    agreement = x_differs = y_differs = 0
    for i in range(len(xs)):
        for j in range(i):
            x, y = _sign(xs[i], xs[j]), _sign(ys[i], ys[j])
            agreement += x * y
            x_differs += x * x
            y_differs += y * y
    return agreement / math.sqrt(x_differs * y_differs) if x_differs and y_differs else 0.0


def _sign(a: float, b: float) -> int:
    return (a > b) - (a < b)


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return Spearman's ρ: the correlation of ranks, those of ties being their mean; 0 where one is constant.

    >>> spearman([1, 2, 3, 4], [10, 20, 40, 30])
    0.8
    """
    a, b = _ranks(xs), _ranks(ys)
    mean = (len(a) + 1) / 2
    covariance = math.fsum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in a) * math.fsum((y - mean) ** 2 for y in b))
    return covariance / spread if spread else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    return ranks


def ndcg(gains: Sequence[float], *, at: int) -> float:
    """Return the normalised discounted cumulative gain of `gains`, none negative, in the order shown.

    >>> ndcg([3, 2, 1], at=3)
    1.0
    >>> round(ndcg([1, 2, 3], at=3), 6)
    0.789998

    Source: Järvelin, Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20 (2002), 422–446.
    """
    best = _discounted(sorted(gains, reverse=True)[:at])
    return _discounted(gains[:at]) / best if best else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def gini(amounts: Sequence[float]) -> float:
    """Return the Gini coefficient of amounts, none negative: 0 for all equal, towards 1 for one having all.

    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 4])
    (0.0, 0.75)
    """
    total, n = math.fsum(amounts), len(amounts)
    if not total:
        return 0.0
    weighted = math.fsum(place * amount for place, amount in enumerate(sorted(amounts), start=1))
    return 2 * weighted / (n * total) - (n + 1) / n
