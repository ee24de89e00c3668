"""For search engines: what may be read, in parts by ranges of ids, so that no part needs more than one index range."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.viewers import ANONYMOUS
from frontend.links import absolute, idea_path
from frontend.portals import boards_seen_by
from ideas.selectors import highest_idea_id, listed_between

PER_PART = 2_000
HOUR = 3600
XML = "application/xml"


@require_safe
@cache_control(public=True, max_age=HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/robots.txt", {"sitemap": absolute("/sitemap.xml")}, content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=HOUR)
def index(request: HttpRequest) -> HttpResponse:
    parts = [absolute(f"/sitemap-{number}.xml") for number in range(highest_idea_id() // PER_PART + 1)]
    return render(request, "frontend/sitemap_index.xml", {"parts": parts}, content_type=XML)


@require_safe
@cache_control(public=True, max_age=HOUR)
def part(request: HttpRequest, number: int) -> HttpResponse:
    """List the public ideas of one range of ids; the first part has the boards too."""
    if number * PER_PART > highest_idea_id():
        raise Http404
    ideas = listed_between(ANONYMOUS, number * PER_PART, (number + 1) * PER_PART)
    pages: list[tuple[str, datetime | None]] = [(absolute(idea_path(idea)), idea.updated_at) for idea in ideas]
    if number == 0:
        boards = boards_seen_by(ANONYMOUS)
        pages += [(absolute("/"), None), *((absolute(f"/boards/{board.slug}/"), None) for board in boards)]
    return render(request, "frontend/sitemap.xml", {"pages": pages}, content_type=XML)
