"""Pages and files that are the same for everybody."""

import mimetypes

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import check_for_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from frontend.colour import dark_roles, light_roles
from frontend.context import THEMES
from frontend.entrances import safe_next

PICTURES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
YEAR = 365 * 24 * 3600


@require_safe
@cache_control(public=True, max_age=86_400)
def brand(request: HttpRequest, colour: str) -> HttpResponse:
    """Give the portal's accent as a style sheet, since pages may carry no inline style."""
    context = {"light": light_roles(colour), "dark": dark_roles(colour)}
    return render(request, "frontend/brand.css", context, content_type="text/css")


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead those who look for the icon where it once used to be."""
    return HttpResponseRedirect(static("frontend/mark.svg"))


@csrf_exempt
@require_POST
def view_settings(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language or appearance in this browser. No CSRF token: pages stay the same for everybody."""
    response = HttpResponseRedirect(safe_next(request))
    if "theme" in request.POST:
        _keep(response, "theme", request.POST["theme"] if request.POST["theme"] in THEMES else "")
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


@require_safe
def how_ranking_works(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/how_ranking_works.html", {"half_life_days": settings.HALF_LIFE_DAYS})


@require_safe
@cache_control(public=True, max_age=86_400)
def logo(request: HttpRequest, name: str) -> FileResponse:
    """Give a portal's logo; only pictures, whatever else lies in the storage."""
    kind = mimetypes.guess_type(name)[0]
    if kind not in PICTURES or not default_storage.exists(f"logos/{name}"):
        raise Http404
    return FileResponse(default_storage.open(f"logos/{name}"), content_type=kind)
