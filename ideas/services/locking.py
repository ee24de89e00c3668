"""Load a row for a change. Every service begins its transaction with exactly one of these."""

from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from common.errors import NotFound, Stale
from ideas.errors import AlreadyMerged, IdeaLocked
from ideas.models import Comment, Idea, Standing


def lock_idea_row(idea: Idea, *, expected_version: int | None = None) -> Idea:
    """Return the idea as it is now, locked until the transaction ends, with its board.

    Raises: NotFound; Stale if `expected_version` is given and not the current one.
    Locks: FOR NO KEY UPDATE. A plain FOR UPDATE would stop all voters on the idea, whose rows refer to it.
    """
    locked = Idea.objects.select_for_update(no_key=True, of=("self",)).select_related("board")
    fresh: Idea | None = locked.filter(pk=idea.pk).first()
    if fresh is None:
        raise NotFound
    if expected_version is not None and expected_version != fresh.version:
        raise Stale
    return fresh


def lock_open_idea(idea: Idea, *, expected_version: int | None = None) -> Idea:
    """As `lock_idea_row`, for what a merged or locked idea refuses."""
    fresh = lock_idea_row(idea, expected_version=expected_version)
    if fresh.merged_into_id:
        raise AlreadyMerged
    if fresh.is_locked:
        raise IdeaLocked
    return fresh


def lock_comment_row(comment: Comment) -> Comment:
    locked = Comment.objects.select_for_update(no_key=True, of=("self",)).select_related("idea__board", "author")
    fresh: Comment | None = locked.filter(pk=comment.pk).first()
    if fresh is None:
        raise NotFound
    return fresh


def save_idea(idea: Idea, **fields: Any) -> None:
    """Write `fields` of a locked idea, as a new version, and what of them its standing repeats.

    Queries: two updates and one read.
    """
    Idea.objects.filter(pk=idea.pk).update(**fields, version=F("version") + 1, updated_at=Now())
    idea.refresh_from_db(fields=[*fields, "version", "updated_at"])
    Standing.objects.filter(pk=idea.pk).update(board=idea.board_id, status=idea.status, listed=idea.is_listed)
