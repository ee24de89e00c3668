from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.viewers import viewer_of
from common.errors import DomainError
from frontend.entrances import allow, person_of, wants_fragment
from frontend.forms import FirstBoardForm
from frontend.listing import listing
from frontend.portals import boards_seen_by, current_portal
from frontend.selectors import answer_pace, status_counts
from ideas.models import Board
from ideas.policies import may_post
from ideas.selectors import board_for
from ideas.services.boards import make_first_board


@require_safe
@vary_on_headers("HX-Request")
def home(request: HttpRequest) -> HttpResponse:
    """Show the portal's boards and the ideas of all of them."""
    viewer = viewer_of(request)
    boards = boards_seen_by(viewer)
    if not boards:
        return no_boards(request)
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


def no_boards(request: HttpRequest) -> HttpResponse:
    """Say that there is nothing yet, and show the way on to those who can change that."""
    return render(request, "frontend/no_boards.html", {"may_make": viewer_of(request).moderates_all})


@require_http_methods(["GET", "HEAD", "POST"])
def first_board(request: HttpRequest) -> HttpResponse:
    """Make the first board, with its portal and team, in one step; later ones are made in the admin."""
    person = person_of(request)
    allow(viewer_of(request).moderates_all)
    if Board.objects.exists():
        return redirect("admin:ideas_board_add" if request.method != "POST" else "frontend:home")
    initial = {"language": (get_language() or "en")[:2]}
    form = FirstBoardForm(request.POST or None, has_portal=current_portal() is not None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_first_board(**{"portal_name": ""} | form.cleaned_data, by=person)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("Your first board is there. Share its address, or post the first idea yourself.")
            )
            return redirect("frontend:board", made.slug)
    return render(request, "frontend/first_board.html", {"form": form}, status=400 if form.errors else 200)
