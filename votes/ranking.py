"""The orders of ideas: pure formulas, each beside the SQL by which the fold computes the same number.

Scores are numbers whose order does not change as time passes, so nothing is rewritten unless somebody votes. A change
of a formula or of its parameters is a new version: the fold then computes every score again.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime

TRENDING_VERSION = "trending-1"
TOP_VERSION = "top-1"
NEW_VERSION = "new-1"
BEST_VERSION = "best-1"

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
EPOCH_SECONDS = EPOCH.timestamp()
DAY_SECONDS = 86_400.0
# exp(−700) is still a normal float8; what is that much older than an idea's newest vote adds nothing to 1.
SMALLEST_EXPONENT = -700.0
Z_95 = 1.959963984540054  # of the normal distribution: 95 % lie within ± this


def versions(half_life_days: float) -> str:
    """Name what all stored scores were computed by."""
    return f"{TRENDING_VERSION} half-life {half_life_days:g} d, {TOP_VERSION}, {NEW_VERSION}, {BEST_VERSION}"


def decay_per_second(half_life_days: float) -> float:
    return math.log(2.0) / (half_life_days * DAY_SECONDS)


def trending(up_votes: Iterable[datetime], *, half_life_days: float) -> float:
    """Return L = ln Σ exp(λ·(tᵢ − EPOCH)) over the times of up-votes, λ = ln 2 / half-life; −∞ without one.

    exp(L − λ·(now − EPOCH)) is the number of votes, each worth half after a half-life; as "now" is the same for all
    ideas, L alone orders them. It is never exponentiated by itself: after ten years of a half-life of a day L is 2530.

    >>> from datetime import timedelta
    >>> round(trending([EPOCH + timedelta(days=7)], half_life_days=7.0), 9)  # one vote, one half-life in: ln 2
    0.693147181
    >>> round(trending([EPOCH, EPOCH + timedelta(days=7)], half_life_days=7.0), 9)  # and one half as much worth: ln 3
    1.098612289
    >>> trending([], half_life_days=7.0)
    -inf

    Source: forward decay: Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay: A Practical Time Decay Model for
    Streaming Systems", ICDE 2009, with an exponential g; the sum by log-sum-exp.
    """
    rate = decay_per_second(half_life_days)
    exponents = [rate * (at.timestamp() - EPOCH_SECONDS) for at in up_votes]
    if not exponents:
        return -math.inf
    largest = max(exponents)
    return largest + math.log(math.fsum(math.exp(max(x - largest, SMALLEST_EXPONENT)) for x in exponents))


def exponent_sql(at: str, half_life_days: float) -> str:
    """Return the SQL of λ·(at − EPOCH), of which `log_sum_sql` makes L."""
    return f"({decay_per_second(half_life_days)!r}::float8 * (date_part('epoch', {at}) - {EPOCH_SECONDS!r}::float8))"


def log_sum_sql(exponent: str, largest: str) -> str:
    """Return the SQL aggregate for `trending` over the rows of one idea, each with the idea's `largest` exponent."""
    weight = f"exp(greatest({exponent} - {largest}, {SMALLEST_EXPONENT!r}::float8))"
    return f"(max({largest}) + ln(sum({weight}) FILTER (WHERE {exponent} IS NOT NULL)))"


def top(up: int, down: int) -> int:
    """Return up − down.

    >>> top(12, 5)
    7
    """
    return up - down


def top_sql(up: str, down: str) -> str:
    return f"({up} - {down})"


def best(up: int, down: int) -> float:
    """Return the lower end of the 95 % Wilson interval for the share of up-votes; 0 without votes.

    So a share counts only as far as its votes bear it out. Where nobody votes against, n/(n + z²) grows with n alone:
    the order is that of `top`.

    >>> round(best(1, 0), 9), round(best(57, 11), 9), best(0, 0)
    (0.206549314, 0.733099724, 0.0)

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), 209–212.
    """
    return wilson_lower_bound(up, up + down, z=Z_95) if up >= 0 <= down else 0.0


def wilson_lower_bound(positive: int, n: int, *, z: float) -> float:
    """Return the lower end of the Wilson score interval for `positive` of `n`; 0 for n = 0."""
    if n <= 0:
        return 0.0
    share, square = positive / n, z * z
    half_width = z * math.sqrt(max(share * (1 - share), 0.0) / n + square / (4 * n * n))
    return (share + square / (2 * n) - half_width) / (1 + square / n)


def best_sql(up: str, down: str) -> str:
    """Return the SQL of `best`. Both counts may be −1 for a moment; that is 0 here."""
    n, share, square = f"({up} + {down})::float8", f"({up}::float8 / ({up} + {down}))", f"{Z_95 * Z_95!r}::float8"
    half_width = f"{Z_95!r}::float8 * sqrt(greatest({share} * (1 - {share}), 0) / {n} + {square} / (4 * {n} * {n}))"
    return (
        f"(CASE WHEN {up} < 0 OR {down} < 0 OR {up} + {down} = 0 THEN 0::float8"
        f" ELSE ({share} + {square} / (2 * {n}) - {half_width}) / (1 + {square} / {n}) END)"
    )
