"""What the team does with an idea. All of it is told in `activity`; repeating any of it changes nothing."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Person
from activity.services import record
from common.errors import Invalid
from ideas.errors import AlreadyMerged
from ideas.models import Board, Idea, OfficialResponse
from ideas.services.locking import lock_idea_row, save_idea
from ideas.services.tags import tags_of_portal
from ideas.status import Status, check_transition
from ideas.texts import clean_response


@transaction.atomic
def change_status(
    idea: Idea,
    *,
    status: str,
    by: Person | None,
    response: str = "",
    key: ApiKey | None = None,
    at: datetime | None = None,
    expected_version: int | None = None,
) -> Idea:
    """Move an idea to `status`, with an official response where one is given.

    Args: `at` in the past makes it history, of which nobody is told.
    Raises: Stale if `expected_version` is not the current one; Invalid (`status`), TransitionNotAllowed, AlreadyMerged.
    """
    if status not in Status.values:
        raise Invalid(_("There is no such status."), field="status", code="invalid_choice")
    idea = lock_idea_row(idea, expected_version=expected_version)
    if idea.merged_into_id:
        raise AlreadyMerged
    if status == idea.status:
        return respond(idea, body=response, by=by, key=key, at=at) if response.strip() else idea
    check_transition(idea.status, status)
    old = idea.status
    answer = {"response": _new_response(idea, response, by, at)} if response.strip() else {}
    save_idea(idea, status=status, **answer)
    told = {"old": old, "new": status, "response_id": idea.response_id if answer else None}
    _tell("status_changed", idea, by, key, at, **told)
    return idea


@transaction.atomic
def respond(idea: Idea, *, body: str, by: Person | None, key: ApiKey | None = None, at: datetime | None = None) -> Idea:
    """Answer an idea in the company's name; earlier responses stay in the timeline."""
    idea = lock_idea_row(idea)
    save_idea(idea, response=_new_response(idea, body, by, at))
    _tell("responded", idea, by, key, at, response_id=idea.response_id)
    return idea


def _new_response(idea: Idea, body: str, by: Person | None, at: datetime | None) -> OfficialResponse:
    return OfficialResponse.objects.create(
        idea=idea, body=clean_response(body), author=by, created_at=at or timezone.now()
    )


def hide_idea(idea: Idea, *, by: Person) -> Idea:
    """Take an idea away from everybody but the team."""
    return _set(idea, "hidden", by, hidden_at=timezone.now()) if idea.hidden_at is None else idea


def restore_idea(idea: Idea, *, by: Person) -> Idea:
    return _set(idea, "restored", by, hidden_at=None)


def lock_idea(idea: Idea, *, by: Person) -> Idea:
    """End the discussion: no votes, comments or edits from now on."""
    return _set(idea, "locked", by, is_locked=True)


def unlock_idea(idea: Idea, *, by: Person) -> Idea:
    return _set(idea, "unlocked", by, is_locked=False)


def pin_idea(idea: Idea, *, by: Person) -> Idea:
    return _set(idea, "pinned", by, is_pinned=True)


def unpin_idea(idea: Idea, *, by: Person) -> Idea:
    return _set(idea, "unpinned", by, is_pinned=False)


def assign_idea(idea: Idea, *, assignee: Person | None, by: Person, expected_version: int | None = None) -> Idea:
    """Make a colleague the one who looks after an idea; None: nobody.

    Raises: Stale if `expected_version` is not the current one; Invalid (`assignee`) for somebody who is not on the
        board's team.
    """
    if assignee and not (assignee.is_administrator or assignee.teams.filter(pk=idea.board.team_id).exists()):
        raise Invalid(_("Only people of the owning team can be assigned."), field="assignee")
    return _set(idea, "assigned", by, expected_version=expected_version, assignee=assignee)


@transaction.atomic
def move_idea(idea: Idea, *, board: Board, by: Person, expected_version: int | None = None) -> Idea:
    """Put an idea on another board; its address stays, its tags enter the other portal's vocabulary.

    Raises: Stale if `expected_version` is not the current one.
    """
    idea = lock_idea_row(idea, expected_version=expected_version)
    old = idea.board
    if old.pk != board.pk:
        tags = tags_of_portal(board.portal_id, idea.tags, makes_tags=True)
        save_idea(idea, board=board, tags=tags)
        _tell("moved", idea, by, old_board=old.pk, new_board=board.pk)
    return idea


@transaction.atomic
def _set(idea: Idea, what: str, by: Person, *, expected_version: int | None = None, **fields: Any) -> Idea:
    """Write `fields` and tell it as `idea.<what>`, unless they hold already."""
    idea = lock_idea_row(idea, expected_version=expected_version)
    if any(getattr(idea, name) != value for name, value in fields.items()):
        save_idea(idea, **fields)
        data: dict[str, Any] = {"assignee_id": idea.assignee_id} if "assignee" in fields else {}
        _tell(what, idea, by, **data)
    return idea


def _tell(
    what: str, idea: Idea, by: Person | None, key: ApiKey | None = None, at: datetime | None = None, **data: Any
) -> None:
    record(f"idea.{what}", subject_type="idea", subject_id=idea.pk, actor=by, key=key, data=data, at=at)
