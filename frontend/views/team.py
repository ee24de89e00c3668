"""The team bar: what moderators of a board do with an idea, each a form of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.viewers import viewer_of
from common.errors import Invalid, Stale
from frontend.entrances import allow, back_to, idea_and_viewer, idea_for_team, sent
from frontend.idea_page import idea_page
from ideas.policies import may_moderate
from ideas.selectors import board_for, canonical_idea_for, colleagues_of, ideas_to_merge_into
from ideas.services.moderation import (
    assign_idea,
    change_status,
    hide_idea,
    lock_idea,
    move_idea,
    pin_idea,
    restore_idea,
    unlock_idea,
    unpin_idea,
)
from votes.services import merge_ideas
from votes.services import undo_merge as undo_merging

MARKS = {
    "hide": hide_idea,
    "restore": restore_idea,
    "lock": lock_idea,
    "unlock": unlock_idea,
    "pin": pin_idea,
    "unpin": unpin_idea,
}


@require_POST
def status(request: HttpRequest, public_id: str) -> HttpResponse:
    idea, person = idea_for_team(request, public_id)
    wanted, response, seen = request.POST.get("status", ""), request.POST.get("response", ""), _version_seen(request)
    try:
        change_status(idea, status=wanted, by=person, response=response, expected_version=seen)
    except Stale:
        return _shown_anew(request, public_id, response=response)
    messages.success(request, _("Saved. Whoever backs or follows this idea will be told."))
    return back_to(idea)


@require_POST
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    idea, person = idea_for_team(request, public_id)
    wanted = sent(request, "assignee")
    colleague = colleagues_of(idea.board).filter(public_id=wanted).first() if wanted else None
    if wanted and colleague is None:
        raise Invalid(_("Only people of the owning team can be assigned."), field="assignee")
    try:
        assign_idea(idea, assignee=colleague, by=person, expected_version=_version_seen(request))
    except Stale:
        return _shown_anew(request, public_id)
    return back_to(idea, "team")


@require_POST
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    idea, person = idea_for_team(request, public_id)
    board = board_for(viewer_of(request), sent(request, "board"))
    allow(may_moderate(viewer_of(request), board))
    try:
        move_idea(idea, board=board, by=person, expected_version=_version_seen(request))
    except Stale:
        return _shown_anew(request, public_id)
    messages.success(request, _("Moved to “%(board)s”.") % {"board": board.name})
    return back_to(idea)


@require_POST
def mark(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hide, lock or pin an idea, or undo one of these."""
    idea, person = idea_for_team(request, public_id)
    change = MARKS.get(request.POST.get("do", ""))
    if change is None:
        raise Invalid(field="do")
    change(idea, by=person)
    return back_to(idea, "team")


@require_safe
def merge_targets(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer ideas that this one may be merged into: those with the words, else those with a similar title."""
    idea, _person = idea_for_team(request, public_id)
    targets = ideas_to_merge_into(viewer_of(request), idea, words=request.GET.get("q", ""))
    return render(request, "frontend/merge_targets.html", {"idea": idea, "targets": targets})


@require_POST
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    idea, person = idea_for_team(request, public_id)
    target = canonical_idea_for(viewer_of(request), sent(request, "into"))
    allow(may_moderate(viewer_of(request), target.board))
    merge_ideas(idea, into=target, by=person)
    messages.success(request, _("Merged. Each voter counts once, and the old address leads here."))
    return back_to(target)


@require_POST
def undo_merge(request: HttpRequest, public_id: str) -> HttpResponse:
    idea, person = idea_for_team(request, public_id)
    undo_merging(idea, by=person)
    messages.success(request, _("The merge is undone; each idea has its own votes again."))
    return back_to(idea)


def _version_seen(request: HttpRequest) -> int | None:
    """Return the version on whose page the form stood; None where none is named."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else None


def _shown_anew(request: HttpRequest, public_id: str, *, response: str = "") -> HttpResponse:
    """Show the idea as a colleague has left it meanwhile, with the answer that was typed."""
    idea, viewer = idea_and_viewer(request, public_id)
    context = idea_page(viewer, idea) | {"stale": True, "typed_response": response}
    return render(request, "frontend/idea.html", context, status=Stale.http_status)
