"""One line in the log for every request, and the request's id in all lines that are written meanwhile."""

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars

from common.limits import client_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = structlog.get_logger(__name__)


class RequestLogMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        got_request_exception.connect(tell_failure)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        bind_contextvars(request_id=_id_of(request), ip=client_address(request))
        try:
            response = self.get_response(request)
            if not hasattr(request, "_has_failed"):
                say = logger.error if response.status_code >= 500 else logger.info
                say("request_finished", code=response.status_code, request=_words(request))
            return response
        finally:
            clear_contextvars()


def tell_failure(*, request: HttpRequest, **_: Any) -> None:
    request._has_failed = True  # type: ignore[attr-defined]
    logger.exception("request_failed", code=500, request=_words(request))


def _id_of(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
    return given or str(uuid.uuid4())


def _words(request: HttpRequest) -> str:
    return f"{request.method} {request.get_full_path()}"
