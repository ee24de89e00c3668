from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits import limit_posts
from accounts.viewers import viewer_of
from common.errors import DomainError, Invalid
from frontend.entrances import allow, back_to, idea_and_viewer, person_of, sent
from frontend.forms import CommentForm
from frontend.idea_page import idea_page
from ideas.policies import may_comment, may_edit_comment, may_moderate
from ideas.selectors import comment_for
from ideas.services.comments import (
    edit_comment,
    hide_comment,
    post_comment,
    restore_comment,
    return_comment,
    withdraw_comment,
)

AUTHORS_MAY = {"withdraw": withdraw_comment, "return": return_comment}
TEAMS_MAY = {"hide": hide_comment, "restore": restore_comment}


@require_POST
def post(request: HttpRequest, public_id: str) -> HttpResponse:
    """Comment, reply, or leave an internal note; a refusal shows the page again with what was written."""
    person = person_of(request)
    idea, viewer = idea_and_viewer(request, public_id)
    is_internal = "internal" in request.POST
    allow(may_moderate(viewer, idea.board) if is_internal else may_comment(viewer, idea.board))
    limit_posts(request)
    body, parent = request.POST.get("body", ""), sent(request, "parent")
    try:
        known = comment_for(viewer, parent, idea=idea) if parent else None
        comment = post_comment(idea, author=person, body=body, parent=known, is_internal=is_internal)
    except DomainError as error:
        draft = {"body": body, "parent": parent, "internal": is_internal, "error": error.message}
        return render(request, "frontend/idea.html", idea_page(viewer, idea, draft=draft), status=error.http_status)
    return back_to(idea, f"comment-{comment.public_id}")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    person = person_of(request)
    comment = comment_for(viewer_of(request), public_id)
    allow(may_edit_comment(viewer_of(request), comment))
    form = CommentForm(request.POST or None, initial={"body": comment.body})
    if request.method == "POST" and form.is_valid():
        try:
            edit_comment(comment, by=person, body=form.cleaned_data["body"])
            return back_to(comment.idea, f"comment-{comment.public_id}")
        except DomainError as error:
            form.refuse(error)
    context = {"form": form, "comment": comment, "idea": comment.idea}
    return render(request, "frontend/edit_comment.html", context, status=400 if form.errors else 200)


@require_POST
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a comment out of sight or bring it back: authors withdraw their own, the team hides."""
    person, viewer = person_of(request), viewer_of(request)
    comment = comment_for(viewer, public_id)
    do = request.POST.get("do", "")
    change = AUTHORS_MAY.get(do) or TEAMS_MAY.get(do)
    if change is None:
        raise Invalid(field="do")
    allow(person.pk == comment.author_id if do in AUTHORS_MAY else may_moderate(viewer, comment.idea.board))
    change(comment, by=person)
    if do == "withdraw":
        messages.success(request, _("Your comment is withdrawn."), extra_tags=comment.public_id)
    return back_to(comment.idea, "comments")
