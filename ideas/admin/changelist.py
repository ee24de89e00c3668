from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.viewers import viewer_of
from common.admin_lists import UncountedChangeList
from ideas.admin.filters import PlaceFilter
from ideas.admin.ranges import IdeasInRanges
from ideas.models import Board, Idea

NEWEST = "-standing__created_at"


class IdeaChangeList(UncountedChangeList):
    """Newest first, or by votes; read from the lists' indexes unless a filter has a better one."""

    def is_selective(self, request: HttpRequest) -> bool:
        has_rare_words = bool(self.query) and not getattr(request, "finds_many", False)
        return has_rare_words or any(spec.selective and spec.value() for spec in self.filter_specs)

    @property
    def is_elsewhere(self) -> bool:
        """Shows ideas that are not in the portal, and so in no order of the portal."""
        return any(isinstance(spec, PlaceFilter) and spec.value() for spec in self.filter_specs)

    def get_ordering(self, request: HttpRequest, queryset: "QuerySet[Any]") -> list[str]:
        if self.is_elsewhere:
            return ["-pk"]
        chosen = [order for order in super().get_ordering(request, queryset) if "standing__" in str(order)]
        order = str(chosen[0]) if chosen else NEWEST
        return [order, f"{'-' if order.startswith('-') else ''}standing__pk"]

    def rows(self, request: HttpRequest) -> "QuerySet[Idea] | IdeasInRanges":
        if self.is_elsewhere or self.is_selective(request):
            return self.queryset.defer("search", "body")
        boards = Board.objects.moderated_by(viewer_of(request)).values_list("pk", flat=True)
        return IdeasInRanges(self.queryset.defer("search", "body"), list(boards), self.queryset.query.order_by[0])
