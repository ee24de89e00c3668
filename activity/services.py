from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import ApiKey, Person
from activity.models import Event
from activity.nudge import nudge


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
    """Write down that something happened; the handlers hear of it once the caller's transaction is committed.

    Args: `at`, when it happened, for history that is brought in: it enters the log, but nobody is told of it.
    """
    history = {"at": at, "handled_at": at} if at else {}
    event = Event.objects.create(
        verb=verb, subject_type=subject_type, subject_id=subject_id, actor=actor, key=key, data=data or {}, **history
    )
    if at is None:
        _nudge_once_on_commit()
    return event


def _nudge_once_on_commit() -> None:
    if not any(entry[1] is nudge for entry in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)
