from ideas.models.boards import Audience, Board, CountsShown, Portal, Tag
from ideas.models.comments import Comment, CommentRevision
from ideas.models.ideas import Follow, Idea, IdeaRevision, OfficialResponse, Origin
from ideas.models.standing import BoardRate, Standing

__all__ = [
    "Audience",
    "Board",
    "BoardRate",
    "Comment",
    "CommentRevision",
    "CountsShown",
    "Follow",
    "Idea",
    "IdeaRevision",
    "OfficialResponse",
    "Origin",
    "Portal",
    "Standing",
    "Tag",
]
