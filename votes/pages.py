"""Pages of votes: an idea's voters, a person's votes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.viewers import Viewer
from common.pagination import Cursor
from ideas.models import Idea
from votes.models import Vote
from votes.selectors import voters_of


@dataclass(frozen=True, slots=True)
class Listing:
    """An order of votes by `column`, ties by `id_column`; both ways are one range of an index."""

    name: str
    kind: type
    column: str
    id_column: str
    is_descending: bool = False

    def place_of(self, vote: Vote, *, backwards: bool = False) -> Cursor:
        return Cursor(self.name, getattr(vote, self.column), getattr(vote, self.id_column), backwards)

    def behind(self, cursor: Cursor) -> Q:
        side = "lt" if cursor.backwards != self.is_descending else "gt"
        behind = Q(**{f"{self.column}__{side}": cursor.value})
        return behind | Q(**{self.column: cursor.value, f"{self.id_column}__{side}": cursor.id})

    def sorting(self, *, backwards: bool) -> tuple[str, str]:
        sign = "-" if backwards != self.is_descending else ""
        return f"{sign}{self.column}", f"{sign}{self.id_column}"


VOTERS = Listing("voters", int, "voter_id", "voter_id")
NEWEST = Listing("votes", datetime, "at", "idea_id", is_descending=True)


@dataclass(frozen=True, slots=True)
class VotePage:
    votes: list[Vote]
    next: Cursor | None
    previous: Cursor | None


def voters_page(idea: Idea, *, limit: int, cursor: Cursor | None = None) -> VotePage:
    """Return one page of an idea's votes with their voters, in the order of the voters' ids. Queries: 1."""
    return _page(VOTERS, voters_of(idea), limit, cursor)


def votes_page(viewer: Viewer, person: Person, *, limit: int, cursor: Cursor | None = None) -> VotePage:
    """Return one page of a person's votes on ideas that `viewer` sees, newest first. Queries: 1."""
    votes = Vote.objects.filter(voter=person, idea__in=Idea.objects.visible_to(viewer)).select_related("idea")
    return _page(NEWEST, votes, limit, cursor)


def _page(listing: Listing, votes: QuerySet[Vote], limit: int, cursor: Cursor | None) -> VotePage:
    backwards = bool(cursor and cursor.backwards)
    rows = votes.filter(listing.behind(cursor)) if cursor else votes
    found = list(rows.order_by(*listing.sorting(backwards=backwards))[: limit + 1])
    more, shown = len(found) > limit, found[:limit]
    if not shown:
        return VotePage([], None, None)
    if backwards:
        shown.reverse()
    onward = listing.place_of(shown[-1]) if more or backwards else None
    is_first = cursor is None or (backwards and not more)
    return VotePage(shown, onward, None if is_first else listing.place_of(shown[0], backwards=True))
