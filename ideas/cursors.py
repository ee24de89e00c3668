"""Places in a list, as text for its address: each belongs to one list, told by its order, boards and filters.

On another list it would tell how ideas there compare with the one it names, which a board may hide.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from accounts.viewers import Viewer
from common.pagination import Cursor
from ideas.lists import ListQuery, Order, Position, boards_ranked

KINDS: dict[Order, type] = {"trending": float, "top": int, "new": datetime, "best": float, "discover": int}
DIGEST_LENGTH = 16


def at_cursor(viewer: Viewer, query: ListQuery, text: str) -> ListQuery:
    """Return the list `query` from the place `text` on.

    Raises: BadCursor, also for a place of another list.
    """
    cursor = Cursor.decode(text, order=_name(viewer, query), kind=KINDS[query.order])
    return replace(query, position=Position(cursor.value, cursor.id, cursor.backwards))


def cursor_at(viewer: Viewer, query: ListQuery, position: Position | None) -> Cursor | None:
    if position is None:
        return None
    return Cursor(_name(viewer, query), position.key, position.idea_id, position.backwards)


def _name(viewer: Viewer, query: ListQuery) -> str:
    boards = sorted(board.pk for board in boards_ranked(viewer, query))
    told = json.dumps([boards, sorted(query.statuses), query.tag, query.q])
    return f"{query.order}-{hashlib.sha256(told.encode()).hexdigest()[:DIGEST_LENGTH]}"
