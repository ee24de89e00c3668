"""Figures of a board's aside, the same for everybody who sees it; worked out at most once a minute, from few rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import OuterRef, Subquery

from accounts.viewers import Viewer
from frontend.portals import remembered
from ideas.lists import newest_on
from ideas.models import Board, Idea, OfficialResponse
from ideas.selectors import ideas_in_order, pinned_ids, similar_ideas
from ideas.status import Status

KEPT_SECONDS = 60
SIMILAR_KEPT_SECONDS = 3_600  # it is by far the dearest part of an idea's page, and hardly changes
COUNTED_TO = 1_000
LATEST = 100
DAY = 86_400  # seconds

COUNTS = """
SELECT k.status, count(*)
FROM unnest(%(statuses)s::text[]) AS k(status) CROSS JOIN LATERAL (
    SELECT FROM unnest(%(boards)s::bigint[]) AS b(id) CROSS JOIN LATERAL (
        SELECT FROM ideas_standing s WHERE s.board_id = b.id AND s.status = k.status AND s.listed
        ORDER BY s.created_at DESC, s.idea_id DESC LIMIT %(most)s) one
    LIMIT %(most)s) counted
GROUP BY k.status"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the team answers: of the latest `ideas` so many are `answered`, half of those within `days`."""

    ideas: int
    answered: int
    days: float | None


def status_counts(boards: Sequence[Board]) -> dict[str, int]:
    """Return how many listed ideas have each status; a status that no idea has is missing.

    A number above COUNTED_TO only says that there are more: nothing is counted further, however many there are.
    """
    ids = sorted(board.pk for board in boards)
    found: dict[str, int] = _kept(f"counts:{'-'.join(map(str, ids))}", lambda: _status_counts(ids))
    return found


def _status_counts(board_ids: list[int]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"statuses": list(Status.values), "boards": board_ids, "most": COUNTED_TO + 1})
        return dict(cursor.fetchall())


def common_tags(board: Board) -> list[str]:
    """Return the tags that the latest ideas of the board have, the most used first."""
    found: list[str] = _kept(f"common-tags:{board.pk}", lambda: _common_tags(board))
    return found


def _common_tags(board: Board) -> list[str]:
    tags = newest_on(board, limit=LATEST).values_list("tags", flat=True)
    return [tag for tag, _uses in Counter(tag for some in tags for tag in sorted(some)).most_common()]


def pinned_on(board: Board) -> list[int]:
    """Return the ids of the ideas that stand above the board's list, as of the last change that was told of."""
    return remembered(("pinned", board.pk), lambda: pinned_ids(board))


def answer_pace(board: Board) -> Pace:
    return Pace(**_kept(f"answer-pace:{board.pk}", lambda: _answer_pace(board)))


def similar_on_board(viewer: Viewer, idea: Idea, *, limit: int) -> list[Idea]:
    """Return listed ideas like `idea` on its board. Which those are is kept; what they say now is read."""

    def found() -> list[int]:
        alike = similar_ideas(viewer, title=idea.title, board=idea.board, limit=limit + 1)
        return [other.pk for other in alike if other.pk != idea.pk][:limit]

    ids: list[int] = _kept(f"similar:{idea.pk}:{idea.version}", found, SIMILAR_KEPT_SECONDS)
    return [other for other in ideas_in_order(viewer, ids) if other.is_listed] if ids else []


def _answer_pace(board: Board) -> dict[str, Any]:
    # Looked up for each of the latest: as a join, all answers there are would be read.
    first = OfficialResponse.objects.filter(idea=OuterRef("pk")).order_by("created_at").values("created_at")[:1]
    latest = newest_on(board, limit=LATEST).annotate(answered_at=Subquery(first))
    answers = list(latest.values_list("created_at", "answered_at"))
    waits = [(answered - posted).total_seconds() / DAY for posted, answered in answers if answered]
    return {"ideas": len(answers), "answered": len(waits), "days": median(waits) if waits else None}


def _kept(key: str, make: Any, seconds: int = KEPT_SECONDS) -> Any:
    return cache.get_or_set(key, make, seconds)
