"""Figures of a board's aside, the same for everybody who sees it; counted at most once a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count

from accounts.viewers import Viewer
from ideas.models import Board, Idea, Standing
from ideas.selectors import ideas_in_order, pinned_ids, similar_ideas

KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """How the team answers: of `ideas` posted in the last 180 days `answered` are, half of those within `days`."""

    ideas: int
    answered: int
    days: float | None


def status_counts(boards: Sequence[Board]) -> dict[str, int]:
    """Return how many listed ideas have each status; a status that no idea has is missing."""
    ids = sorted(board.pk for board in boards)
    counted = Standing.objects.filter(board__in=ids, listed=True).values_list("status")
    found: dict[str, int] = _kept(f"counts:{'-'.join(map(str, ids))}", lambda: dict(counted.annotate(Count("pk"))))
    return found


def pinned_on(board: Board) -> list[int]:
    """Return the ids of the ideas that stand above the board's list."""
    found: list[int] = _kept(_pinned_key(board.pk), lambda: pinned_ids(board))
    return found


def forget_pinned(board_id: int) -> None:
    """Let a change of the team show at once."""
    cache.delete(_pinned_key(board_id))


def _pinned_key(board_id: int) -> str:
    return f"pinned:{board_id}"


def answer_pace(board: Board) -> Pace:
    return Pace(**_kept(f"answer-pace:{board.pk}", lambda: _answer_pace(board)))


def similar_on_board(viewer: Viewer, idea: Idea, *, limit: int) -> list[Idea]:
    """Return listed ideas like `idea` on its board. Which those are is kept; what they say now is read."""

    def found() -> list[int]:
        alike = similar_ideas(viewer, title=idea.title, board=idea.board, limit=limit + 1)
        return [other.pk for other in alike if other.pk != idea.pk][:limit]

    ids: list[int] = _kept(f"similar:{idea.pk}:{idea.version}", found)
    return [other for other in ideas_in_order(viewer, ids) if other.is_listed] if ids else []


def _answer_pace(board: Board) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), count(first.at),
                      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - s.created_at)) / 86400
               FROM ideas_standing s
               LEFT JOIN LATERAL (SELECT min(r.created_at) AS at FROM ideas_officialresponse r
                                  WHERE r.idea_id = s.idea_id) first ON true
               WHERE s.board_id = %s AND s.listed AND s.created_at > now() - interval '180 days'""",
            [board.pk],
        )
        ideas, answered, days = cursor.fetchone()
    return {"ideas": ideas, "answered": answered, "days": days}


def _kept(key: str, make: Any) -> Any:
    return cache.get_or_set(key, make, KEPT_SECONDS)
