"""Lists of ideas: an order, filters, and a page at a position.

A list is a merge of index ranges, one per (board, status): each gives its first rows behind the position, and the best
of those are the page. So a page costs the same wherever it lies and however rare a status is; nothing is counted.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, Literal, get_args

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.viewers import Viewer
from common.errors import Invalid
from common.prepared import fetch_all
from ideas.discovering import discovered, this_hour
from ideas.listed import ListedIdea, listed_by_id, listed_ideas
from ideas.models import Board, Idea
from ideas.policies import may_see, sees_counts
from ideas.search import WALKED, condition_on, few_matches
from ideas.status import Status

Order = Literal["trending", "top", "new", "best", "discover"]
ORDERS: tuple[Order, ...] = get_args(Order)
COLUMNS: dict[str, str] = {"trending": "trending", "top": "top", "new": "created_at", "best": "best"}
BOARDS_PER_LIST = 50

# Each gives (idea_id, key) of the first rows in its order.
BEST_OF_RANGES = """
SELECT r.idea_id, r.key FROM unnest(%(boards)s::bigint[]) AS b(board_id)
CROSS JOIN unnest(%(statuses)s::text[]) AS t(status)
CROSS JOIN LATERAL (
    SELECT s.idea_id, s.{column} AS key FROM ideas_standing s
    WHERE s.board_id = b.board_id AND s.status = t.status AND s.listed {behind}
    ORDER BY s.{column} {direction}, s.idea_id {direction} LIMIT {rows}) r
ORDER BY r.key {direction}, r.idea_id {direction} LIMIT {rows}"""
BEST_OF_FEW = """
SELECT s.idea_id, s.{column} AS key FROM ideas_standing s
WHERE s.idea_id = ANY(%(ids)s::bigint[]) AND s.board_id = ANY(%(boards)s::bigint[])
  AND s.status = ANY(%(statuses)s::text[]) AND s.listed {behind}
ORDER BY s.{column} {direction}, s.idea_id {direction} LIMIT {rows}"""
# Ranges that are sorted already are merged row by row, as far as somebody reads.
WALK = "SELECT idea_id, key FROM ({ranges}) range ORDER BY key {direction}, idea_id {direction}"
RANGE = """(
SELECT s.idea_id, s.{column} AS key FROM ideas_standing s
WHERE s.board_id = {board} AND s.status = '{status}' AND s.listed {behind}
ORDER BY s.{column} {direction}, s.idea_id {direction} LIMIT {walked})"""
MET_ON_A_WALK = """
SELECT w.idea_id, w.key FROM ({walk} LIMIT {walked}) w
CROSS JOIN LATERAL (SELECT FROM ideas_idea i WHERE i.id = w.idea_id AND {condition} OFFSET 0) met
ORDER BY w.key {direction}, w.idea_id {direction} LIMIT {rows}"""
END = "{walk} LIMIT 1 OFFSET {last}"


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

    @property
    def is_backwards(self) -> bool:
        return self.position is not None and self.position.backwards


@dataclass(frozen=True, slots=True)
class Page:
    """`ideas` in order; `next` and `previous` are None where nothing follows or precedes.

    A search that has walked far stops for now: its page may be short, or empty, and `next` leads on.
    """

    ideas: list[ListedIdea]
    next: Position | None
    previous: Position | None


def ideas_page(viewer: Viewer, query: ListQuery) -> Page:
    """Return one page of listed ideas, each with all that its card shows.

    Raises: SortNeedsBoard for `best` over other than one board.
    Queries: 1; up to 3 for a search.
    """
    if query.order == "best" and len(query.boards) != 1:
        raise SortNeedsBoard(field="sort")
    if query.order == "discover":
        return _discovered_page(viewer, query)
    boards = boards_ranked(viewer, query)
    if query.q or query.tag:
        return _search(boards, query)
    return _page(_read(BEST_OF_RANGES.format(**_words(query)), boards, query), query)


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
    boards = boards_ranked(viewer, query)
    ids = discovered(viewer, boards, statuses=query.statuses, hour=hour)
    if query.tag or query.q:
        ids = _matching(ids, query)
    edge = query.position.idea_id if query.position else 0
    begin = max(0, edge - query.limit) if query.position and query.position.backwards else edge
    shown = ids[begin : begin + query.limit]
    end = begin + len(shown)
    return Page(
        listed_by_id(shown, boards=boards),
        Position(hour, end) if end < len(ids) else None,
        Position(hour, begin, backwards=True) if begin else None,
    )


def _matching(ids: list[int], query: ListQuery) -> list[int]:
    condition, asked = condition_on(q=query.q, tag=query.tag), {"q": query.q, "tag": query.tag}
    among = f"SELECT i.id FROM ideas_idea i WHERE i.id = ANY(%(ids)s::bigint[]) AND {condition}"
    matching = set(fetch_all(itemgetter(0), among, asked | {"ids": ids}))
    return [pk for pk in ids if pk in matching]


def newest_on(board: Board, *, limit: int) -> QuerySet[Idea]:
    """The latest `limit` listed ideas of `board`, in no order; as many rows per status are read, whatever its size."""
    query = ListQuery((board,), "new", limit=limit - 1)
    newest = fetch_all(itemgetter(0), BEST_OF_RANGES.format(**_words(query)), _values([board], query))
    return Idea.objects.filter(pk__in=newest)


def _search(boards: list[Board], query: ListQuery) -> Page:
    condition, asked = condition_on(q=query.q, tag=query.tag), {"q": query.q, "tag": query.tag}
    few = few_matches(condition, asked)
    if few is not None:
        return _page(_read(BEST_OF_FEW.format(**_words(query)), boards, query, ids=few), query)
    ranges = " UNION ALL ".join(
        RANGE.format(**_words(query), board=board.pk, status=status, walked=WALKED)
        for board in boards
        for status in query.statuses or Status.values
    )
    if not ranges:
        return Page([], None, None)
    walk = WALK.format(**_words(query), ranges=ranges)
    met = MET_ON_A_WALK.format(**_words(query), walk=walk, walked=WALKED, condition=condition)
    found = _read(met, boards, query, **asked)
    if len(found) > query.limit:
        return _page(found, query)
    end = fetch_all(
        lambda row: Position(row[1], row[0]), END.format(walk=walk, last=WALKED - 1), _values(boards, query)
    )
    return _page(found, query, cut=end[0] if end else None)


def _read(places: str, boards: list[Board], query: ListQuery, **values: Any) -> list[ListedIdea]:
    """Read what `places` gives: one row more than the page shows, which tells whether more follow."""
    return listed_ideas(places, _values(boards, query) | values, boards=boards, ascending=query.is_backwards)


def _words(query: ListQuery) -> dict[str, Any]:
    """What the statements say for the order, the direction and the length of `query`."""
    column, sign = COLUMNS[query.order], ">" if query.is_backwards else "<"
    behind = f"AND (s.{column}, s.idea_id) {sign} (%(key)s, %(idea_id)s)" if query.position else ""
    direction = "ASC" if query.is_backwards else "DESC"
    return {"column": column, "behind": behind, "direction": direction, "rows": query.limit + 1}


def _values(boards: list[Board], query: ListQuery) -> dict[str, Any]:
    values: dict[str, Any] = {
        "boards": [board.pk for board in boards],
        "statuses": list(query.statuses or Status.values),
    }
    if query.position:
        values |= {"key": query.position.key, "idea_id": query.position.idea_id}
    return values


def _page(found: list[ListedIdea], query: ListQuery, *, cut: Position | None = None) -> Page:
    """Name the places of both neighbours. Args: `cut`, where a walk stopped that may meet more."""
    ideas = found[: query.limit]
    onward = _place(ideas[-1]) if len(found) > query.limit else cut
    back = (_place(ideas[0]) if ideas else query.position) if query.position and (ideas or cut) else None
    if query.is_backwards:
        ideas.reverse()
        onward, back = back, onward
    return Page(ideas, onward and replace(onward, backwards=False), back and replace(back, backwards=True))


def _place(idea: ListedIdea) -> Position:
    return Position(idea.key, idea.pk)
