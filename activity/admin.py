from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from activity.draining import replay_events
from activity.models import Event
from activity.wording import verb_label
from common.admin import ReadOnlyAdmin


class GivenUpFilter(DropdownFilter):
    title = _("given up")
    parameter_name = "given_up"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, Any], ...]:
        return (("yes", _("Given up")),)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(parked_at__isnull=False) if self.value() == "yes" else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, newest first. Nobody changes it."""

    list_display = ("at", "what", "subject", "actor", "key", "is_handled")
    list_filter = (GivenUpFilter,)
    actions = ("replay",)
    list_display_links = ("at", "what")
    list_select_related = ("actor", "key")
    search_fields = ("subject_id",)
    search_help_text = _("A kind and a number, such as: idea 42")
    ordering = ("-id",)
    fields = ("at", "what", "subject", "actor", "key", "data", "handled_at", "attempts", "parked_at", "last_error")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        kind, _space, number = search_term.strip().rpartition(" ")
        if not search_term.strip():
            return queryset, False
        if not kind or not number.isdecimal() or len(number) > 18:
            return queryset.none(), False
        return queryset.filter(subject_type=kind.lower(), subject_id=int(number)), False

    @admin.action(description=_("Handle again what was given up"))
    def replay(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        self.message_user(request, _("Events to be handled again: %(count)s.") % {"count": replay_events(queryset)})

    @display(description=_("what"))
    def what(self, event: Event) -> StrOrPromise:
        return verb_label(event.verb)

    @display(description=_("subject"))
    def subject(self, event: Event) -> str:
        return f"{event.subject_type} {event.subject_id}"

    @display(description=_("handled"), boolean=True)
    def is_handled(self, event: Event) -> bool:
        return event.handled_at is not None
