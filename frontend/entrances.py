"""What every view of the portal begins with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Person
from accounts.viewers import Viewer, viewer_of
from common.errors import Forbidden, SignInNeeded
from frontend.links import idea_path
from ideas.models import Idea
from ideas.policies import may_moderate
from ideas.selectors import idea_for


def person_of(request: HttpRequest) -> Person:
    """Raises: SignInNeeded, which leads to sign-in and back."""
    person = viewer_of(request).person
    if person is None:
        raise SignInNeeded
    return person


def allow(permitted: bool) -> None:
    """Raises: Forbidden unless `permitted`."""
    if not permitted:
        raise Forbidden


def idea_and_viewer(request: HttpRequest, public_id: str) -> tuple[Idea, Viewer]:
    viewer = viewer_of(request)
    return idea_for(viewer, public_id), viewer


def idea_for_team(request: HttpRequest, public_id: str) -> tuple[Idea, Person]:
    """Return an idea that the person moderates.

    Raises: SignInNeeded, NotFound, Forbidden.
    """
    person = person_of(request)
    idea, viewer = idea_and_viewer(request, public_id)
    allow(may_moderate(viewer, idea.board))
    return idea, person


def sent(request: HttpRequest, name: str) -> str:
    """Return what a form names in the field `name`, without NUL, which no name of ours has and PostgreSQL refuses."""
    return request.POST.get(name, "").replace("\x00", "")


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Return where the form wants to lead, if that is on this site."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else fallback


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, which swaps a part of the page that is there already."""
    return request.headers.get("HX-Request") == "true"


def back_to(idea: Idea, anchor: str = "") -> HttpResponse:
    return redirect(idea_path(idea) + (f"#{anchor}" if anchor else ""))
