"""Addresses that people keep."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from ideas.listed import ListedIdea
from ideas.models import Idea


@lru_cache(maxsize=4096)
def _idea_path(public_id: str, slug: str) -> str:
    return reverse("frontend:idea", args=[public_id, slug])


def idea_path(idea: Idea | ListedIdea) -> str:
    return _idea_path(idea.public_id, idea.slug)


@lru_cache(maxsize=512)
def board_path(slug: str) -> str:
    return reverse("frontend:board", args=[slug])


def absolute(path: str) -> str:
    """Return the one address of a page, whichever host name it was asked under."""
    return f"{settings.BASE_URL}{path}"
