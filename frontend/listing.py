"""From the address of a list to its page: order, filters, search and place all live in the URL."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.viewers import Viewer
from common.pagination import BadCursor, Cursor
from frontend.cards import Card, cards
from frontend.seldom_seen import seldom_seen, with_seldom_seen
from frontend.selectors import pinned_on
from ideas.cursors import at_cursor, cursor_at
from ideas.listed import listed_by_id
from ideas.lists import ORDERS, ListQuery, Order, boards_ranked, ideas_page
from ideas.models import Board
from ideas.status import Status

PAGE = 20
LONGEST_SEARCH = 200
LABELS: dict[Order, StrOrPromise] = {
    "trending": _("Trending"),
    "top": _("Most wanted"),
    "new": _("New"),
    "best": _("Best rated"),
    "discover": _("Discover"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; what it asks in vain is left out, since addresses get cut and mangled."""

    order: Order = "trending"
    status: str = ""
    tag: str = ""
    q: str = ""

    def url(self, **changes: str) -> str:
        """Return the query string of this list with `changes`; the default order is not named."""
        asked = replace(self, **changes)  # type: ignore[arg-type]
        order = asked.order if asked.order != "trending" else ""
        parts = {"order": order, "status": asked.status, "tag": asked.tag, "q": asked.q}
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"?{query}" if query else "."

    @property
    def kind(self) -> str:
        """What reports of views call such a list."""
        return "search" if self.q or self.tag else self.order

    @property
    def is_narrow(self) -> bool:
        return bool(self.status or self.tag or self.q)

    @property
    def is_search_within(self) -> bool:
        """Whether words are looked for in a part of the list only."""
        return bool(self.q and (self.status or self.tag))

    @property
    def beginning(self) -> str:
        """Return the query string with which a form for a new idea begins, where none was found."""
        known = urlencode({name: value for name, value in (("title", self.q), ("tags", self.tag)) if value})
        return f"?{known}" if known else ""


@dataclass(frozen=True, slots=True)
class Link:
    label: StrOrPromise
    url: str
    is_current: bool
    key: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list as its template shows it; `left_out` are boards whose ideas have no place in its order."""

    filters: Filters
    cards: list[Card]
    more_url: str
    is_first: bool
    left_out: list[Board]
    tabs: list[Link]
    statuses: list[Link]


def filters_of(request: HttpRequest, *, one_board: bool) -> Filters:
    orders = [order for order in ORDERS if one_board or order != "best"]
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip() for name in ("order", "status", "tag", "q")}
    return Filters(
        order=next((order for order in orders if order == asked["order"]), "trending"),
        status=asked["status"] if asked["status"] in Status.values else "",
        tag=asked["tag"][:40],
        q=asked["q"][:LONGEST_SEARCH],
    )


def listing(request: HttpRequest, viewer: Viewer, boards: tuple[Board, ...], *, one_board: bool) -> Listing:
    """Return the asked page of the ideas on `boards`; what a board's team pinned stands above its plain list.

    Queries: two, one of them for the viewer's votes; one more where something is pinned, and one or two for the cards
    beside the order.
    """
    filters = filters_of(request, one_board=one_board)
    query = _query(request, viewer, boards, filters)
    page = ideas_page(viewer, query)
    pinned = pinned_on(boards[0]) if one_board and filters == Filters() else []
    above = listed_by_id(pinned, boards=boards) if pinned and query.position is None else []
    listed = [*above, *(idea for idea in page.ideas if idea.pk not in pinned)]
    few = seldom_seen(viewer, boards_ranked(viewer, query), listed) if _has_room(filters, query) else []
    ideas = with_seldom_seen(listed, few)
    return Listing(
        filters=filters,
        cards=cards(viewer, ideas, names_board=not one_board, seldom_seen=few),
        more_url=_more_url(filters, cursor_at(viewer, query, page.next)),
        is_first=query.position is None,
        left_out=[board for board in boards if board not in boards_ranked(viewer, query)],
        tabs=_tabs(filters, one_board),
        statuses=_statuses(filters),
    )


def _has_room(filters: Filters, query: ListQuery) -> bool:
    """Whether cards may stand beside the order: on the first page of two orders, where nothing is filtered."""
    return filters.order in ("trending", "best") and not filters.is_narrow and query.position is None


def _query(request: HttpRequest, viewer: Viewer, boards: tuple[Board, ...], filters: Filters) -> ListQuery:
    """Return what is asked for; a place in another list is the beginning of this one."""
    statuses = (filters.status,) if filters.status else ()
    query = ListQuery(boards, filters.order, statuses, filters.tag, filters.q, PAGE)
    try:
        return at_cursor(viewer, query, request.GET.get("cursor", ""))
    except BadCursor:
        return query


def _more_url(filters: Filters, place: Cursor | None) -> str:
    if place is None:
        return ""
    url = filters.url()
    return f"{'?' if url == '.' else url + '&'}cursor={place.encode()}"


def _tabs(filters: Filters, one_board: bool) -> list[Link]:
    orders = [order for order in ORDERS if one_board or order != "best"]
    return [Link(LABELS[order], filters.url(order=order), order == filters.order, order) for order in orders]


def _statuses(filters: Filters) -> list[Link]:
    """Choosing the chosen one again takes the filter off."""
    return [
        Link(
            status.label,
            filters.url(status="" if status == filters.status else status),
            status == filters.status,
            status,
        )
        for status in Status
    ]
