"""What a list shows of an idea: the idea, and the vote control in the state that holds for this viewer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.viewers import Viewer
from frontend.formats import ago, date_and_time
from frontend.links import board_path, idea_path
from ideas.listed import ListedIdea, as_listed
from ideas.models import Idea
from ideas.policies import may_vote, sees_counts
from ideas.status import Status, is_votable
from votes.selectors import my_votes
from votes.tallies import Tally

CLOSED_BY_STATUS = {
    Status.SHIPPED: gettext_lazy("Voting has ended: this is built."),
    Status.DECLINED: gettext_lazy("Voting has ended: this was declined."),
}


@dataclass(frozen=True, slots=True)
class VoteControl:
    """All that the control shows, so that the same one is drawn once.

    Attributes: `votes`, None where they are hidden; `value`, this viewer's vote, 0 for none; `closed` says why nobody
    or not this viewer can vote; `note` says what just went wrong.
    """

    public_id: str
    title: str
    path: str
    votes: int | None
    value: int = 0
    allows_down: bool = False
    closed: str = ""
    note: str = ""
    asks_sign_in: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """All that a list shows of an idea for everybody.

    Attributes: `board_name`, empty on the board's own list; `fate` says why no list has the idea any more, but its
    author's own.
    """

    path: str
    title: str
    language: str
    body: str
    answer: str
    status: str
    is_pinned: bool
    fate: StrOrPromise
    board_name: str
    board_path: str
    board_language: str
    tags: tuple[str, ...]
    comments: int
    author: str
    posted: str
    posted_at: str
    posted_ago: str
    is_seldom_seen: bool

    @property
    def status_label(self) -> StrOrPromise:
        return Status(self.status).label


@dataclass(frozen=True, slots=True)
class Card:
    """`counts_views`: the viewer could still vote for the idea, so that seeing it says something about it."""

    idea: ListedIdea
    vote: VoteControl
    row: Row
    counts_views: bool

    @property
    def path(self) -> str:
        return self.row.path


def why_closed(viewer: Viewer, idea: ListedIdea) -> str:
    """Say why `viewer` cannot vote, in a sentence; nothing where they can or only have to sign in."""
    if idea.merged_into:
        return _("This idea was merged into another one.")
    if idea.withdrawn_at:
        return _("This idea is withdrawn.")
    if not idea.board.is_open:
        return _("This board is closed.")
    if idea.is_locked:
        return _("The team has closed this discussion.")
    if not is_votable(idea.status):
        return str(CLOSED_BY_STATUS[Status(idea.status)])
    if viewer.person and not may_vote(viewer, idea.board):
        return _("Only the team votes here.")
    return ""


def vote_control(
    viewer: Viewer, idea: ListedIdea, value: int, *, tally: Tally | None = None, note: str = ""
) -> VoteControl:
    """Args: `tally`, fresher figures than the idea has."""
    known = tally or Tally.shown(idea.up, idea.down)
    shown = sees_counts(viewer, idea.board, has_voted=bool(value))
    return VoteControl(
        public_id=idea.public_id,
        title=idea.title,
        path=idea_path(idea),
        votes=known.votes if shown else None,
        value=value,
        allows_down=idea.board.allows_down_votes,
        closed=why_closed(viewer, idea),
        note=note,
        asks_sign_in=viewer.person is None,
    )


def row_of(idea: ListedIdea, *, names_board: bool, is_seldom_seen: bool = False) -> Row:
    return Row(
        path=idea_path(idea),
        title=idea.title,
        language=idea.language,
        body=idea.body,
        answer=idea.response.body if idea.response else "",
        status=idea.status,
        is_pinned=idea.is_pinned,
        fate=_fate(idea),
        board_name=idea.board.name if names_board else "",
        board_path=board_path(idea.board.slug),
        board_language=idea.board.language,
        tags=tuple(idea.tags),
        comments=max(0, idea.comments),
        author=idea.author_name,
        posted=idea.created_at.isoformat(timespec="seconds"),
        posted_at=date_and_time(idea.created_at),
        posted_ago=ago(idea.created_at),
        is_seldom_seen=is_seldom_seen,
    )


def _fate(idea: ListedIdea) -> StrOrPromise:
    if idea.merged_into:
        return gettext_lazy("Merged into another idea")
    return gettext_lazy("Withdrawn") if idea.withdrawn_at else ""


def cards(
    viewer: Viewer,
    ideas: Sequence[Idea | ListedIdea],
    *,
    names_board: bool = True,
    seldom_seen: Collection[ListedIdea] = (),
) -> list[Card]:
    """Args: `seldom_seen`, those of the ideas that stand beside the order.

    Queries: one, for what a signed-in viewer voted.
    """
    listed = [as_listed(idea) for idea in ideas]
    mine = my_votes(viewer.person, [idea.pk for idea in listed]) if viewer.person and listed else {}
    few, me = {idea.pk for idea in seldom_seen}, viewer.person and viewer.person.public_id
    shown = []
    for idea in listed:
        row = row_of(idea, names_board=names_board, is_seldom_seen=idea.pk in few)
        vote = vote_control(viewer, idea, mine.get(idea.pk, 0))
        counts_views = not vote.closed and not vote.value and idea.author_id != me
        shown.append(Card(idea, vote, row, counts_views))
    return shown
