"""When something does not work: what happened, that nothing was lost, and what to do."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from common.errors import DomainError, SignInNeeded
from frontend.entrances import wants_fragment

TEMPLATE = "frontend/error.html"


def page(request: HttpRequest, status: int, title: str, hint: str) -> HttpResponse:
    return render(request, TEMPLATE, {"status": status, "title": title, "hint": hint}, status=status)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer for a rule that said no: the way to sign-in, or a page with the reason."""
    if isinstance(error, SignInNeeded):
        return to_sign_in(request)
    if error.http_status == 404:
        return not_found(request)
    response = page(request, error.http_status, str(error.message), _("Nothing was changed. Go back and look again."))
    if wait := getattr(error, "retry_after_seconds", None):
        response["Retry-After"] = str(wait)
    return response


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to sign-in and from there back to where the reader was; also when a part of a page was asked for."""
    if wants_fragment(request):
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in_url(_path_of(request))})
    back = request.get_full_path() if request.method == "GET" else request.POST.get("next", "/")
    return redirect(_sign_in_url(back))


def _path_of(request: HttpRequest) -> str:
    """Return the path of the page that htmx asks from; the start page's where no browser would name such a one."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    except ValueError:
        return "/"


def _sign_in_url(back: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': back})}"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400, _("This request does not make sense here."), _("Go back, load the page, and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, _("This is not open to you."), _("Perhaps another account may see it."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    hint = _("It was moved, taken back or never existed. Search, or look through the boards.")
    return page(request, 404, _("There is nothing here."), hint)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    hint = _("This form was open for too long, or cookies are off. Go back, load the page and send it again.")
    return page(request, 403, _("We could not be sure that this came from you."), hint)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database, which may be what failed."""
    return HttpResponse(loader.render_to_string("500.html", _plain()), status=500)


def _plain() -> dict[str, Any]:
    return {"title": _("Something went wrong on our side."), "hint": _("It has been recorded. Try again in a minute.")}
