"""The product team's pages. `IdeaAdmin` is registered by `votes`, which adds merging; portals by `frontend`."""

from ideas.admin.boards import BoardAdmin, PortalAdmin, TagAdmin
from ideas.admin.comments import CommentAdmin
from ideas.admin.ideas import IdeaAdmin

__all__ = ["BoardAdmin", "CommentAdmin", "IdeaAdmin", "PortalAdmin", "TagAdmin"]
