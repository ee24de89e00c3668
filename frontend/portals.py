"""What every page of the portal needs to know about its portal, remembered for a few seconds per process."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from accounts.viewers import Viewer
from common.generation import generation
from ideas.models import Board, Portal
from ideas.selectors import boards_for

T = TypeVar("T")

_kept: dict[object, tuple[float, int, object]] = {}


def remembered(key: object, make: Callable[[], T]) -> T:
    """Return what `make` gave for `key` at most PORTAL_KEPT_SECONDS ago, and since the last change that was told of."""
    now, now_in = time.monotonic(), generation.number
    known = _kept.get(key)
    if known is None or known[1] != now_in or now - known[0] > settings.PORTAL_KEPT_SECONDS:
        if len(_kept) > 500:
            _kept.clear()
        known = _kept[key] = (now, now_in, make())
    return known[2]  # type: ignore[return-value]


def forget() -> None:
    """Look everything up again."""
    _kept.clear()


def current_portal() -> Portal | None:
    return remembered("portal", Portal.objects.first)


def boards_seen_by(viewer: Viewer) -> tuple[Board, ...]:
    """Return the boards in their order; people of the same teams share one answer."""
    seen_as = (viewer.is_member, viewer.moderates_all, viewer.team_ids)
    return remembered(seen_as, lambda: tuple(boards_for(viewer)))
