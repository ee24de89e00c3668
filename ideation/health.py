"""What a load balancer and an operator ask: does the process live, can it do its work."""

from collections.abc import Callable
from dataclasses import asdict

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ideation.celery import app
from votes.selectors import fold_lag


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 where all parts work, else 503; each part says how it is.

    Votes that wait to be folded are told with who holds the fold back; they make nobody unready.
    """
    parts = {"database": _state(_ask_database), "cache": _state(_ask_cache), "broker": _state(_ask_broker)}
    works = all(state == "ok" for state in parts.values())
    fold = asdict(fold_lag()) if parts["database"] == "ok" else None
    answer = {"status": "ready" if works else "not ready", **parts, "fold": fold}
    return JsonResponse(answer, status=200 if works else 503)


def _state(ask: Callable[[], object]) -> str:
    try:
        ask()
    except Exception as error:
        return type(error).__name__
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.get("readyz")


def _ask_broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
