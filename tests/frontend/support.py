"""What the tests of pages look at."""

import re
from html import unescape
from typing import Any

from frontend.links import idea_path
from ideas.models import Idea

TITLE = re.compile(r'<h2 class="idea-title">\s*<a [^>]*>(.*?)</a>', re.DOTALL)


def text(response: Any) -> str:
    return str(response.content.decode())


def titles(response: Any) -> list[str]:
    """Return the titles of a list in their order."""
    return [unescape(title).strip() for title in TITLE.findall(text(response))]


def do(idea: Idea, what: str) -> str:
    return f"/ideas/{idea.public_id}/do/{what}/"


def page(idea: Idea) -> str:
    return idea_path(idea)
