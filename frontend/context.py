"""What `base.html` shows on every page; looked up only when a template asks for it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.viewers import viewer_of
from frontend.portals import boards_seen_by, current_portal

THEMES = ("light", "dark")


def chosen_theme(request: HttpRequest) -> str:
    """`light`, `dark`, or nothing where the system decides."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else ""


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "portal": SimpleLazyObject(current_portal),
        "nav_boards": SimpleLazyObject(lambda: boards_seen_by(viewer_of(request))),
        "theme": chosen_theme(request),
    }
