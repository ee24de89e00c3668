"""Reports of what readers saw, on their way from the portal to the daily counts: a stream in Valkey.

Taking one in is one command, and nothing else: what it says is looked at when it is flushed. Bounded in size, so that
the oldest go when nobody flushes, and in time: reports and the names of readers are kept for at most two days.
"""

import json
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

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

_renewed_at = -math.inf


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it was taken in: `reader` as the request looked, `body` as it was sent."""

    id: str
    reader: str
    body: bytes

    @property
    def day(self) -> date:
        return datetime.fromtimestamp(int(self.id.partition("-")[0]) / 1000, UTC).date()


class Sight(NamedTuple):
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
        cards, code = list(said["seen"][:CARDS_PER_REPORT]), str(said.get("reader", ""))
        known = said["list"] in LISTS
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    # A page from before midnight is seen on its own day, of which its reader's name is.
    reader, day = readers.reader_of(code, report.day) or (report.reader, report.day)
    return [Sight(public_id, place, reader, day) for public_id, place in _places(cards)] if known else []


def _places(cards: list[Any]) -> Iterator[tuple[str, int]]:
    for card in cards:
        match card:
            case [str(public_id), int(place)] if PUBLIC_ID.fullmatch(public_id) and 1 <= place <= LAST_PLACE:
                yield public_id, place


def known_among(seen: Mapping[tuple[date, str], Sequence[int]]) -> list[tuple[date, str, int]]:
    """Return those of the ideas `seen` by each reader of a day that they saw earlier that day."""
    with valkey().pipeline(transaction=False) as pipe:
        for (day, reader), ideas in seen.items():
            pipe.smismember(_seen_by(day, reader), list(ideas))
        answers = pipe.execute()
    return [
        (day, reader, idea)
        for ((day, reader), ideas), known in zip(seen.items(), answers, strict=True)
        for idea, is_known in zip(ideas, known, strict=True)
        if is_known
    ]


def remember(seen: Mapping[tuple[date, str], Sequence[int]]) -> None:
    """Keep what each reader of a day saw; harmless when done again."""
    with valkey().pipeline(transaction=False) as pipe:
        for (day, reader), ideas in seen.items():
            key = _seen_by(day, reader)
            pipe.sadd(key, *ideas)
            pipe.expire(key, KEPT_SECONDS)
        pipe.execute()


def _seen_by(day: date, reader: str) -> str:
    return f"{stream()}:{day.isoformat()}:{reader}"
