"""Work off the outbox: every event reaches every handler, also when a worker dies or a handler fails."""

import math
import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from activity.models import Event
from activity.nudge import nudge
from activity.registry import handlers_for
from common.backoff import delay_after

logger = structlog.get_logger(__name__)

BATCH = 50
# A batch ends early after this long: its transaction holds back the fold of votes (docs/architecture.md).
BATCH_SECONDS = 1.0
RUN_SECONDS = 2.0  # then the next run goes on: in between others get their turn, and a worker can stop
TRIES = 6
FIRST_RETRY = timedelta(seconds=10)
RETRY_FACTOR = 5


def drain(*, at: datetime | None = None, seconds: float = math.inf) -> int:
    """Handle what is due, for about `seconds` at most; return the number of events. Several may run side by side.

    The handlers' writes and the mark that an event is handled are one transaction: killed in the middle, both are gone.
    """
    taken, stop_at = 0, time.monotonic() + seconds
    while batch := _drain_batch(at or timezone.now()):
        taken += batch
        if time.monotonic() > stop_at:
            nudge()
            break
    return taken


def replay_events(chosen: "QuerySet[Event]") -> int:
    """Try those of `chosen` again that were parked, with all their attempts; return how many. Queries: one update."""
    parked = Event.objects.filter(pk__in=chosen.values("pk"), parked_at__isnull=False)
    replayed = parked.update(parked_at=None, next_attempt_at=None, attempts=0)
    nudge()
    return replayed


@transaction.atomic
def _drain_batch(at: datetime) -> int:
    taken, stop_at = 0, time.monotonic() + BATCH_SECONDS
    for event in _claim(at):
        _handle(event, at)
        taken += 1
        if time.monotonic() > stop_at:
            break
    return taken


def _claim(at: datetime) -> list[Event]:
    due = Event.objects.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=at), handled_at=None, parked_at=None)
    return list(due.select_for_update(skip_locked=True).order_by("id")[:BATCH])


def _handle(event: Event, at: datetime) -> None:
    if error := _run_handlers(event):
        event.attempts += 1
        event.last_error = error[:500]
        if event.attempts >= TRIES:
            event.parked_at = at
        else:
            event.next_attempt_at = at + delay_after(event.attempts, first=FIRST_RETRY, factor=RETRY_FACTOR)
    else:
        event.handled_at = at
    event.save(update_fields=["handled_at", "attempts", "next_attempt_at", "parked_at", "last_error"])


def _run_handlers(event: Event) -> str:
    """Run all handlers, each in its own savepoint, and return what the last failing one said."""
    said = ""
    for handler in handlers_for(event.verb):
        try:
            with transaction.atomic():
                handler(event)
        except Exception as error:
            logger.exception("event_handler_failed", event_id=event.pk, verb=event.verb)
            said = f"{type(error).__name__}: {error}"
    return said
