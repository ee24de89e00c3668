from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import ApiKey, Person
from activity.models import Event
from activity.nudge import nudge
from common.generation import generation


def record(
    verb: str,
    *,
    subject_type: str,
    subject_id: int,
    actor: Person | None = None,
    key: ApiKey | None = None,
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Write down that something happened; once the caller's transaction is committed the handlers hear of it, and pages
    that are kept for readers are made anew.

    Args: `at`, when it happened, for history that is brought in: it enters the log, but nobody is told of it.
    """
    history = {"at": at, "handled_at": at} if at else {}
    event = Event.objects.create(
        verb=verb, subject_type=subject_type, subject_id=subject_id, actor=actor, key=key, data=data or {}, **history
    )
    _once_on_commit(generation.advance)
    if at is None:
        _once_on_commit(nudge)
    return event


def _once_on_commit(action: Callable[[], None]) -> None:
    if not any(entry[1] == action for entry in connection.run_on_commit):
        transaction.on_commit(action, robust=True)
