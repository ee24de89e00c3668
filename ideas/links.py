"""Addresses for mails, feeds and partners: absolute, permanent."""

from django.conf import settings

from ideas.listed import ListedIdea
from ideas.models import Idea


def idea_url(idea: Idea | ListedIdea) -> str:
    """The portal's page; the id alone decides, the slug is for readers."""
    return f"{settings.BASE_URL}/ideas/{idea.public_id}/{idea.slug}/"
