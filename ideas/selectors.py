"""Read boards, ideas and comments. All of it is what the viewer may see."""

from collections.abc import Sequence

from django.contrib.postgres.search import TrigramDistance
from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet

from accounts.viewers import Viewer
from common.errors import NotFound
from ideas.models import Board, Comment, Idea

SIMILAR_AT_LEAST = 0.3  # trigram similarity of titles (ALGORITHMS.md §8: suggest from .3 on)
SIMILAR_WITHIN_MS = 300


def boards_for(viewer: Viewer) -> list[Board]:
    """Return the boards in their order. Queries: 1."""
    return list(Board.objects.visible_to(viewer).select_related("portal", "team"))


def board_for(viewer: Viewer, slug: str) -> Board:
    """Raises: NotFound, also for a board that the viewer may not see. Queries: 1."""
    board: Board | None = Board.objects.visible_to(viewer).select_related("portal", "team").filter(slug=slug).first()
    if board is None:
        raise NotFound
    return board


def idea_for(viewer: Viewer, public_id: str) -> Idea:
    """Return an idea with all that its page shows; also a merged one, at its own address.

    Raises: NotFound. Queries: 1.
    """
    found: Idea | None = Idea.objects.visible_to(viewer).with_page_parts().filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def comments_of(idea: Idea, viewer: Viewer) -> QuerySet[Comment]:
    """Return the comments of an idea at hand: threads by age, each followed by its replies by age."""
    return idea.comments.visible_to(viewer).select_related("author").in_thread_order()


def similar_ideas(viewer: Viewer, *, title: str, board: Board | None = None, limit: int = 5) -> list[Idea]:
    """Return listed ideas whose titles share trigrams with `title`, most alike first; each has `.similarity`.

    Given up, with an empty answer, after SIMILAR_WITHIN_MS: a hint is worth no more.
    Queries: 1, by the GiST index on titles.
    """
    ideas = Idea.objects.visible_to(viewer).with_page_parts().filter(standing__listed=True)
    if board:
        ideas = ideas.filter(board=board)
    alike = (
        ideas.annotate(distance=TrigramDistance("title", title))
        .annotate(similarity=1.0 - F("distance"))
        .filter(title__trigram_similar=title)
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SET LOCAL statement_timeout = {SIMILAR_WITHIN_MS};"
                f"SET LOCAL pg_trgm.similarity_threshold = {SIMILAR_AT_LEAST}"
            )
            return list(alike.order_by("distance", "id")[:limit])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "57014":  # query_canceled
            return []
        raise


def ideas_in_order(viewer: Viewer, ids: Sequence[int]) -> list[Idea]:
    """Return the visible ones of the ideas `ids`, in the order of `ids`. Queries: 1."""
    found = {idea.pk: idea for idea in Idea.objects.visible_to(viewer).with_page_parts().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]
