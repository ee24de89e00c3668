"""Reports of what readers saw, on their way from the portal to the daily counts: a stream in Valkey.

Taking one in is one command, and nothing else: what it says is looked at when it is flushed. Bounded in size, so that
the oldest go when nobody flushes, and in time: reports and the names of readers are kept for at most two days.
"""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings

from votes import readers

LONGEST = 1_500  # bytes of a report
REPORTS_KEPT = 20_000
KEPT_SECONDS = 2 * 86_400
RENEW_SECONDS = 3_600
CARDS_PER_REPORT = 50
LISTS = frozenset({"trending", "top", "new", "best", "discover", "search", "idea"})
LAST_PLACE = 1_000
PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")

_renewed_at = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it was taken in: `reader` as the request looked, `body` as it was sent."""

    id: str
    reader: str
    body: bytes

    @property
    def day(self) -> date:
        return datetime.fromtimestamp(int(self.id.partition("-")[0]) / 1000, UTC).date()


@dataclass(frozen=True, slots=True)
class Sight:
    """That a reader saw an idea at a place of a list, from 1."""

    public_id: str
    place: int
    reader: str
    day: date


@cache
def valkey() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.3, socket_timeout=1.0)


def stream() -> str:
    return f"{settings.CACHE_PREFIX}:seen"


def take(body: bytes, *, address: str, browser: str) -> None:
    """Take in a report. Raises: RedisError where Valkey is away."""
    global _renewed_at
    reader = readers.anonymous(address, browser, datetime.now(UTC).date())
    valkey().xadd(stream(), {"r": reader, "b": body}, maxlen=REPORTS_KEPT, approximate=True)
    if time.monotonic() - _renewed_at > RENEW_SECONDS:
        _renewed_at = time.monotonic()
        valkey().expire(stream(), KEPT_SECONDS)


def reports(*, after: str = "", until: str = "+", most: int) -> list[Report]:
    """Return reports with `after` < id ≤ `until`, oldest first."""
    entries: Any = valkey().xrange(stream(), min=f"({after}" if after else "-", max=until, count=most)
    return [Report(key.decode(), fields[b"r"].decode(), fields[b"b"]) for key, fields in entries]


def drop(*, until: str) -> None:
    """Remove reports with id ≤ `until`."""
    moment, _dash, number = until.partition("-")
    valkey().xtrim(stream(), minid=f"{moment}-{int(number) + 1}", approximate=False)


def sights_in(report: Report) -> list[Sight]:
    """Return what a report says; nothing where it is no report at all."""
    try:
        said = json.loads(report.body)
        cards, code = said["seen"][:CARDS_PER_REPORT], str(said.get("reader", ""))
        known = said["list"] in LISTS
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    reader = readers.reader_of(code, report.day) if code else None
    named = [_sight(card, reader or report.reader, report.day) for card in cards] if known else []
    return [sight for sight in named if sight]


def _sight(card: Any, reader: str, day: date) -> Sight | None:
    match card:
        case [str(public_id), int(place)] if PUBLIC_ID.fullmatch(public_id) and 1 <= place <= LAST_PLACE:
            return Sight(public_id, place, reader, day)
    return None


def known_sights(pairs: Sequence[tuple[Sight, int]]) -> list[bool]:
    """Say of each (sight, idea's id) whether its reader saw the idea earlier that day."""
    with valkey().pipeline(transaction=False) as pipe:
        for sight, idea_id in pairs:
            pipe.sismember(_seen_by(sight), str(idea_id))
        return [bool(found) for found in pipe.execute()]


def remember_sights(pairs: Sequence[tuple[Sight, int]]) -> None:
    with valkey().pipeline(transaction=False) as pipe:
        for sight, idea_id in pairs:
            pipe.sadd(_seen_by(sight), idea_id)
        for key in {_seen_by(sight) for sight, _idea_id in pairs}:
            pipe.expire(key, timedelta(seconds=KEPT_SECONDS))
        pipe.execute()


def _seen_by(sight: Sight) -> str:
    return f"{stream()}:{sight.day.isoformat()}:{sight.reader}"
