"""The start page of the admin: what needs the one who looks, on the boards that they look after."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.viewers import acting, viewer_of
from ideas.admin import overview
from ideas.models import Board
from notifications.models import Delivery, State

FAILURES_COUNTED = 100


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the page shows. Queries: 7, and one more for administrators."""
    viewer, now = viewer_of(request), timezone.now()
    boards = list(Board.objects.moderated_by(viewer).values_list("pk", flat=True))
    counts = overview.status_counts(boards)
    return context | {
        "has_boards": bool(boards),
        "may_make_boards": viewer.moderates_all,
        "waiting": overview.waiting_for_an_answer(boards, now=now),
        "new_ideas": overview.new_ideas(boards, now=now),
        "mine": overview.assigned_to(acting(request)),
        "status_counts": counts,
        "status_chart": _chart(counts),
        "failed": failed_deliveries() if viewer.moderates_all else 0,
        "failures_counted": FAILURES_COUNTED,
    }


def failed_deliveries() -> int:
    """Return how many mails did not get through, counted to FAILURES_COUNTED. Queries: 1."""
    failed = Delivery.objects.filter(state__in=[State.FAILED, State.PARKED])
    return failed.order_by("-id")[:FAILURES_COUNTED].count()


def _chart(counts: list[overview.StatusCount]) -> str:
    """Return the data that unfold's bar chart draws."""
    bars = {"data": [row.count for row in counts], "backgroundColor": "var(--color-primary-600)", "maxBarThickness": 40}
    return json.dumps({"labels": [str(row.status.label) for row in counts], "datasets": [bars]})
