"""The orders of ideas: pure formulas, each beside the SQL by which the fold computes the same number.

Scores are numbers whose order does not change as time passes, so nothing is rewritten unless somebody votes. A change
of a formula or of its parameters is a new version: the fold then computes every score again.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from ideas.models.standing import RATE_BEFORE_DATA as RATE_BEFORE_DATA

TRENDING_VERSION = "trending-1"
TOP_VERSION = "top-1"
NEW_VERSION = "new-1"
BEST_VERSION = "best-2"
EXAMINATION_VERSION = "examination-1"

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
EPOCH_SECONDS = EPOCH.timestamp()
DAY_SECONDS = 86_400.0
# exp(−700) is still a normal float8; what is that much older than an idea's newest vote adds nothing to 1.
SMALLEST_EXPONENT = -700.0
Z_95 = 1.959963984540054  # of the normal distribution: 95 % lie within ± this
BEST_PRIOR = 2.3  # expected votes whose worth of evidence `best_by_views` starts with
EXAMINATION_DECAY = 0.1  # per place
RATE_PRIOR_VOTES = 5.0  # of which a board's rate is taken to be RATE_BEFORE_DATA


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

    For boards with votes against. A share counts only as far as its votes bear it out.

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


def best_by_views(up: int, *, up_seen: int, seen: float, rate: float) -> float:
    """Return by which share an idea got more votes than an average one would have got, had it been seen as much.

    For boards without votes against. (U + k·p) / (E + k) − 1: U up-votes that followed a view, E = seen · rate expected
    ones. With few views it stays near p − 1. That is 0, an average idea, unless the idea has V up-votes that followed
    no view (given elsewhere, or before views were counted): p = 1 + V / (2·(V + k)). So where nothing was seen yet the
    order is that of `top`, up to half above average; the first dozens of views outweigh that.

    Args: `up` all up-votes, `up_seen` those since the idea was first seen; `seen` its views by `examination`; `rate`
        the board's up-votes per such view.

    >>> round(best_by_views(12, up_seen=12, seen=100.0, rate=0.05), 9)  # 12 votes, 5 expected: 14.3 / 7.3 − 1
    0.95890411
    >>> best_by_views(0, up_seen=0, seen=0.0, rate=0.05)
    0.0
    >>> round(best_by_views(40, up_seen=0, seen=0.0, rate=0.05), 9)  # 40 votes from elsewhere, nothing seen
    0.472813239
    >>> round(best_by_views(40, up_seen=0, seen=200.0, rate=0.05), 9)  # … and then 200 views without a vote
    -0.724595898

    Source: social-protocols/quality-news (README, sql/upvote-rates.sql), where k = 2.3 was fitted to Hacker News. Its
    fatigue term is left out: a view is counted once per reader and day here.
    """
    followed = max(up_seen, 0)
    elsewhere = max(up - followed, 0)
    start = 1 + elsewhere / (2 * (elsewhere + BEST_PRIOR))
    return (followed + BEST_PRIOR * start) / (seen * rate + BEST_PRIOR) - 1


def best_by_views_sql(up: str, up_seen: str, seen: str, rate: str) -> str:
    followed, k = f"greatest({up_seen}, 0)::float8", f"{BEST_PRIOR!r}::float8"
    elsewhere = f"greatest({up} - {followed}, 0)"
    start = f"(1 + {elsewhere} / (2 * ({elsewhere} + {k})))"
    return f"(({followed} + {k} * {start}) / ({seen} * {rate} + {k}) - 1)"


def best_of_board_sql(up: str, down: str, up_seen: str, seen: str, rate: str) -> str:
    """Return the SQL of a stored `best`: `rate` is null on boards with votes against."""
    return f"(CASE WHEN {rate} IS NULL THEN {best_sql(up, down)} ELSE {best_by_views_sql(up, up_seen, seen, rate)} END)"


def board_rate(up_seen: int, seen: float) -> float:
    """Return a board's up-votes per view; near RATE_BEFORE_DATA as long as there are few of both.

    >>> board_rate(0, 0.0), round(board_rate(70, 400.0), 9)
    (0.05, 0.15)
    """
    return (up_seen + RATE_PRIOR_VOTES) / (seen + RATE_PRIOR_VOTES / RATE_BEFORE_DATA)


def examination(position: int) -> float:
    """Return how much a view at a place of a list counts, 1 for the first.

    A card may be in sight and still not be read; the further down, the more so. The curve is a convention, milder than
    click curves of search results, since only cards that stayed in sight count at all. To be replaced by the measured
    share of votes at each place: as a new version, for views from then on.

    >>> examination(1), examination(11), round(examination(40), 9)
    (1.0, 0.5, 0.204081633)

    Source of the idea: Richardson, Dominowska, Ragno, "Predicting Clicks", WWW 2007: clicks = seen × liked.
    """
    return 1 / (1 + EXAMINATION_DECAY * (position - 1))
