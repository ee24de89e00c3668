"""The edge of the API: bodies that are too large, and Django's own errors below /api/, answer as problem+json."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers

from common.problems import API_PREFIX, CONTENT_TYPE, problem_for_status, problem_response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ApiProblemsMiddleware:
    """Stands outermost, so that the errors of other middleware pass through it too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        if _declared_length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return problem_response(problem_for_status(413))
        response = _as_problem(request, self.get_response(request))
        if not response.has_header("Cache-Control"):
            # What is shown depends on who asks; whoever keeps an answer asks again, with its ETag.
            patch_cache_control(response, private=True, no_cache=True)
            patch_vary_headers(response, ["Authorization", "Cookie", "Accept-Language"])
        return response


def _declared_length(request: HttpRequest) -> int:
    """Return the body's length; Django reads no further than this header says."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    status = response.status_code
    if status in (301, 302) and request.method not in SAFE_METHODS:
        # Django leads on to the path with a slash; clients would follow with a GET and lose what they wrote.
        status = 404
    if status < 400 or response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
        return response
    problem: HttpResponse = problem_response(problem_for_status(status))
    for name in ("Allow", "Vary", "X-Request-ID"):
        if name in response.headers:
            problem[name] = response.headers[name]
    response.close()
    return problem
