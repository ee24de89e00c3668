"""Why an idea stands where it stands: an order's formula with the idea's own figures in it, and what would move it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from accounts.viewers import Viewer
from ideas.counts import ideas_with_counts
from ideas.errors import CountsHidden
from ideas.models import Board, Idea, Standing
from ideas.places import PLACES_COUNTED, place_of
from votes import ranking
from votes.rates import rate_of

MOST_VOTES_TRIED = 1 << 20
LARGEST_EXPONENT = 700.0  # imports may bring votes of the far future, whose worth now no float holds


@dataclass(frozen=True, slots=True)
class Input:
    """Something that the formula reads, and how much of the result it makes, in the result's own unit."""

    name: str
    value: float
    contribution: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of an order's formula.

    `inputs` of a standing now sum up to what `formula` says; `up_votes` are how many more, given now, put the first
    standing past the second: None where none can.
    """

    version: str
    formula: str
    inputs: Callable[[Standing, datetime], list[Input]]
    up_votes: Callable[[Standing, Standing, datetime], int | None]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`position` is None for an idea that stands in no list, and beyond PLACES_COUNTED, where `more_than` tells so.

    `up_votes` would put it past `above`, the next better idea: None where votes do not move it, or where the viewer
    does not see the counts of `above`.
    """

    order: str
    version: str
    formula: str
    position: int | None
    more_than: int | None
    score: float | None
    posted_at: datetime
    inputs: list[Input]
    above: Idea | None
    up_votes: int | None


def explain(viewer: Viewer, idea: Idea, order: str, *, now: datetime | None = None) -> Explanation:
    """Explain the place of an idea at hand, with its board and standing, on its board.

    Raises: CountsHidden where the order would tell counts that the board hides from the viewer.
    Queries: 2; `best` 1 more, and 1 more where the board hides counts until one has voted.
    """
    at, rule, standing = now or timezone.now(), rule_of(order, idea.board), idea.standing
    place = place_of(standing, order) if idea.is_listed else None
    above = place.above if place else None
    counted = ideas_with_counts(viewer, [idea, above] if above else [idea])
    if order != "new" and idea.pk not in counted:
        raise CountsHidden
    score = None if order == "new" else getattr(standing, order)
    return Explanation(
        order=order,
        version=rule.version,
        formula=rule.formula,
        position=place.position if place else None,
        more_than=PLACES_COUNTED if place and place.position is None else None,
        score=score if score is not None and math.isfinite(score) else None,
        posted_at=standing.created_at,
        inputs=rule.inputs(standing, at),
        above=above,
        up_votes=rule.up_votes(standing, above.standing, at) if above and above.pk in counted else None,
    )


def rule_of(order: str, board: Board) -> Rule:
    """Return the rule that an order follows on a board now."""
    if order == "best" and (rate := rate_of(board)) is not None:
        return _rule_by_views(rate)
    return RULES[order]


def _fresh_votes(standing: Standing, now: datetime) -> float:
    """Return what the up-votes are worth now, each half as much after a half-life."""
    age = ranking.decay_per_second(settings.HALF_LIFE_DAYS) * (now.timestamp() - ranking.EPOCH_SECONDS)
    return math.exp(min(standing.trending - age, LARGEST_EXPONENT))


def _trending_inputs(standing: Standing, now: datetime) -> list[Input]:
    up_votes = Input("up_votes", max(standing.up, 0), _fresh_votes(standing, now))
    return [up_votes, Input("half_life_days", settings.HALF_LIFE_DAYS)]


def _trending_votes(standing: Standing, above: Standing, now: datetime) -> int | None:
    needed = max(1, math.floor(_fresh_votes(above, now) - _fresh_votes(standing, now)) + 1)
    return needed if needed <= MOST_VOTES_TRIED else None


def _top_inputs(standing: Standing, now: datetime) -> list[Input]:
    up, down = max(standing.up, 0), max(standing.down, 0)
    return [Input("up_votes", up, up), Input("down_votes", down, -down)]


def _top_votes(standing: Standing, above: Standing, now: datetime) -> int:
    tie_is_enough = standing.idea_id > above.idea_id
    return max(1, above.top - standing.top + (not tie_is_enough))


def _new_inputs(standing: Standing, now: datetime) -> list[Input]:
    return [Input("age_days", (now - standing.created_at).total_seconds() / ranking.DAY_SECONDS)]


def _best_inputs(standing: Standing, now: datetime) -> list[Input]:
    up, down = max(standing.up, 0), max(standing.down, 0)
    share = up / (up + down) if up + down else 0.0
    return [
        Input("up_votes", up),
        Input("down_votes", down),
        Input("share_in_favour", share, share),
        Input("few_votes", up + down, ranking.best(up, down) - share),
    ]


def _best_votes(standing: Standing, above: Standing, now: datetime) -> int | None:
    up, down = max(standing.up, 0), max(standing.down, 0)
    beaten = (above.best, above.idea_id)  # ties go to the newer one
    return fewest(lambda more: (ranking.best(up + more, down), standing.idea_id) > beaten)


def _rule_by_views(rate: float) -> Rule:
    """Return the rule of `best` on boards without votes against (`ranking.best_by_views`)."""

    def inputs(standing: Standing, now: datetime) -> list[Input]:
        followed, expected = max(standing.up_seen, 0), standing.seen * rate
        scale = expected + ranking.BEST_PRIOR
        score = ranking.best_by_views(standing.up, up_seen=followed, seen=standing.seen, rate=rate)
        return [
            Input("up_votes_after_views", followed, followed / scale),
            Input("expected_for_its_views", expected, -expected / scale),
            Input("other_up_votes", max(standing.up - followed, 0), score - (followed - expected) / scale),
        ]

    def up_votes(standing: Standing, above: Standing, now: datetime) -> int | None:
        is_seen = standing.seen > 0

        def is_enough(more: int) -> bool:
            followed = standing.up_seen + more * is_seen
            score = ranking.best_by_views(standing.up + more, up_seen=followed, seen=standing.seen, rate=rate)
            return (score, standing.idea_id) > (above.best, above.idea_id)

        return fewest(is_enough)

    return Rule(ranking.BEST_VERSION, "(votes + k) / (votes expected for its views + k) − 1", inputs, up_votes)


def fewest(is_enough: Callable[[int], bool]) -> int | None:
    """Return the smallest number from 1 on that is enough, where all larger ones are too; None if it is too large.

    >>> fewest(lambda n: n * n > 50), fewest(lambda n: False)
    (8, None)
    """
    high = 1
    while not is_enough(high):
        if high >= MOST_VOTES_TRIED:
            return None
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


RULES = {
    "trending": Rule(ranking.TRENDING_VERSION, "Σ 2^(−age / half-life)", _trending_inputs, _trending_votes),
    "top": Rule(ranking.TOP_VERSION, "up − down", _top_inputs, _top_votes),
    "new": Rule(ranking.NEW_VERSION, "posted", _new_inputs, lambda standing, above, now: None),
    "best": Rule(ranking.BEST_VERSION, "share in favour − what few votes leave open", _best_inputs, _best_votes),
}
