"""How what works in the background is doing, in figures: a page of the admin, and `/metrics` for Prometheus.

What waits is counted to COUNTED and by partial indexes, so that asking costs the same however much has piled up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from accounts.viewers import viewer_of
from activity.models import Event
from ideation.celery import app
from notifications.models import DUE_STATES, Delivery, State
from votes.explaining import RULES
from votes.models import Fold, LedgerBatch
from votes.selectors import FoldLag, fold_lag

COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A gauge: its name for machines, its `label` for people."""

    name: str
    label: str
    value: float

    @property
    def is_more(self) -> bool:
        return self.value == COUNTED and self.name.startswith(("events", "deliveries"))


@dataclass(frozen=True, slots=True)
class Engine:
    figures: list[Figure]
    lag: FoldLag
    scored_by: str
    versions: dict[str, str]


def engine_now() -> Engine:
    """Queries: 8, each over at most COUNTED entries of an index."""
    fold, lag = Fold.objects.first(), fold_lag()
    longest = max((blocker.open_seconds for blocker in lag.blockers), default=0.0)
    figures = [
        Figure("fold_lag_seconds", _("Oldest vote that waits to be counted, seconds"), round(lag.seconds, 3)),
        Figure("fold_blockers", _("Transactions that hold counting back"), len(lag.blockers)),
        Figure("fold_blocked_seconds", _("The longest of them has been open for, seconds"), round(longest, 3)),
        Figure("fold_watermark", _("Counted up to transaction"), fold.mark if fold else 0),
        Figure("ledger_batches", _("Newest batch of the ledger"), _newest_batch()),
        Figure("tasks_waiting", _("Tasks in the queue"), _tasks_waiting()),
        Figure("events_waiting", _("Events to be handled"), _counted(_unhandled())),
        Figure("events_given_up", _("Events given up"), _counted(Event.objects.exclude(parked_at=None))),
        Figure("deliveries_waiting", _("Mails to be sent"), _counted(Delivery.objects.filter(state__in=DUE_STATES))),
        Figure("deliveries_failed", _("Mails that failed or were given up"), _counted(_failed())),
    ]
    versions = {order: rule.version for order, rule in RULES.items()}
    return Engine(figures, lag, fold.scored_by if fold else "", versions)


def _newest_batch() -> int:
    return LedgerBatch.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _unhandled() -> QuerySet[Event]:
    return Event.objects.filter(handled_at=None, parked_at=None)


def _failed() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=[State.FAILED, State.PARKED])


def _counted(rows: QuerySet[Any]) -> int:
    return rows.order_by("-id")[:COUNTED].count()


def _tasks_waiting() -> float:
    """Return how many tasks no worker has taken yet; NaN while the broker does not answer."""
    try:
        with app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
            return float(broker.default_channel.client.llen(app.conf.task_default_queue))
    except (OSError, OperationalError):
        return float("nan")


@never_cache
@require_safe
def engine_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show the figures to administrators."""
    if not viewer_of(request).moderates_all:
        raise PermissionDenied
    return render(request, "admin/engine.html", {**context, "title": _("Engine"), "engine": engine_now()})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures in Prometheus' text format to whoever has METRICS_TOKEN; without one there is no such page."""
    sent = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not compare_digest(sent, f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    return HttpResponse(exposition(engine_now()), content_type="text/plain; version=0.0.4; charset=utf-8")


def exposition(engine: Engine) -> str:
    """Return the figures as https://prometheus.io/docs/instrumenting/exposition_formats/ has them."""
    lines: list[str] = []
    for figure in engine.figures:
        lines += _gauge(figure.name, figure.label, [("", figure.value)])
    versions = [(f'{{order="{order}",version="{version}"}}', 1.0) for order, version in engine.versions.items()]
    return "\n".join([*lines, *_gauge("order_version", "Formula of each order", versions), ""])


def _gauge(name: str, label: str, samples: Sequence[tuple[str, float]]) -> list[str]:
    said = [f"# HELP ideation_{name} {label}", f"# TYPE ideation_{name} gauge"]
    return said + [f"ideation_{name}{labels} {_number(value)}" for labels, value in samples]


def _number(value: float) -> str:
    return "NaN" if value != value else f"{value:.15g}"
