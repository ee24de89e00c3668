"""Send what is due. Nothing is lost when a worker, the mail server or one address fails.

A batch is leased, not locked: no transaction is open while the mail server thinks, and a lease that nobody redeemed
runs out. A mail goes twice only when its sender dies between the server's yes and our next statement.
"""

import math
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Now, Power, Random
from django.utils import timezone

from activity.nudge import nudge
from notifications.mail import mail_about, mail_with_ideas
from notifications.matters import Matter, matter_of
from notifications.models import DUE_STATES, Delivery, Kind, State
from notifications.selectors import ideas_of_digest, people_to_tell
from notifications.services.replaying import SEND_TASK
from notifications.smtp import MailServerDown, connect, hand_over, words_of

logger = structlog.get_logger(__name__)

BATCH = 50
LEASE = timedelta(seconds=150)
BATCH_SECONDS = 30.0  # no mail is begun later than this: the lease must outlast the slowest one
RUN_SECONDS = 2.0  # then the next run goes on: in between others get their turn, and a worker can stop
TURN = "notifications.sending"
TURN_SECONDS = 120  # longer than one mail may take in a run that is over otherwise
TRIES = 6
FIRST_RETRY = timedelta(minutes=1)  # then after 5, 25, 125 and 625 minutes: a night without a mail server is survived
RETRY_FACTOR = 5.0
JITTER = 0.2

Mail = tuple[Delivery, EmailMultiAlternatives]


def send_in_turn() -> None:
    """`send_due`, unless another process is at it: a mail server that hangs holds up one process, not all of them."""
    if not cache.add(TURN, True, TURN_SECONDS):
        return
    try:
        send_due(seconds=RUN_SECONDS)
    finally:
        cache.delete(TURN)
    if _due(timezone.now()).exists():
        nudge(SEND_TASK)


def send_due(*, at: datetime | None = None, seconds: float = math.inf) -> int:
    """Send what is due, for about `seconds` at most; return how many mails went. Several may run side by side."""
    sent, stop_at = 0, time.monotonic() + seconds
    while batch := _lease(at or timezone.now()):
        try:
            sent += _send(batch, at or timezone.now(), stop_at)
        except MailServerDown as down:
            _fail_all(batch, at or timezone.now(), str(down))
            break
        if time.monotonic() > stop_at:
            break
    return sent


def _due(at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=DUE_STATES, next_attempt_at__lte=at)


@transaction.atomic
def _lease(at: datetime) -> list[Delivery]:
    """Take the next batch for ourselves until `at` + LEASE."""
    due = _due(at).order_by("next_attempt_at", "id").select_related("person", "digest")
    batch = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    _of(batch).update(next_attempt_at=at + LEASE)
    return batch


def _send(batch: list[Delivery], at: datetime, stop_at: float) -> int:
    """Send a leased batch over one connection: one mail at least, and what time allows; the rest is due again at once.

    Raises: MailServerDown.
    """
    mails = _write(batch, at)
    sent = 0
    if not mails:
        return sent
    stop_at = min(stop_at, time.monotonic() + BATCH_SECONDS)
    connection = get_connection()
    connect(connection)
    try:
        sent += _send_one(connection, *mails.pop(0), at)
        while mails and time.monotonic() < stop_at:
            sent += _send_one(connection, *mails.pop(0), at)
    finally:
        with suppress(OSError):
            connection.close()
    _of(delivery for delivery, _mail in mails).update(next_attempt_at=at)
    return sent


def _send_one(connection: BaseEmailBackend, delivery: Delivery, mail: EmailMultiAlternatives, at: datetime) -> bool:
    try:
        hand_over(connection, mail)
    except MailServerDown:
        raise
    except Exception as error:
        _fail(delivery, at, words_of(error))
        return False
    _of([delivery]).update(state=State.SENT, sent_at=Now(), attempts=F("attempts") + 1, last_error="")
    return True


def _write(batch: list[Delivery], at: datetime) -> list[Mail]:
    """Write the mails that are still wanted and allowed; the other deliveries are marked as skipped."""
    matters = _matters(batch)
    wanted = _wanted(batch, matters)
    mails: list[Mail] = []
    unwanted: list[Delivery] = []
    for delivery in batch:
        try:
            mail = _written(delivery, matters.get(delivery.event_id)) if delivery.pk in wanted else None
        except Exception as error:  # the others are written all the same
            _fail(delivery, at, f"{type(error).__name__}: {error}")
            continue
        if mail:
            mails.append((delivery, mail))
        else:
            unwanted.append(delivery)
    _of(unwanted).update(state=State.SKIPPED)
    return mails


def _written(delivery: Delivery, matter: Matter | None) -> EmailMultiAlternatives | None:
    if matter:
        return mail_about(matter, delivery=delivery)
    ideas = ideas_of_digest(delivery.digest) if delivery.digest else []
    return mail_with_ideas(ideas, delivery=delivery) if ideas else None


def _matters(batch: list[Delivery]) -> dict[int | None, Matter]:
    """Load what the batch is about, once per event, without what is over by now."""
    events = {delivery.event_id: delivery for delivery in batch if delivery.event_id}
    loaded = {pk: matter_of(delivery.event) for pk, delivery in events.items() if delivery.event}
    return {pk: matter for pk, matter in loaded.items() if matter}


def _wanted(batch: list[Delivery], matters: dict[int | None, Matter]) -> set[int]:
    """Return the deliveries whose receivers may still be told. Queries: one per event, one for all digests."""
    wanted: set[int] = set()
    for event_id in {delivery.event_id for delivery in batch}:
        group = {delivery.person_id: delivery.pk for delivery in batch if delivery.event_id == event_id}
        if event_id is None:
            people = people_to_tell(Kind.DIGEST, ideas=[])
        elif matter := matters.get(event_id):
            people = people_to_tell(matter.kind, ideas=matter.ideas)
        else:
            continue
        wanted |= {group[pk] for pk in people.filter(pk__in=group).values_list("pk", flat=True)}
    return wanted


def _fail(delivery: Delivery, at: datetime, words: str) -> None:
    logger.warning("mail_failed", delivery_id=delivery.pk, error=words)
    _of([delivery]).update(**_failure(at, words))


def _fail_all(batch: list[Delivery], at: datetime, words: str) -> None:
    """Note what the server said on all that is due: one knock at its door is enough for them."""
    logger.error("mail_server_down", error=words)
    ours = Q(pk__in=[delivery.pk for delivery in batch])
    due = Delivery.objects.filter(ours | Q(next_attempt_at__lte=at), state__in=DUE_STATES)
    due.update(**_failure(at, words))


def _failure(at: datetime, words: str) -> dict[str, Any]:
    """What a failed attempt writes: try again ever more rarely, with jitter, and give up after TRIES."""
    spread = Value(1 - JITTER) + Value(2 * JITTER) * Random()
    wait = ExpressionWrapper(
        Value(FIRST_RETRY) * Power(Value(RETRY_FACTOR), F("attempts")) * spread, output_field=DurationField()
    )
    return {
        "attempts": F("attempts") + 1,
        "last_error": words[:500],
        "next_attempt_at": Value(at) + wait,
        "state": Case(When(attempts__gte=TRIES - 1, then=Value(State.PARKED)), default=Value(State.FAILED)),
    }


def _of(deliveries: Iterable[Delivery]) -> QuerySet[Delivery]:
    """Return these deliveries as a queryset, as far as nobody has finished them."""
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries], state__in=DUE_STATES)
