"""What every page of the portal needs to know about its portal, remembered for a few seconds per process."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from accounts.viewers import Viewer
from ideas.models import Board, Portal
from ideas.selectors import boards_for

T = TypeVar("T")

_kept: dict[object, tuple[float, object]] = {}


def remembered(key: object, make: Callable[[], T]) -> T:
    """Return what `make` gave for `key` at most PORTAL_KEPT_SECONDS ago."""
    now = time.monotonic()
    known = _kept.get(key)
    if known is None or now - known[0] > settings.PORTAL_KEPT_SECONDS:
        if len(_kept) > 500:
            _kept.clear()
        known = _kept[key] = (now, make())
    return known[1]  # type: ignore[return-value]


def forget() -> None:
    """Look everything up again; for whoever has just changed a portal or a board."""
    _kept.clear()


def current_portal() -> Portal | None:
    return remembered("portal", Portal.objects.first)


def boards_seen_by(viewer: Viewer) -> tuple[Board, ...]:
    """Return the boards in their order; people of the same teams share one answer."""
    seen_as = (viewer.is_member, viewer.moderates_all, viewer.team_ids)
    return remembered(seen_as, lambda: tuple(boards_for(viewer)))
