"""Where pages report which cards stayed in sight (`js/seen.js`): answered before anything that costs.

No session, no database: a report is put into Valkey and looked at later (`votes.services.viewing`). Instead of a CSRF
token, which cached pages cannot carry, the browser's word counts that one of our pages sends.
"""

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from common.limits import client_address
from votes.reports import LONGEST, take

GetResponse = Callable[[HttpRequest], HttpResponse]

PATH = "/seen/"
BOT = re.compile(
    r"bot|crawl|spider|slurp|headless|preview|fetch|scan|monitor|lighthouse|curl|wget|python|java/|go-http|axios|okhttp",
    re.IGNORECASE,
)

logger = structlog.get_logger(__name__)


class SeenMiddleware:
    """Stands before all middleware that reads cookies or the session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _answer(request) if request.path_info == PATH else self.get_response(request)


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if not _is_from_our_page(request):
        return HttpResponse(status=403)
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > LONGEST:
        return HttpResponse(status=413)
    return HttpResponse(status=_taken(request))


def _taken(request: HttpRequest) -> int:
    """Take the report in, and return the status that says so. Bots hear nothing else than readers."""
    browser = request.META.get("HTTP_USER_AGENT", "")
    if not browser or BOT.search(browser):
        return 204
    try:
        take(request.body, address=client_address(request), browser=browser)
    except RedisError as error:
        logger.warning("view_not_taken", error=str(error))
        return 503
    return 204


def _is_from_our_page(request: HttpRequest) -> bool:
    site = request.META.get("HTTP_SEC_FETCH_SITE", "same-origin")
    _scheme, _mark, host = request.META.get("HTTP_ORIGIN", "").partition("://")
    return bool(site == "same-origin" and host == request.get_host())
