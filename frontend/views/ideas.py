from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.viewers import viewer_of
from common.errors import DomainError, Invalid
from frontend.entrances import allow, back_to, idea_and_viewer, person_of
from frontend.forms import IdeaForm
from frontend.idea_page import idea_page
from frontend.links import idea_path
from frontend.selectors import common_tags
from frontend.why import reasons
from ideas.policies import may_edit_idea
from ideas.selectors import idea_for
from ideas.services.following import follow_idea, mute_idea, unfollow_idea, unmute_idea
from ideas.services.ideas import edit_idea, return_idea, withdraw_idea

FOLLOWING = {"follow": follow_idea, "unfollow": unfollow_idea, "mute": mute_idea, "unmute": unmute_idea}


@require_safe
def idea(request: HttpRequest, public_id: str, slug: str = "") -> HttpResponse:
    """Show an idea at its one address; older titles lead there."""
    viewer = viewer_of(request)
    shown = idea_for(viewer, public_id)
    if request.path != idea_path(shown):
        return redirect(idea_path(shown), permanent=True)
    context = idea_page(viewer, shown, cursor=request.GET.get("comments", ""))
    return render(request, "frontend/idea.html", context)


@require_safe
def history(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the earlier wordings, newest first."""
    shown, _viewer = idea_and_viewer(request, public_id)
    revisions = shown.revisions.order_by("-id")[:100]
    return render(request, "frontend/history.html", {"idea": shown, "revisions": revisions})


@require_safe
def why(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say why the idea stands where it stands; its page shows this in place where there is script."""
    shown, viewer = idea_and_viewer(request, public_id)
    return render(request, "frontend/why.html", {"idea": shown, "reasons": reasons(viewer, shown)})


@require_POST
def follow(request: HttpRequest, public_id: str) -> HttpResponse:
    person = person_of(request)
    shown, _viewer = idea_and_viewer(request, public_id)
    change = FOLLOWING.get(request.POST.get("do", ""))
    if change is None:
        raise Invalid(field="do")
    change(shown, person=person)
    return back_to(shown, "follow")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change title, details and tags; on a refusal the form keeps what was written."""
    person = person_of(request)
    shown, viewer = idea_and_viewer(request, public_id)
    allow(may_edit_idea(viewer, shown))
    form = IdeaForm.for_idea(shown, request.POST or None, common=common_tags(shown.board))
    if request.method == "POST" and form.is_valid():
        try:
            return back_to(edit_idea(shown, by=person, **form.edited()))
        except DomainError as error:
            form.refuse(error)
    status = 400 if form.errors else 200
    return render(request, "frontend/edit_idea.html", {"form": form, "idea": shown}, status=status)


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    person = person_of(request)
    shown, _viewer = idea_and_viewer(request, public_id)
    allow(person.pk == shown.author_id)
    withdraw_idea(shown, by=person)
    messages.success(request, _("Your idea is withdrawn. Only you and the team still see this page."))
    return back_to(shown)


@require_POST
def give_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Undo a withdrawal."""
    person = person_of(request)
    shown, _viewer = idea_and_viewer(request, public_id)
    allow(person.pk == shown.author_id)
    return_idea(shown, by=person)
    messages.success(request, _("Your idea is back."))
    return back_to(shown)
