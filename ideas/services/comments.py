"""Comments, one level of replies, and the team's internal notes."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Person
from accounts.services import person_now
from activity.services import record
from common.errors import Invalid
from ideas.errors import BoardClosed, IdeaLocked
from ideas.models import Comment, CommentRevision, Idea, Standing
from ideas.services.locking import lock_comment_row, lock_open_idea
from ideas.services.repeats import posted_just_now
from ideas.texts import clean_comment


@transaction.atomic
def post_comment(
    idea: Idea,
    *,
    author: Person,
    body: str,
    parent: Comment | None = None,
    is_internal: bool = False,
    key: ApiKey | None = None,
    at: datetime | None = None,
) -> Comment:
    """Comment on an idea. A reply to a reply joins the same thread; a reply to an internal note is internal.

    What the author said a moment ago is not said again, but returned; a key's Idempotency-Key tells of repeats.

    Args: `at` in the past makes it history, of which nobody is told.

    Raises: Invalid (`body`, `parent`), IdeaLocked, AlreadyMerged, BoardClosed, Forbidden (an inactive author). Internal
        notes are possible always.
    Locks: the idea, FOR NO KEY UPDATE, so that nobody locks, merges or moves it meanwhile; voters go on.
    """
    if parent is not None:
        parent = _thread(idea, parent)
        is_internal = is_internal or parent.is_internal
    author, text = person_now(author), clean_comment(body)  # before the idea, as a union of two people takes them
    if not is_internal and not lock_open_idea(idea).board.is_open:
        raise BoardClosed
    if not key and not at:
        same = Comment.objects.filter(idea=idea, parent=parent, body=text, is_internal=is_internal)
        if said := posted_just_now(same, author):
            return said
    comment = Comment.objects.create(
        idea=idea,
        author=author,
        body=text,
        parent=parent,
        is_internal=is_internal,
        created_at=at or timezone.now(),
    )
    _count(comment, +1 if comment.is_counted else 0)
    _tell("posted", comment, author, key, at, parent_id=parent and parent.pk)
    return comment


@transaction.atomic
def edit_comment(comment: Comment, *, by: Person, body: str) -> Comment:
    """Replace the text; the old one is kept."""
    comment = lock_comment_row(comment)
    if comment.idea.is_locked and not comment.is_internal:
        raise IdeaLocked
    text = clean_comment(body)
    if text != comment.body:
        CommentRevision.objects.create(comment=comment, body=comment.body)
        _save(comment, body=text, edited_at=timezone.now())
        _tell("edited", comment, by)
    return comment


def withdraw_comment(comment: Comment, *, by: Person) -> Comment:
    return _show(comment, by, "withdrawn", withdrawn_at=timezone.now())


def return_comment(comment: Comment, *, by: Person) -> Comment:
    """Undo `withdraw_comment`."""
    return _show(comment, by, "returned", withdrawn_at=None)


def hide_comment(comment: Comment, *, by: Person) -> Comment:
    return _show(comment, by, "hidden", hidden_at=timezone.now())


def restore_comment(comment: Comment, *, by: Person) -> Comment:
    return _show(comment, by, "restored", hidden_at=None)


@transaction.atomic
def _show(comment: Comment, by: Person, what: str, **field: Any) -> Comment:
    """Set one of the times that take a comment out of sight, and count anew; nothing if it holds already."""
    comment = lock_comment_row(comment)
    [(name, value)] = field.items()
    if (getattr(comment, name) is None) != (value is None):
        was_counted = comment.is_counted
        _save(comment, **field)
        _count(comment, int(comment.is_counted) - int(was_counted))
        _tell(what, comment, by)
    return comment


def _thread(idea: Idea, parent: Comment) -> Comment:
    if parent.idea_id != idea.pk:
        raise Invalid(_("That comment belongs to another idea."), field="parent")
    return parent.parent or parent


def _save(comment: Comment, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(comment, name, value)
    comment.save(update_fields=[*fields])


def _count(comment: Comment, change: int) -> None:
    # Last in the transaction: the row is shared with the fold, which must not wait for us.
    if change:
        Standing.objects.filter(pk=comment.idea_id).update(comments=F("comments") + change)


def _tell(
    what: str, comment: Comment, by: Person, key: ApiKey | None = None, at: datetime | None = None, **data: Any
) -> None:
    data |= {"idea_id": comment.idea_id, "is_internal": comment.is_internal}
    record(f"comment.{what}", subject_type="comment", subject_id=comment.pk, actor=by, key=key, data=data, at=at)
