"""What `base.html` shows on every page; looked up only when a template asks for it."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.viewers import viewer_of
from frontend.portals import boards_seen_by, current_portal
from votes.readers import code_of

THEMES = ("light", "dark")


def chosen_theme(request: HttpRequest) -> str:
    """`light`, `dark`, or nothing where the system decides."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else ""


def reader_code(request: HttpRequest) -> str:
    """Return the name of the day under which views by somebody who is signed in are counted."""
    person = viewer_of(request).person_id
    return code_of(person, datetime.now(UTC).date()) if person else ""


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "portal": SimpleLazyObject(current_portal),
        "nav_boards": SimpleLazyObject(lambda: boards_seen_by(viewer_of(request))),
        "theme": chosen_theme(request),
        "reader": SimpleLazyObject(lambda: reader_code(request)),
    }
