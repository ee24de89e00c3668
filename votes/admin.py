from django.contrib import admin

from ideas.admin import IdeaAdmin
from ideas.models import Idea


@admin.register(Idea)
class IdeaWithVotesAdmin(IdeaAdmin):
    """The page of an idea, with its votes."""
