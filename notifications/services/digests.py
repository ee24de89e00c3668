"""The daily mail: for those for whom something waits, at their own hour of their own day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from activity.nudge import nudge
from notifications.models import Delivery, Digest, DigestEntry, Kind, Preference, Reason
from notifications.services.replaying import SEND_TASK


def make_digests(*, at: datetime | None = None) -> int:
    """Queue the daily mail of everybody whose hour has come; return how many. Safe to repeat and to run twice at once.

    What happens after the hour of a day waits for the next day. Queries: one, and four per mail.
    """
    at = at or timezone.now()
    made = 0
    for row in _waiting():
        day, due_at = last_due(at, time_zone=row["time_zone"], hour=row["hour"])
        if row["since"] < due_at:
            made += _make_digest(row["person"], day, at)
    if made:
        nudge(SEND_TASK)
    return made


def last_due(at: datetime, *, time_zone: str, hour: int) -> tuple[date, datetime]:
    """Return the day, and the moment in UTC, at which `hour` o'clock last struck in `time_zone`.

    An hour that a clock change leaves out strikes when the clock has jumped over it.

    >>> last_due(datetime(2026, 3, 29, 5, tzinfo=UTC), time_zone="Europe/Berlin", hour=7)
    (datetime.date(2026, 3, 29), datetime.datetime(2026, 3, 29, 5, 0, tzinfo=datetime.timezone.utc))
    """
    zone = ZoneInfo(time_zone)
    day = at.astimezone(zone).date()
    while (due_at := datetime.combine(day, time(hour), zone).astimezone(UTC)) > at:
        day -= timedelta(days=1)
    return day, due_at


def _waiting() -> QuerySet[Any, Any]:
    """Return person, time zone, hour, and since when something waits for the person."""
    default_hour = Preference._meta.get_field("digest_hour").default
    return (
        DigestEntry.objects.filter(digest=None)
        .values("person", time_zone=F("person__time_zone"))
        .annotate(hour=Coalesce("person__preference__digest_hour", default_hour), since=Min("event__at"))
    )


@transaction.atomic
def _make_digest(person_id: int, day: date, at: datetime) -> bool:
    digest, made = Digest.objects.get_or_create(person_id=person_id, day=day)
    if made:
        DigestEntry.objects.filter(person=person_id, digest=None).update(digest=digest)
        Delivery.objects.create(
            digest=digest, person_id=person_id, kind=Kind.DIGEST, reason=Reason.TEAM, next_attempt_at=at
        )
    return made
