"""Who may do what: predicates over a viewer, none of which asks the database."""

from accounts.models import Scope
from accounts.viewers import Viewer
from ideas.models import Audience, Board, Comment, CountsShown, Idea


def _is_in(viewer: Viewer, audience: str, board: Board, scope: Scope) -> bool:
    if viewer.is_key:
        return viewer.may(scope) and (audience != Audience.TEAM or viewer.moderates_all)
    if audience == Audience.TEAM:
        return viewer.moderates(board.team_id)
    return viewer.person is not None


def may_see(viewer: Viewer, board: Board) -> bool:
    """Same rule as `ideas.visibility.boards_seen`, for one board at hand."""
    if board.seen_by == Audience.PUBLIC or viewer.moderates(board.team_id):
        return True
    return board.seen_by == Audience.MEMBERS and viewer.is_member


def may_open(viewer: Viewer, idea: Idea) -> bool:
    """Same rule as `Idea.objects.visible_to`, for one idea at hand, with its board."""
    if may_moderate(viewer, idea.board):
        return True
    is_shown = idea.withdrawn_at is None or idea.author_id == viewer.person_id
    return is_shown and idea.hidden_at is None and may_see(viewer, idea.board)


def may_moderate(viewer: Viewer, board: Board) -> bool:
    return viewer.moderates(board.team_id)


def may_post(viewer: Viewer, board: Board) -> bool:
    return may_see(viewer, board) and _is_in(viewer, board.posting_by, board, Scope.IDEAS_WRITE)


def may_vote(viewer: Viewer, board: Board) -> bool:
    return may_see(viewer, board) and _is_in(viewer, board.voting_by, board, Scope.VOTES_WRITE)


def may_comment(viewer: Viewer, board: Board) -> bool:
    return may_see(viewer, board) and _is_in(viewer, board.commenting_by, board, Scope.COMMENTS_WRITE)


def may_edit_idea(viewer: Viewer, idea: Idea) -> bool:
    """The author, while the discussion is open, and the team always."""
    return may_moderate(viewer, idea.board) or (viewer.person_id == idea.author_id and not idea.is_locked)


def may_edit_comment(viewer: Viewer, comment: Comment) -> bool:
    return viewer.person_id == comment.author_id and not comment.idea.is_locked


def sees_counts(viewer: Viewer, board: Board, *, has_voted: bool) -> bool:
    return board.counts_shown == CountsShown.ALWAYS or has_voted or may_moderate(viewer, board)
