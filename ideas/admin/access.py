from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from accounts.viewers import Viewer, viewer_of
from common.admin import RoomAdmin


class ForTeams(RoomAdmin):
    """A page where team members work on what their teams own, administrators on all. Nothing is added or deleted."""

    def is_allowed(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.owned_by(super().get_queryset(request), viewer_of(request))

    def owned_by(self, rows: Any, viewer: Viewer) -> Any:
        return rows.moderated_by(viewer)

    def tell(self, request: HttpRequest, obj: Model, what: str, **data: Any) -> None:
        """Nothing: what is done to ideas and comments is told by their services."""
