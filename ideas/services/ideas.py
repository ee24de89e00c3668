"""Posting, editing and withdrawing ideas."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, Person
from accounts.services import person_now
from activity.services import record
from ideas.errors import BoardClosed
from ideas.models import Board, Idea, IdeaRevision, Standing
from ideas.services.locking import lock_idea_row, lock_open_idea, save_idea
from ideas.services.repeats import posted_just_now
from ideas.services.tags import tags_of_portal
from ideas.texts import clean_body, clean_language, clean_title


@transaction.atomic
def post_idea(
    board: Board,
    *,
    author: Person,
    title: str,
    body: str = "",
    tags: Sequence[str] = (),
    language: str = "",
    makes_tags: bool = False,
    key: ApiKey | None = None,
    created_at: datetime | None = None,
) -> Idea:
    """Post an idea; the author's own vote is not cast.

    What the author posted a moment ago is not posted again, but returned; a key's Idempotency-Key tells of repeats.

    Args: `language` of the text, by default the board's; `makes_tags` lets unknown tags enter the vocabulary;
        `created_at` in the past makes it history, of which nobody is told.
    Raises: Invalid (title, body, tags, language), UnknownTag, BoardClosed, Forbidden (an inactive author).
    """
    if not board.is_open:
        raise BoardClosed
    author, posted_at = person_now(author), created_at or timezone.now()
    title, body = clean_title(title), clean_body(body)
    if not key and not created_at:
        same = Idea.objects.filter(board=board, title=title, body=body)
        if posted := posted_just_now(same, author):
            return posted
    idea = Idea.objects.create(
        board=board,
        author=author,
        title=title,
        body=body,
        tags=tags_of_portal(board.portal_id, tags, makes_tags=makes_tags),
        language=clean_language(language or board.language),
        created_at=posted_at,
        updated_at=posted_at,
    )
    Standing.objects.create(idea=idea, board=board, status=idea.status, listed=True, created_at=posted_at)
    record("idea.posted", subject_type="idea", subject_id=idea.pk, actor=author, key=key, at=created_at)
    return idea


@transaction.atomic
def edit_idea(
    idea: Idea,
    *,
    by: Person | None,
    title: str | None = None,
    body: str | None = None,
    tags: Sequence[str] | None = None,
    language: str | None = None,
    makes_tags: bool = False,
    key: ApiKey | None = None,
    expected_version: int | None = None,
) -> Idea:
    """Change what is given; the replaced title and body are kept as a revision.

    Raises: Stale if `expected_version` is not the current one; Invalid; UnknownTag; IdeaLocked; AlreadyMerged.
    """
    idea = lock_open_idea(idea, expected_version=expected_version)
    changes = {
        "title": clean_title(title) if title is not None else idea.title,
        "body": clean_body(body) if body is not None else idea.body,
        "language": clean_language(language) if language is not None else idea.language,
        "tags": idea.tags
        if tags is None
        else tags_of_portal(idea.board.portal_id, tags, makes_tags=makes_tags, known=idea.tags),
    }
    changed = {name: value for name, value in changes.items() if value != getattr(idea, name)}
    if changed:
        if changed.keys() & {"title", "body"}:
            IdeaRevision.objects.create(idea=idea, title=idea.title, body=idea.body, editor=by)
        save_idea(idea, **changed)
        record("idea.edited", subject_type="idea", subject_id=idea.pk, actor=by, key=key, data={"fields": [*changed]})
    return idea


@transaction.atomic
def withdraw_idea(idea: Idea, *, by: Person) -> Idea:
    """Take an idea off every list; its author and the team still find it. Repeating it changes nothing."""
    idea = lock_idea_row(idea)
    if idea.withdrawn_at is None:
        save_idea(idea, withdrawn_at=timezone.now())
        record("idea.withdrawn", subject_type="idea", subject_id=idea.pk, actor=by)
    return idea


@transaction.atomic
def return_idea(idea: Idea, *, by: Person) -> Idea:
    """Undo `withdraw_idea`."""
    idea = lock_idea_row(idea)
    if idea.withdrawn_at is not None:
        save_idea(idea, withdrawn_at=None)
        record("idea.returned", subject_type="idea", subject_id=idea.pk, actor=by)
    return idea
