"""All that the page of one idea shows, gathered for its template."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.viewers import Viewer
from common.pagination import BadCursor, Cursor
from frontend.cards import cards
from frontend.portals import boards_seen_by
from frontend.selectors import similar_on_board
from frontend.timeline import timeline
from ideas.models import Audience, Comment, Follow, Idea
from ideas.policies import may_comment, may_edit_idea, may_moderate
from ideas.selectors import colleagues_of
from ideas.status import TRANSITIONS, Status
from ideas.threads import ORDER, comments_page

COMMENTS_PER_PAGE = 100
SIMILAR = 4


@dataclass(slots=True)
class Thread:
    first: Comment
    replies: list[Comment] = field(default_factory=list)


def idea_page(viewer: Viewer, idea: Idea, *, cursor: str = "", draft: dict[str, Any] | None = None) -> dict[str, Any]:
    """Args: `draft`, a comment that was refused, to be shown again with its `error`."""
    page = comments_page(viewer, idea, limit=COMMENTS_PER_PAGE, cursor=_place(cursor))
    [card] = cards(viewer, [idea])
    moderates = may_moderate(viewer, idea.board)
    context = {
        "idea": idea,
        "card": card,
        "threads": threads(page.comments),
        "later_comments": page.next.encode() if page.next else "",
        "is_later": page.previous is not None,
        "draft": draft or {},
        "timeline": timeline(idea),
        "similar": similar_on_board(viewer, idea, limit=SIMILAR),
        "duplicates": _duplicates(viewer, idea),
        "follow": _follow(viewer, idea),
        "is_author": viewer.person_id == idea.author_id,
        "canonical": _canonical(viewer, idea),
        "may_edit": may_edit_idea(viewer, idea) and not idea.merged_into_id,
        "may_comment": _takes_comments(viewer, idea),
        "is_public": idea.board.seen_by == Audience.PUBLIC and idea.is_listed,
        "moderates": moderates,
    }
    return context | (_team_bar(viewer, idea) if moderates else {})


def threads(comments: Sequence[Comment]) -> list[Thread]:
    """Group comments in thread order; replies whose first comment is out of sight make a thread of their own."""
    found: dict[int, Thread] = {}
    for comment in comments:
        root = comment.parent_id or comment.pk
        if root in found:
            found[root].replies.append(comment)
        else:
            found[root] = Thread(comment)
    return list(found.values())


def _place(cursor: str) -> Cursor | None:
    try:
        return Cursor.decode(cursor, order=ORDER, kind=int)
    except BadCursor:
        return None


def _canonical(viewer: Viewer, idea: Idea) -> Idea | None:
    """Return what a merged idea leads to; None also where the viewer may not see that."""
    return Idea.objects.visible_to(viewer).filter(pk=idea.merged_into_id).first() if idea.merged_into_id else None


def _duplicates(viewer: Viewer, idea: Idea) -> list[Idea]:
    return list(
        idea.duplicates.visible_to(viewer).filter(hidden_at=None, withdrawn_at=None).defer("search", "body")[:50]
    )


def _follow(viewer: Viewer, idea: Idea) -> Follow | None:
    return Follow.objects.filter(idea=idea, person=viewer.person).first() if viewer.person else None


def _takes_comments(viewer: Viewer, idea: Idea) -> bool:
    is_open = idea.board.is_open and not idea.is_locked and not idea.merged_into_id
    return is_open and (viewer.person is None or may_comment(viewer, idea.board))


def _team_bar(viewer: Viewer, idea: Idea) -> dict[str, Any]:
    following = [Status(idea.status), *(status for status in Status if status in TRANSITIONS[Status(idea.status)])]
    return {
        "next_statuses": following,
        "colleagues": list(colleagues_of(idea.board)),
        "other_boards": [
            board for board in boards_seen_by(viewer) if board.pk != idea.board_id and may_moderate(viewer, board)
        ],
    }
