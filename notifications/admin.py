from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from common.admin import ReadOnlyAdmin
from notifications.models import Delivery, State
from notifications.services.replaying import replay_deliveries, replay_delivery

UNSENT = (State.FAILED, State.PARKED)
COLOURS: dict[str, str | None] = dict.fromkeys(State.values) | {
    State.SENT.value: "success",
    State.FAILED.value: "warning",
    State.PARKED.value: "danger",
}
Deliveries = QuerySet[Delivery]


class StateFilter(DropdownFilter):
    """Failures unless something else is asked for: what arrived needs nobody."""

    title = _("state")
    parameter_name = "state"
    all_option = ["", _("Failed or given up")]
    conditions = {
        "": Q(state__in=UNSENT),
        "failed": Q(state=State.FAILED),
        "parked": Q(state=State.PARKED),
        "all": Q(),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, Any], ...]:
        return (("failed", State.FAILED.label), ("parked", State.PARKED.label), ("all", _("All")))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(self.conditions.get(self.value() or "", Q(state__in=UNSENT)))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Mails that did not get through, with what the mail server said; replayed once the cause is mended."""

    list_display = ("person", "kind", "idea", "shown_state", "attempts", "last_error", "next_attempt_at")
    list_select_related = ("person", "idea")
    list_filter = (StateFilter,)
    ordering = ("-id",)
    fields = (
        "person",
        "kind",
        "reason",
        "idea",
        "state",
        "attempts",
        "last_error",
        "next_attempt_at",
        "created_at",
        "sent_at",
        "message_id",
    )
    actions = ("replay",)
    actions_submit_line = ("replay_this",)

    def get_queryset(self, request: HttpRequest) -> Deliveries:
        deliveries: Deliveries = super().get_queryset(request)
        return deliveries.defer("idea__search", "idea__body")

    @display(description=_("state"), label=COLOURS)
    def shown_state(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    @admin.action(description=_("Send again"))
    def replay(self, request: HttpRequest, queryset: Deliveries) -> None:
        self._say(request, replay_deliveries(queryset))

    @action(description=_("Send again"))
    def replay_this(self, request: HttpRequest, obj: Delivery) -> None:
        self._say(request, int(replay_delivery(obj)))

    def _say(self, request: HttpRequest, count: int) -> None:
        self.message_user(request, _("Mails on their way again: %(count)s.") % {"count": count})
