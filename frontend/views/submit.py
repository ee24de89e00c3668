from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import limit_posts
from accounts.viewers import viewer_of
from common.errors import DomainError
from frontend.cards import cards
from frontend.entrances import allow, person_of
from frontend.forms import IdeaForm
from frontend.links import idea_path
from frontend.portals import boards_seen_by
from frontend.selectors import common_tags
from frontend.views.boards import no_boards
from ideas.models import Board, Idea
from ideas.policies import may_post
from ideas.selectors import board_for, similar_ideas
from ideas.services.following import follow_idea
from ideas.services.ideas import post_idea

SHORTEST_TITLE = 4
SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Take a new idea; whatever is refused, the text stays in the form."""
    person_of(request)
    viewer = viewer_of(request)
    if slug:
        board_for(viewer, slug)
    if not (seen := boards_seen_by(viewer)):
        return no_boards(request)
    boards = [board for board in seen if board.is_open and may_post(viewer, board)]
    allow(any(board.slug == slug for board in boards) if slug else bool(boards))
    form = _form(request, boards, slug)
    if request.method == "POST" and form.is_valid() and (idea := _post(request, form)):
        messages.success(request, _("Your idea is posted. You will hear when something happens."))
        return redirect(idea_path(idea))
    context = {"form": form, "board": form.chosen_board, "similar": _similar(request, form["title"].value() or "")}
    return render(request, "frontend/submit.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, boards: list[Board], slug: str) -> IdeaForm:
    """Return the form, begun with what the address says; the tags at hand are those of the chosen board."""
    asked = request.POST or request.GET
    chosen = next((board for board in boards if board.slug == (asked.get("board") or slug)), boards[0])
    tags = sorted(chosen.portal.tags.values_list("name", flat=True))
    initial = {"board": chosen.slug, "title": request.GET.get("title", ""), "tags": request.GET.getlist("tags")}
    return IdeaForm(request.POST or None, boards=boards, tags=tags, common=common_tags(chosen), initial=initial)


def _post(request: HttpRequest, form: IdeaForm) -> Idea | None:
    """Post what the form has and follow it; None when a rule refused, which the form then says."""
    person, wanted = person_of(request), form.cleaned_data
    limit_posts(request)
    try:
        idea = post_idea(
            form.chosen_board, author=person, title=wanted["title"], body=wanted["body"], tags=wanted["tags"]
        )
    except DomainError as error:
        form.refuse(error)
        return None
    follow_idea(idea, person=person)
    return idea


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Show ideas like the title being typed, on all boards that the viewer sees."""
    context = {"similar": _similar(request, request.GET.get("title", ""))}
    return render(request, "frontend/components/similar.html", context)


def _similar(request: HttpRequest, title: str) -> list[object]:
    title = title.replace("\x00", "").strip()[:200]
    viewer = viewer_of(request)
    found = similar_ideas(viewer, title=title, limit=SHOWN) if len(title) >= SHORTEST_TITLE else []
    return [*cards(viewer, found)]
