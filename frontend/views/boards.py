from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.viewers import viewer_of
from ideas.selectors import board_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/home.html")


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "frontend/home.html", {"board": board_for(viewer_of(request), slug)})
