"""What a product manager narrows the list of ideas by.

A filter that few ideas pass is `selective`: the list is then read by the filter's index and sorted, instead of walked
in its order.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import get_format
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateFilter,
    TextFilter,
)

from accounts.models import Person, Role
from accounts.viewers import acting, viewer_of
from ideas.admin.search import few_with
from ideas.models import Board
from ideas.status import Status

COLLEAGUES_SHOWN = 200
FIRST_YEAR, LAST_YEAR = 1970, 2200


def colleagues(request: HttpRequest) -> "QuerySet[Person]":
    """Whom the viewer may assign ideas to: the people of the same teams, and administrators."""
    viewer = viewer_of(request)
    staff = Person.objects.filter(is_active=True).exclude(role=Role.MEMBER)
    if not viewer.moderates_all:
        of_teams = Person.teams.through.objects.filter(team__in=viewer.team_ids)
        staff = staff.filter(Q(role=Role.ADMINISTRATOR) | Q(pk__in=of_teams.values("person")))
    return staff.order_by("display_name", "pk")


class BoardFilter(AutocompleteSelectFilter):
    """By the standing's board: the same as the idea's, and what the lists' indexes begin with."""

    selective = False

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not (value := self.value()):
            return queryset
        if not str(value).isdecimal() or not Board.objects.moderated_by(viewer_of(request)).filter(pk=value).exists():
            raise IncorrectLookupParameters
        return queryset.filter(standing__board=value)


class StatusFilter(ChoicesDropdownFilter):
    selective = False

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not (value := self.value()):
            return queryset
        if value not in Status.values:
            raise IncorrectLookupParameters
        return queryset.filter(standing__status=value)


class PlaceFilter(DropdownFilter):
    """Where an idea is: in the portal unless something else is asked for."""

    title = _("place")
    parameter_name = "place"
    all_option = ["", _("In the portal")]
    conditions = {
        "": Q(standing__listed=True),
        "hidden": Q(hidden_at__isnull=False),
        "withdrawn": Q(withdrawn_at__isnull=False),
        "merged": Q(merged_into__isnull=False),
        "all": Q(),
    }
    selective = True  # once it is used: these are not in the lists' indexes

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return (
            ("hidden", _("Hidden")),
            ("withdrawn", _("Withdrawn by the author")),
            ("merged", _("Merged into another")),
            ("all", _("Everywhere")),
        )

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        condition = self.conditions.get(self.value() or "")
        if condition is None:
            raise IncorrectLookupParameters
        return queryset.filter(condition)


class AnswerFilter(DropdownFilter):
    title = _("the team’s answer")
    parameter_name = "answer"
    selective = False

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return (("none", _("Not answered")), ("given", _("Answered")))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("none", "given"):
            return queryset.filter(response__isnull=self.value() == "none")
        return queryset


class AssigneeFilter(DropdownFilter):
    title = _("assigned to")
    parameter_name = "assignee"

    @property
    def selective(self) -> bool:
        return bool(self.value() != "nobody")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        others = colleagues(request).exclude(pk=acting(request).pk)[:COLLEAGUES_SHOWN]
        return [("me", _("Me")), ("nobody", _("Nobody")), *((str(person.pk), str(person)) for person in others)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case None | "":
                return queryset
            case "nobody":
                return queryset.filter(assignee__isnull=True)
            case "me":
                return queryset.filter(assignee=request.user.pk)
            case value if value.isdecimal() and len(value) < 19:
                return queryset.filter(assignee=int(value))
        raise IncorrectLookupParameters


class TagFilter(TextFilter):
    title = _("tag")
    parameter_name = "tag"

    @property
    def tag(self) -> str:
        return (self.value() or "").strip()

    @property
    def selective(self) -> bool:
        return bool(self.tag) and few_with(Q(tags__contains=[self.tag])) is not None

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(tags__contains=[self.tag]) if self.tag else queryset


class PostedFilter(RangeDateFilter):
    """Days in the viewer's time zone, the last one included."""

    selective = False

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        first, last = (self._day(f"{self.parameter_name}_{end}") for end in ("from", "to"))
        if first:
            queryset = queryset.filter(standing__created_at__gte=first)
        if last:
            queryset = queryset.filter(standing__created_at__lt=last + timedelta(days=1))
        return queryset

    def _day(self, name: str) -> Any:
        value = self.used_parameters.get(name) or ""
        day = _parse(str(value))
        if value and day is None:
            raise IncorrectLookupParameters
        return make_aware(datetime.combine(day, time())) if day else None


def _parse(value: str) -> date | None:
    """Read a day as the browser's own field sends it, or as people of the language in use write it."""
    for form in ("%Y-%m-%d", *get_format("DATE_INPUT_FORMATS")):
        try:
            day = datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no time zone yet
        except ValueError:
            continue
        return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
    return None
