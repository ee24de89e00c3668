"""Pages for people who are not signed in are the same for all of them, and are made at most every few seconds.

Kept per process, whole and compressed, and answered before any other middleware runs. When a page's time is over, one
request makes it anew while the others still get the old one.
"""

import gzip
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

GetResponse = Callable[[HttpRequest], HttpResponse]
Key = tuple[str, ...]

PATHS = ("/boards/", "/ideas/", "/how-ranking-works/")
PAGES = 200
GRACE_SECONDS = 5.0  # for whoever makes a page anew; then somebody else tries


@dataclass(slots=True)
class Page:
    until: float
    headers: dict[str, str]
    bodies: dict[str, bytes]

    def answer(self, accepts: str) -> HttpResponse:
        coding = next((name for name in ("br", "gzip") if name in accepts), "")
        body = self.bodies[coding]
        response = HttpResponse(body, headers=self.headers)
        response["Content-Length"] = str(len(body))
        if coding:
            response["Content-Encoding"] = coding
        return response


class PageCacheMiddleware:
    """Stands before all middleware that reads cookies or the session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[Key, Page] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PAGE_KEPT_SECONDS or not is_for_everybody(request):
            return self.get_response(request)
        key = key_of(request)
        page, now = self.pages.get(key), time.monotonic()
        if page is None or now > page.until:
            if page:
                page.until = now + GRACE_SECONDS
            response = self.get_response(request)
            page = self._keep(key, response)
            if page is None:
                return response
        return page.answer(request.headers.get("Accept-Encoding", ""))

    def _keep(self, key: Key, response: HttpResponse) -> Page | None:
        if response.status_code != 200 or response.cookies or response.streaming:
            self.pages.pop(key, None)
            return None
        patch_vary_headers(response, ["Accept-Encoding"])
        page = Page(time.monotonic() + settings.PAGE_KEPT_SECONDS, dict(response.items()), _bodies(response.content))
        self.pages[key] = page
        while len(self.pages) > PAGES:
            self.pages.popitem(last=False)
        return page


def is_for_everybody(request: HttpRequest) -> bool:
    """Whether nothing of the request says who asks."""
    if request.method != "GET" or {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys():
        return False
    return request.path_info == "/" or request.path_info.startswith(PATHS)


def key_of(request: HttpRequest) -> Key:
    """Return all that such a page depends on."""
    return (
        request.scheme or "",
        request.META.get("HTTP_HOST", ""),
        request.get_full_path(),
        get_language_from_request(request),
        request.COOKIES.get("theme", ""),
        request.headers.get("HX-Request", ""),
    )


def _bodies(content: bytes) -> dict[str, bytes]:
    return {"": content, "gzip": gzip.compress(content, 6), "br": brotli.compress(content, quality=5)}
