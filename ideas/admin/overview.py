"""What a team finds on its start page. Every query is bounded, however many ideas there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Person
from ideas.admin.ranges import IdeasInRanges
from ideas.models import Idea, Origin
from ideas.status import VOTABLE, Status

SHOWN = 8
CANDIDATES = 100  # read of a list that is then sorted or sifted
COUNTED = 1_000  # per board and status; more is "over 1,000"
UNDECIDED = (Status.OPEN, Status.UNDER_REVIEW)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An idea that nobody has answered since it came here, `days` ago."""

    idea: Idea
    days: int


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: Status
    count: int
    is_more: bool


def waiting_for_an_answer(boards: Sequence[int], *, now: datetime) -> list[Waiting]:
    """Return what should be answered first: most votes, then longest waited. Queries: 2."""
    undecided = _with_parts().filter(response=None, standing__status__in=UNDECIDED)
    found = IdeasInRanges(undecided, boards, "-standing__top")[0:CANDIDATES]
    waiting = [Waiting(idea, (now - (_imported_at(idea) or idea.created_at)).days) for idea in found]
    return sorted(waiting, key=lambda row: (-row.idea.standing.top, -row.days, row.idea.pk))[:SHOWN]


def new_ideas(boards: Sequence[int], *, now: datetime) -> list[Idea]:
    """Return the newest ideas of the last seven days, without those that an import brought. Queries: 2."""
    week = _with_parts().filter(standing__created_at__gte=now - timedelta(days=7))
    newest = IdeasInRanges(week, boards, "-standing__created_at")[0:CANDIDATES]
    return [idea for idea in newest if _imported_at(idea) is None][:SHOWN]


def assigned_to(person: Person) -> list[Idea]:
    """Return ideas that this person looks after and that are not done, newest first. Queries: 1."""
    return list(
        _with_parts().filter(assignee=person, status__in=VOTABLE, standing__listed=True).order_by("-pk")[:SHOWN]
    )


def status_counts(boards: Sequence[int]) -> list[StatusCount]:
    """Return how many listed ideas there are in each status, counted to COUNTED per board. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.status, sum(r.found), bool_or(r.found > %s)
               FROM unnest(%s::bigint[]) AS b(id) CROSS JOIN unnest(%s::text[]) AS s(status)
               CROSS JOIN LATERAL (SELECT count(*) AS found FROM (
                 SELECT 1 FROM ideas_standing i
                 WHERE i.board_id = b.id AND i.status = s.status AND i.listed LIMIT %s) found) r
               GROUP BY s.status""",
            [COUNTED, list(boards), list(Status.values), COUNTED + 1],
        )
        found = {status: (int(count), more) for status, count, more in cursor.fetchall()}
    return [StatusCount(status, *found.get(status.value, (0, False))) for status in Status]


def _imported_at(idea: Idea) -> datetime | None:
    origin: Origin | None = getattr(idea, "origin", None)
    return origin.imported_at if origin else None


def _with_parts() -> "QuerySet[Idea]":
    return Idea.objects.select_related("board", "author", "standing", "origin").defer("search", "body")
