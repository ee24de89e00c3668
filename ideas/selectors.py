"""Read boards, ideas and comments. All of it is what the viewer may see."""

from collections.abc import Sequence

import structlog
from django.contrib.postgres.search import SearchQuery, TrigramDistance
from django.db import OperationalError, connection, transaction
from django.db.models import F, Max, Q, QuerySet

from accounts.models import Language, Person
from accounts.viewers import Viewer
from common.errors import NotFound
from common.prepared import PreparedQuery, given
from ideas.models import Board, Comment, Idea
from ideas.policies import may_moderate, may_open, may_see

logger = structlog.get_logger(__name__)

SIMILAR_AT_LEAST = 0.3  # trigram similarity of titles (ALGORITHMS.md §8: suggest from .3 on)
SIMILAR_WITHIN_MS = 300

BOARD = PreparedQuery(lambda: Board.objects.filter(slug=given("slug")).order_by())
IDEA = PreparedQuery(lambda: Idea.objects.with_page_parts().filter(public_id=given("public_id")))
IDEA_BY_ID = PreparedQuery(lambda: Idea.objects.with_page_parts().filter(pk=given("id")))


def boards_for(viewer: Viewer) -> list[Board]:
    """Return the boards in their order. Queries: 1."""
    return list(Board.objects.visible_to(viewer).select_related("portal", "team"))


def board_for(viewer: Viewer, slug: str) -> Board:
    """Raises: NotFound, also for a board that the viewer may not see. Queries: 1."""
    board = BOARD.first(slug=slug)
    if board is None or not may_see(viewer, board):
        raise NotFound
    return board


def idea_for(viewer: Viewer, public_id: str) -> Idea:
    """Return an idea with all that its page shows; also a merged one, at its own address.

    Raises: NotFound. Queries: 1.
    """
    found = IDEA.first(public_id=public_id)
    if found is None or not may_open(viewer, found):
        raise NotFound
    return found


def idea_by_id(idea_id: int) -> Idea:
    """Return an idea of which the viewer was asked before, as `idea_for` does."""
    found = IDEA_BY_ID.first(id=idea_id)
    if found is None:
        raise NotFound
    return found


def canonical_idea_for(viewer: Viewer, public_id: str) -> Idea:
    """Return the idea, or what it was merged into: there votes go, and that board's rules count.

    Raises: NotFound, also where the viewer may not see either. Queries: 1; 2 for a merged idea.
    """
    idea = idea_for(viewer, public_id)
    return idea_for(viewer, idea.merged_into.public_id) if idea.merged_into else idea


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
            logger.info("similar_ideas_given_up", after_ms=SIMILAR_WITHIN_MS)
            return []
        raise


def ideas_in_order(viewer: Viewer, ids: Sequence[int]) -> list[Idea]:
    """Return the visible ones of the ideas `ids`, in the order of `ids`. Queries: 1."""
    found = {idea.pk: idea for idea in Idea.objects.visible_to(viewer).with_page_parts().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def comment_for(viewer: Viewer, public_id: str, *, idea: Idea | None = None) -> Comment:
    """Return a comment of an idea that the viewer may open; authors find their own withdrawn ones.

    Raises: NotFound. Queries: 1.
    """
    mine = Q(author=viewer.person_id, hidden_at=None) if viewer.person_id else Q(pk__in=[])
    shown = Q(pk__in=Comment.objects.visible_to(viewer).filter(public_id=public_id))
    found = (
        Comment.objects.select_related("idea__board", "author", "parent")
        .filter(shown | mine, public_id=public_id, idea__in=Idea.objects.visible_to(viewer))
        .first()
    )
    if found is None or (idea and found.idea_id != idea.pk):
        raise NotFound
    return found


def colleagues_of(board: Board) -> QuerySet[Person]:
    """Return those who can be assigned ideas of `board`, by name."""
    return Person.objects.filter(teams=board.team_id, is_active=True).order_by("display_name", "email")


def ideas_to_merge_into(viewer: Viewer, idea: Idea, *, words: str = "") -> list[Idea]:
    """Return up to ten listed ideas on boards that the viewer moderates: by words, or by likeness without any."""
    if not words.strip():
        found = similar_ideas(viewer, title=idea.title, limit=10)
    else:
        config = f"ideation_{idea.language if idea.language in Language.values else 'simple'}"
        query = SearchQuery(words.replace("\x00", "")[:200], config=config, search_type="websearch")
        listed = Idea.objects.moderated_by(viewer).with_page_parts().filter(standing__listed=True)
        found = list(listed.filter(search=query).order_by("-standing__top")[:10])
    return [other for other in found if other.pk != idea.pk and may_moderate(viewer, other.board)]


def pinned_ids(board: Board) -> list[int]:
    """Return the listed ideas that the team pinned, latest first; at most ten. Queries: 1, by a partial index."""
    pinned = Idea.objects.filter(board=board, is_pinned=True, standing__listed=True)
    return list(pinned.order_by("-id").values_list("pk", flat=True)[:10])


def ideas_of(viewer: Viewer, *, limit: int) -> list[Idea]:
    """Return the viewer's own ideas that they may see, newest first; withdrawn and merged ones too, hidden ones not."""
    own = Idea.objects.visible_to(viewer).filter(author=viewer.person, hidden_at=None)
    return list(own.with_page_parts().order_by("-id")[:limit])


def highest_idea_id() -> int:
    return Idea.objects.aggregate(highest=Max("pk"))["highest"] or 0


def listed_between(viewer: Viewer, first: int, end: int) -> list[Idea]:
    """Return listed ideas with first ≤ id < end, with what an address needs. Queries: 1, over an index range."""
    of_standings = {"standing__pk__gte": first, "standing__pk__lt": end}  # so that their range is read too, not all
    found = Idea.objects.visible_to(viewer).filter(pk__gte=first, pk__lt=end, standing__listed=True, **of_standings)
    return list(found.only("public_id", "title", "updated_at").order_by("pk"))
