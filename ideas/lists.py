"""Lists of ideas: an order, filters, and a page at a position.

A list is a merge of index ranges, one per (board, status): each gives its first rows behind the position, and the best
of those are the page. So a page costs the same wherever it lies and however rare a status is; nothing is counted.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from accounts.viewers import Viewer
from common.errors import Invalid
from ideas.discovering import discovered, this_hour
from ideas.models import Board, Idea
from ideas.policies import may_see, sees_counts
from ideas.status import Status

Order = Literal["trending", "top", "new", "best", "discover"]
ORDERS: tuple[Order, ...] = get_args(Order)
COLUMNS: dict[str, str] = {"trending": "trending", "top": "top", "new": "created_at", "best": "best"}
BOARDS_PER_LIST = 50
MATCHES_SORTED = 1_000


class SortNeedsBoard(Invalid):
    """Scores of `best` are not comparable between boards with and without −1."""

    code = "sort_needs_board"
    message = _("This order needs one board.")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order: behind (or, `backwards`, before) the idea `idea_id` with the score `key`.

    In `discover`: behind so many ideas of the order of the hour `key`.
    """

    key: float | datetime
    idea_id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list is asked for. `boards` at most BOARDS_PER_LIST; `statuses` empty: all; `q`: words to be found."""

    boards: tuple[Board, ...]
    order: Order = "trending"
    statuses: tuple[str, ...] = ()
    tag: str = ""
    q: str = ""
    limit: int = 20
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`ideas` in order; `next` and `previous` are None where nothing follows or precedes."""

    ideas: list[Idea]
    next: Position | None
    previous: Position | None


def ideas_page(viewer: Viewer, query: ListQuery) -> Page:
    """Return one page of listed ideas, each with all that its card shows.

    Raises: SortNeedsBoard for `best` over other than one board.
    Queries: 1.
    """
    if query.order == "best" and len(query.boards) != 1:
        raise SortNeedsBoard(field="sort")
    if query.order == "discover":
        return _discovered_page(viewer, query)
    boards = [board.pk for board in boards_ranked(viewer, query)]
    ids = _matches(boards, query) if query.tag or query.q else _merged_ranges(boards, query)
    backwards = bool(query.position and query.position.backwards)
    sign = "" if backwards else "-"
    found = list(
        Idea.objects.with_page_parts()
        .filter(pk__in=ids, standing__listed=True)
        .order_by(f"{sign}standing__{COLUMNS[query.order]}", f"{sign}pk")
    )
    return _page(found, query, backwards)


def boards_ranked(viewer: Viewer, query: ListQuery) -> list[Board]:
    """Return the boards whose ideas stand in the list.

    Where an order tells scores, a count that is hidden could be read from the counts beside it. So a board that hides
    its counts from the viewer stands only among others that do.
    """
    seen = [board for board in query.boards[:BOARDS_PER_LIST] if may_see(viewer, board)]
    if query.order == "new":
        return seen
    return [board for board in seen if sees_counts(viewer, board, has_voted=False)] or seen


def _discovered_page(viewer: Viewer, query: ListQuery) -> Page:
    """Cut a page out of the viewer's order of the hour; a tag or words leave out what they don't match."""
    hour = int(query.position.key) if query.position else this_hour()  # type: ignore[arg-type]
    ids = discovered(viewer, boards_ranked(viewer, query), statuses=query.statuses, hour=hour)
    if query.tag or query.q:
        ids = _matching(ids, query)
    edge = query.position.idea_id if query.position else 0
    begin = max(0, edge - query.limit) if query.position and query.position.backwards else edge
    shown = ids[begin : begin + query.limit]
    end = begin + len(shown)
    found = {idea.pk: idea for idea in Idea.objects.with_page_parts().filter(pk__in=shown, standing__listed=True)}
    return Page(
        [found[pk] for pk in shown if pk in found],
        Position(hour, end) if end < len(ids) else None,
        Position(hour, begin, backwards=True) if begin else None,
    )


def _matching(ids: list[int], query: ListQuery) -> list[int]:
    conditions, values = _conditions(query)
    some = RawSQL(f"SELECT i.id FROM ideas_idea i WHERE i.id = ANY(%s) AND {conditions}", (ids, *values))
    matching = set(Idea.objects.filter(pk__in=some).values_list("pk", flat=True))
    return [pk for pk in ids if pk in matching]


def newest_on(board: Board, *, limit: int) -> QuerySet[Idea]:
    """The latest `limit` listed ideas of `board`, in no order; as many rows per status are read, whatever its size."""
    return Idea.objects.filter(pk__in=_merged_ranges([board.pk], ListQuery((board,), "new", limit=limit - 1)))


def _page(found: list[Idea], query: ListQuery, backwards: bool) -> Page:
    """Cut the one row too many that tells whether more follow, and name the places of both neighbours."""
    more = len(found) > query.limit
    ideas = found[: query.limit]
    if backwards:
        ideas.reverse()
    if not ideas:
        return Page([], None, None)
    onward = _place(ideas[-1], query.order) if more or backwards else None
    is_first = query.position is None or (backwards and not more)
    return Page(ideas, onward, None if is_first else replace(_place(ideas[0], query.order), backwards=True))


def _place(idea: Idea, order: Order) -> Position:
    return Position(getattr(idea.standing, COLUMNS[order]), idea.pk)


def _merged_ranges(boards: list[int], query: ListQuery) -> RawSQL:
    ranges = [(board, status) for board in boards for status in query.statuses or Status.values]
    behind, args = _behind(query)
    column, direction = _sort(query)
    return RawSQL(
        f"""SELECT r.idea_id FROM unnest(%s::bigint[], %s::text[]) AS k(board_id, status) CROSS JOIN LATERAL (
              SELECT s.idea_id, s.{column} FROM ideas_standing s
              WHERE s.board_id = k.board_id AND s.status = k.status AND s.listed {behind}
              ORDER BY s.{column} {direction}, s.idea_id {direction} LIMIT %s) r
            ORDER BY r.{column} {direction}, r.idea_id {direction} LIMIT %s""",
        (
            [board for board, _status in ranges],
            [status for _board, status in ranges],
            *args,
            query.limit + 1,
            query.limit + 1,
        ),
    )


def _matches(boards: list[int], query: ListQuery) -> RawSQL:
    """The ideas that have the words or the tag: at most the MATCHES_SORTED best-scored are looked at."""
    behind, args = _behind(query)
    column, direction = _sort(query)
    conditions, values = _conditions(query)
    return RawSQL(
        f"""SELECT s.idea_id FROM (
              SELECT s.idea_id, s.{column} FROM ideas_standing s JOIN ideas_idea i ON i.id = s.idea_id
              WHERE s.board_id = ANY(%s) AND s.status = ANY(%s) AND s.listed AND {conditions}
              ORDER BY s.{column} DESC, s.idea_id DESC LIMIT {MATCHES_SORTED}) s
            WHERE true {behind} ORDER BY s.{column} {direction}, s.idea_id {direction} LIMIT %s""",
        (boards, list(query.statuses or Status.values), *values, *args, query.limit + 1),
    )


def _conditions(query: ListQuery) -> tuple[str, list[Any]]:
    conditions, values = [], []
    if query.tag:
        conditions.append("i.tags @> ARRAY[%s]::varchar[]")
        values.append(query.tag)
    if query.q:
        # A reader may search German and English ideas at once: each configuration stems the words its way.
        words = [f"websearch_to_tsquery('ideation_{name}', %s)" for name in ("de", "en", "simple")]
        conditions.append(f"i.search @@ ({' || '.join(words)})")
        values += [query.q] * 3
    return " AND ".join(conditions), values


def _behind(query: ListQuery) -> tuple[str, list[Any]]:
    if query.position is None:
        return "", []
    column, _direction = _sort(query)
    sign = ">" if query.position.backwards else "<"
    return f"AND (s.{column}, s.idea_id) {sign} (%s, %s)", [query.position.key, query.position.idea_id]


def _sort(query: ListQuery) -> tuple[str, str]:
    backwards = bool(query.position and query.position.backwards)
    return COLUMNS[query.order], "ASC" if backwards else "DESC"
