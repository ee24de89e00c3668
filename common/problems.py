"""Every error of the API as problem+json (RFC 9457), with a code that stays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from common.errors import DomainError

API_PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
MAX_ERRORS = 20
MAX_TEXT = 300
CHALLENGE = 'Bearer realm="api"'

CODES_BY_STATUS = {
    400: "bad_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    500: "internal_error",
}

# DRF's words for what we say in ours.
CODES_OF_FIELDS = {
    "null": "required",
    "blank": "required",
    "empty": "required",
    "not_a_list": "wrong_type",
    "max_length": "too_long",
    "min_length": "too_short",
    "max_value": "out_of_range",
    "min_value": "out_of_range",
    "max_string_length": "out_of_range",
    "overflow": "out_of_range",
    "null_characters_not_allowed": "invalid_characters",
    "surrogate_characters_not_allowed": "invalid_characters",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one input; `field` is a path such as `author.external_id` or `tags.0`."""

    field: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the members of the answer. `type` is about:blank: `code` says which problem it is."""
        title = HTTPStatus(self.status).phrase
        body = {"type": "about:blank", "title": title, "status": self.status, "code": self.code, "detail": self.detail}
        return body | {"errors": [asdict(error) for error in self.errors]} if self.errors else body


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer for an exception in a view of the API; None leaves it to Django's log and our `internal_error`."""
    problem = problem_of(exc)
    if problem is None:
        return None
    return Response(problem.as_dict(), problem.status, headers=dict(problem.headers), content_type=CONTENT_TYPE)


def problem_response(problem: Problem) -> JsonResponse:
    """Return `problem` as a plain Django response, for what goes wrong outside of views."""
    headers = dict(problem.headers)
    return JsonResponse(problem.as_dict(), status=problem.status, headers=headers, content_type=CONTENT_TYPE)


def problem_for_status(status: int) -> Problem:
    """Return the problem for an answer of Django that says only its status."""
    code = CODES_BY_STATUS.get(status, "error")
    details = {
        404: _("There is nothing at this address."),
        413: _("The body is larger than 1 MB."),
        500: _("Something went wrong on our side. It has been recorded."),
    }
    return Problem(status, code, details.get(status, HTTPStatus(status).phrase), headers=_headers_for(status))


def page_unless_api(page: Callable[..., HttpResponse], status: int) -> Callable[..., HttpResponse]:
    """Make one of Django's error handlers: a problem below /api/, elsewhere what `page` gives."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.path_info.startswith(API_PREFIX):
            return problem_response(problem_for_status(status))
        return page(request, *args, **kwargs)

    return answer


def problem_of(exc: Exception) -> Problem | None:
    match exc:
        case DomainError():
            return _of_domain_error(exc)
        case exceptions.ValidationError():
            return _of_validation_error(exc)
        case exceptions.APIException():
            return _of_api_exception(exc)
        case Http404():
            return problem_for_status(404)
        case PermissionDenied():
            return problem_for_status(403)
        case RequestDataTooBig():
            return problem_for_status(413)
        case SuspiciousOperation():
            return problem_for_status(400)
    return None


def _of_domain_error(exc: DomainError) -> Problem:
    detail = str(exc.message)
    errors = (FieldError(exc.field, exc.error_code, detail),) if exc.field else ()
    headers = _headers_for(exc.http_status, getattr(exc, "retry_after_seconds", None))
    return Problem(exc.http_status, exc.error_code, detail, errors, headers)


def _of_validation_error(exc: exceptions.ValidationError) -> Problem:
    """Gather the errors of all fields; the code of the whole is theirs when they agree, else `invalid`."""
    errors = tuple(islice(_flatten(exc.detail), MAX_ERRORS))
    codes = {error.code for error in errors}
    code = codes.pop() if len(codes) == 1 else "invalid"
    detail = " ".join(f"{error.field}: {error.detail}" if error.field else error.detail for error in errors)
    return Problem(400, code, detail, tuple(error for error in errors if error.field))


def _flatten(detail: Any, path: str = "") -> Iterator[FieldError]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flatten(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flatten(inner, path)
    else:
        code = getattr(detail, "code", "invalid")
        yield FieldError(_printable(path), CODES_OF_FIELDS.get(code, code), _printable(str(detail)))


def _printable(text: str) -> str:
    """Return `text`, which may repeat what was sent, short and free of what UTF-8 cannot hold."""
    return text[:MAX_TEXT].encode(errors="replace").decode()


def _of_api_exception(exc: exceptions.APIException) -> Problem:
    status = 401 if isinstance(exc, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)) else exc.status_code
    code = getattr(exc.detail, "code", "") or CODES_BY_STATUS.get(status, "error")
    names = {"parse_error": "malformed_json", "throttled": "rate_limited", "error": "internal_error"}
    headers = _headers_for(status, getattr(exc, "wait", None))
    return Problem(status, names.get(code, code), str(exc.detail), headers=headers)


def _headers_for(status: int, wait_seconds: float | None = None) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": CHALLENGE}
    if wait_seconds is not None:
        return {"Retry-After": str(max(1, int(wait_seconds + 0.999)))}
    return {}
