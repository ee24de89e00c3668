"""Pages of comments: threads by age, each followed by its replies."""

from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.viewers import Viewer
from common.pagination import Cursor
from ideas.models import Comment, Idea
from ideas.selectors import comments_of

ORDER = "comments"


@dataclass(frozen=True, slots=True)
class CommentPage:
    comments: list[Comment]
    next: Cursor | None
    previous: Cursor | None


def comments_page(viewer: Viewer, idea: Idea, *, limit: int, cursor: Cursor | None = None) -> CommentPage:
    """Return one page of the comments of an idea at hand. Queries: 1."""
    backwards = bool(cursor and cursor.backwards)
    sign = "-" if backwards else ""
    rows = comments_of(idea, viewer).select_related("parent").annotate(thread=Coalesce(F("parent_id"), F("id")))
    if cursor:
        rows = rows.filter(_behind(cursor))
    found: list[Comment] = list(rows.order_by(f"{sign}thread", f"{sign}id")[: limit + 1])
    return _cut(found, limit, cursor)


def _behind(cursor: Cursor) -> Q:
    side = "lt" if cursor.backwards else "gt"
    return Q(**{f"thread__{side}": cursor.value}) | Q(thread=cursor.value, **{f"id__{side}": cursor.id})


def _cut(found: list[Comment], limit: int, cursor: Cursor | None) -> CommentPage:
    more, comments = len(found) > limit, found[:limit]
    if not comments:
        return CommentPage([], None, None)
    backwards = bool(cursor and cursor.backwards)
    if backwards:
        comments.reverse()
    onward = _place(comments[-1]) if more or backwards else None
    is_first = cursor is None or (backwards and not more)
    return CommentPage(comments, onward, None if is_first else _place(comments[0], backwards=True))


def _place(comment: Comment, *, backwards: bool = False) -> Cursor:
    return Cursor(ORDER, comment.parent_id or comment.pk, comment.pk, backwards)
