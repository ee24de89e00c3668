"""Read votes and how the fold is doing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Person
from accounts.viewers import Viewer
from common.errors import NotFound
from common.prepared import PreparedQuery, fetch_all, given
from ideas.models import Idea
from ideas.policies import may_open
from votes.fields import ClockTimestamp
from votes.models import Vote

DOUBLE_CLICK = timedelta(seconds=1)

MY_VOTES = """
SELECT idea_id, value FROM votes_vote
WHERE voter_id = %(person)s::bigint AND idea_id = ANY(%(ideas)s::bigint[])"""

# The line with the smallest transaction number is, within a second or so, the oldest that waits.
WAITING = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - (
    SELECT e.recorded_at FROM votes_voteevent e
    WHERE e.xid >= f.mark AND e.id > f.floor_id ORDER BY e.xid LIMIT 1)), 0)::float8
FROM votes_fold f WHERE f.id = 1"""
BLOCKERS = """
SELECT 'connection ' || pid || coalesce(' (' || nullif(application_name, '') || ')', ''),
       extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
UNION ALL
SELECT 'prepared transaction ' || gid, extract(epoch FROM clock_timestamp() - prepared)::float8 FROM pg_prepared_xacts
ORDER BY seconds DESC NULLS LAST LIMIT 5"""
BLOCKS_AFTER_SECONDS = 2.0

# What decides who may vote, without the texts; who may see it is asked of `may_open`.
_voted_on = Idea.objects.select_related("board").defer("body", "search", "tags", "board__description")
IDEA_BY_PUBLIC_ID = PreparedQuery(lambda: _voted_on.filter(public_id=given("public_id")))
IDEA_BY_ID = PreparedQuery(lambda: _voted_on.filter(pk=given("id")))


@dataclass(frozen=True, slots=True)
class MyVote:
    """A person's vote where it was looked for: on `idea`, or on what that was merged into."""

    idea: Idea
    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Blocker:
    """A transaction that wrote and is still open: no line that is younger than it can be folded."""

    name: str
    open_seconds: float


@dataclass(frozen=True, slots=True)
class FoldLag:
    """How long the oldest unfolded line has waited, and who holds the fold back, longest first."""

    seconds: float
    blockers: tuple[Blocker, ...]


def my_votes(person: Person, idea_ids: Iterable[int]) -> dict[int, int]:
    """Return the value of `person`'s vote by idea id, where there is one. Queries: 1, prepared."""
    return dict(fetch_all(tuple, MY_VOTES, {"person": person.pk, "ideas": list(idea_ids)}))


def has_just_voted(person: Person, idea: Idea) -> bool:
    """Whether `person` voted for or against `idea` so lately that it is the same double click. Queries: 1."""
    return Vote.objects.filter(idea=idea, voter=person, at__gt=ClockTimestamp() - DOUBLE_CLICK).exists()


def my_votes_by_public_id(viewer: Viewer, person: Person, public_ids: Iterable[str]) -> list[MyVote]:
    """Return how `person` voted on those of the ideas that `viewer` sees, sorted by idea; merged: on the canonical one.

    Queries: 2.
    """
    ideas = Idea.objects.visible_to(viewer).filter(public_id__in=set(public_ids)).order_by("pk")
    found = list(ideas.only("public_id", "merged_into"))
    counted_at = [idea.merged_into_id or idea.pk for idea in found]
    votes = {vote.idea_id: vote for vote in Vote.objects.filter(voter=person, idea__in=counted_at)}
    mine = [(idea, votes.get(idea_id)) for idea, idea_id in zip(found, counted_at, strict=True)]
    return [MyVote(idea, vote.value, vote.at) for idea, vote in mine if vote]


def idea_to_vote_on(viewer: Viewer, public_id: str) -> Idea:
    """Return the idea that a vote on `public_id` goes to, with its board and no more: a merged one leads on.

    Raises: NotFound, also where the viewer may not see it. Queries: 1; 2 for a merged idea.
    """
    found = IDEA_BY_PUBLIC_ID.first(public_id=public_id)
    if found and found.merged_into_id and may_open(viewer, found):
        found = IDEA_BY_ID.first(id=found.merged_into_id)
    if found is None or not may_open(viewer, found):
        raise NotFound
    return found


def voters_of(idea: Idea) -> QuerySet[Vote]:
    """Return an idea's votes with their voters, in the order of the voters' ids."""
    return Vote.objects.filter(idea=idea).select_related("voter").order_by("voter_id")


def votes_by_day(idea: Idea, *, since: date) -> dict[date, int]:
    """Return how many votes an idea has got on each day with votes, against counting −1, in the zone in use.

    Queries: 1, over the idea's votes.
    """
    start = timezone.make_aware(datetime.combine(since, time()))
    days = Vote.objects.filter(idea=idea, at__gte=start).annotate(day=TruncDate("at")).values("day")
    return dict(days.annotate(total=Sum("value")).values_list("day", "total"))


def fold_lag() -> FoldLag:
    """Return how far the fold is behind. Queries: 2, whatever the number of votes."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        waiting = cursor.fetchone()
        cursor.execute(BLOCKERS)
        blockers = [Blocker(name, seconds) for name, seconds in cursor.fetchall() if seconds is not None]
    return FoldLag(
        seconds=waiting[0] if waiting else 0.0,
        blockers=tuple(blocker for blocker in blockers if blocker.open_seconds >= BLOCKS_AFTER_SECONDS),
    )


def ideas_voted_on(person: Person, *, limit: int) -> list[int]:
    """Return the ids of the ideas that `person` voted on, latest vote first. Queries: 1."""
    return list(Vote.objects.filter(voter=person).order_by("-at", "-idea_id").values_list("idea_id", flat=True)[:limit])
