"""From a submitted form to services: each change is made by the service that owns it, in one transaction."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import Person
from ideas.models import Idea
from ideas.services.comments import post_comment
from ideas.services.ideas import edit_idea
from ideas.services.locking import lock_idea_row
from ideas.services.moderation import (
    assign_idea,
    change_status,
    hide_idea,
    lock_idea,
    move_idea,
    pin_idea,
    respond,
    restore_idea,
    unlock_idea,
    unpin_idea,
)

TEXTS = ("title", "body", "language", "tags")
SWITCHES = {
    "is_hidden": (hide_idea, restore_idea),
    "is_pinned": (pin_idea, unpin_idea),
    "is_locked": (lock_idea, unlock_idea),
}


@transaction.atomic
def save_form(pk: int, *, changed: Iterable[str], values: dict[str, Any], by: Person) -> None:
    """Hand what the form changed to services; all of it or nothing.

    Raises: whatever a service refuses.
    """
    changed = set(changed)
    idea = lock_idea_row(Idea(pk=pk), expected_version=values["seen_version"] if changed else None)
    if texts := {name: values[name] for name in TEXTS if name in changed}:
        edit_idea(idea, by=by, makes_tags=True, **texts)
    if "board" in changed:
        idea = move_idea(idea, board=values["board"], by=by)
    _answer(idea, changed, values, by)
    if "assignee" in changed:
        assign_idea(idea, assignee=values["assignee"], by=by)
    if values.get("note", "").strip():
        post_comment(idea, author=by, body=values["note"], is_internal=True)
    for name, (switch_on, switch_off) in SWITCHES.items():
        if name in changed:
            (switch_on if values[name] else switch_off)(idea, by=by)


def _answer(idea: Idea, changed: set[str], values: dict[str, Any], by: Person) -> None:
    response = values.get("new_response", "")
    if "status" in changed:
        change_status(idea, status=values["status"], response=response, by=by)
    elif response.strip():
        respond(idea, body=response, by=by)
