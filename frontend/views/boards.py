from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.viewers import viewer_of
from frontend.entrances import wants_fragment
from frontend.listing import listing
from frontend.portals import boards_seen_by
from frontend.selectors import answer_pace, status_counts
from ideas.policies import may_post
from ideas.selectors import board_for


@require_safe
@vary_on_headers("HX-Request")
def home(request: HttpRequest) -> HttpResponse:
    """Show the portal's boards and the ideas of all of them."""
    viewer = viewer_of(request)
    boards = boards_seen_by(viewer)
    context = {"listing": listing(request, viewer, boards, one_board=False), "boards": boards}
    if wants_fragment(request):
        return render(request, "frontend/components/idea_list.html#rows", context | {"is_fragment": True})
    context |= {"counts": status_counts(boards), "may_post": any(board.is_open for board in boards)}
    return render(request, "frontend/home.html", context)


@require_safe
@vary_on_headers("HX-Request")
def board(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of(request)
    shown = board_for(viewer, slug)
    context = {"listing": listing(request, viewer, (shown,), one_board=True), "board": shown}
    if wants_fragment(request):
        return render(request, "frontend/components/idea_list.html#rows", context | {"is_fragment": True})
    context |= {"counts": status_counts([shown]), "pace": answer_pace(shown)}
    context |= {"may_post": shown.is_open and (viewer.person is None or may_post(viewer, shown))}
    return render(request, "frontend/board.html", context)
