"""Pages for people who are not signed in are the same for all of them, and are made again only when something changed.

Kept per process, whole and compressed, and answered before any other middleware runs. A page holds until something
changes that an event tells of, or votes are counted (`common.generation`), and never longer than PAGE_KEPT_SECONDS:
how long ago something was, and views, tell of nothing. Several who ask for a page that is over get the one that the
first of them makes.
"""

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from urllib.parse import urlencode

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from common.generation import generation, tallies
from frontend.context import chosen_theme
from frontend.entrances import wants_fragment

GetResponse = Callable[[HttpRequest], HttpResponse]
Key = tuple[str, ...]
Moment = tuple[int, int]  # the numbers of what was decided and of what was counted

PATHS = re.compile(r"/(boards/[^/]+/|ideas/[^/]+/([^/]+/)?|how-ranking-works/)?")
PARAMETERS = ("order", "status", "tag", "q", "cursor", "comments")
NAMED_IN_COOKIES = ("messages", settings.SESSION_COOKIE_NAME)
KEPT_BYTES = 32_000_000  # of uncompressed pages, per process
SENT_WITH_304 = ("ETag", "Cache-Control", "Vary")
PATIENCE_SECONDS = 5.0  # for a page that somebody else is making

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: bytes(brotli.compress(content, quality=5)),
    "gzip": lambda content: gzip.compress(content, 6),
    "": bytes,
}
NOT_AT_ALL = re.compile(r"q\s*=\s*0(\.0*)?")


class Page:
    def __init__(self, response: HttpResponse, made_in: Moment) -> None:
        patch_vary_headers(response, ["Accept-Encoding", "Accept-Language", "Cookie"])
        digest = hashlib.blake2b(response.content, digest_size=12).hexdigest()
        # Weak: the same page is compressed in several ways.
        self.headers = {"Cache-Control": "no-cache", **response.headers, "ETag": f'W/"{digest}"'}
        self.bodies = {"": response.content}
        self.made_in = made_in
        self.until = time.monotonic() + settings.PAGE_KEPT_SECONDS

    def answer(self, request: HttpRequest, accepted: str) -> HttpResponse:
        if digest_in(request.META.get("HTTP_IF_NONE_MATCH", ""), self.headers["ETag"]):
            return HttpResponseNotModified(headers={name: self.headers[name] for name in SENT_WITH_304})
        coding = coding_of(accepted)
        body = self.bodies.get(coding)
        if body is None:
            body = self.bodies[coding] = CODINGS[coding](self.bodies[""])
        response = HttpResponse(body, headers=self.headers)
        response.headers["Content-Length"] = str(len(body))
        if coding:
            response.headers["Content-Encoding"] = coding
        return response


class PageCacheMiddleware:
    """Stands before all middleware that compresses, or reads cookies or the session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.making: dict[tuple[Key, Moment], Future[Page | None]] = {}
        self.kept_bytes = 0
        self.lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PAGE_KEPT_SECONDS or not is_for_everybody(request):
            return self.get_response(request)
        accepted = request.META.pop("HTTP_ACCEPT_ENCODING", "")  # compressed here, if kept
        ask_for_what_counts(request)
        key, now_in = key_of(request), (generation.number, tallies.number)
        page = self.pages.get(key)
        if page is None or page.made_in != now_in or page.until < time.monotonic():
            return self._made(request, accepted, key, now_in)
        return page.answer(request, accepted)

    def _made(self, request: HttpRequest, accepted: str, key: Key, now_in: Moment) -> HttpResponse:
        """Make the page, or wait for whoever is making it; what is not to be kept everybody makes for themselves."""
        mine: Future[Page | None] = Future()
        with self.lock:
            first = self.making.setdefault((key, now_in), mine)
        if first is not mine:
            try:
                page = first.result(timeout=PATIENCE_SECONDS)
            except TimeoutError:
                page = None
            return page.answer(request, accepted) if page else self.get_response(request)
        page = None
        try:
            response = self.get_response(request)
            page = self._keep(key, Page(response, now_in)) if is_shared(request, response) else None
            return page.answer(request, accepted) if page else response
        finally:
            with self.lock:
                del self.making[key, now_in]
            mine.set_result(page)

    def _keep(self, key: Key, page: Page) -> Page:
        with self.lock:
            self._drop(self.pages.pop(key, None))
            self.pages[key] = page
            self.kept_bytes += len(page.bodies[""])
            while self.kept_bytes > KEPT_BYTES:
                self._drop(self.pages.popitem(last=False)[1])
        return page

    def _drop(self, page: Page | None) -> None:
        self.kept_bytes -= len(page.bodies[""]) if page else 0


def is_for_everybody(request: HttpRequest) -> bool:
    """Whether nothing of the request says who asks."""
    if request.method != "GET" or any(name in request.COOKIES for name in NAMED_IN_COOKIES):
        return False
    return PATHS.fullmatch(request.path_info) is not None


def is_shared(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a page is whole and the same for all: a CSRF token, a session or a message would have set a cookie."""
    is_whole = response.status_code == 200 and not response.streaming
    return is_whole and not response.cookies and not hasattr(request, "_csp_nonce")


def ask_for_what_counts(request: HttpRequest) -> None:
    """Take from the address what no page looks at, so that it makes no other page and stands in none."""
    if request.META.get("QUERY_STRING"):
        known = {name: request.GET[name] for name in PARAMETERS if request.GET.get(name)}
        request.META["QUERY_STRING"] = urlencode(known)
        del request.GET  # kept since it was read


def key_of(request: HttpRequest) -> Key:
    """Return all that such a page depends on."""
    return (
        request.scheme or "",
        request.META.get("HTTP_HOST", ""),
        request.path,
        request.META.get("QUERY_STRING", ""),
        get_language_from_request(request),
        chosen_theme(request),
        "rows" if wants_fragment(request) else "",
    )


@lru_cache(maxsize=512)
def coding_of(accepted: str) -> str:
    """Return our best coding among those that an Accept-Encoding header allows; nothing where it allows none.

    >>> coding_of("gzip, br;q=0"), coding_of("*"), coding_of("abrupt")
    ('gzip', 'br', '')
    """
    parts = (part.partition(";") for part in accepted.lower().split(","))
    allowed = {name.strip(): not NOT_AT_ALL.fullmatch(weight.strip()) for name, _semicolon, weight in parts}
    return next(name for name in CODINGS if not name or allowed.get(name, allowed.get("*", False)))


def digest_in(known: str, etag: str) -> bool:
    """Whether an If-None-Match header names `etag`, which proxies may have made weak."""
    return bool(known) and (known.strip() == "*" or etag.removeprefix("W/") in known)
