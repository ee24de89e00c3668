"""What a list shows of an idea: the idea, and the vote control in the state that holds for this viewer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.viewers import Viewer
from frontend.links import idea_path
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
    """Attributes: `votes`, None where they are hidden; `value`, this viewer's vote, 0 for none; `closed` says why
    nobody or not this viewer can vote; `note` says what just went wrong.
    """

    idea: Idea
    path: str
    votes: int | None
    value: int = 0
    closed: str = ""
    note: str = ""
    asks_sign_in: bool = False

    @property
    def allows_down(self) -> bool:
        return self.idea.board.allows_down_votes


@dataclass(frozen=True, slots=True)
class Card:
    idea: Idea
    vote: VoteControl
    path: str


def why_closed(viewer: Viewer, idea: Idea) -> str:
    """Say why `viewer` cannot vote, in a sentence; nothing where they can or only have to sign in."""
    if idea.merged_into_id:
        return _("This idea was merged into another one.")
    if not idea.board.is_open:
        return _("This board is closed.")
    if idea.is_locked:
        return _("The team has closed this discussion.")
    if not is_votable(idea.status):
        return str(CLOSED_BY_STATUS[Status(idea.status)])
    if viewer.person and not may_vote(viewer, idea.board):
        return _("Only the team votes here.")
    return ""


def vote_control(viewer: Viewer, idea: Idea, value: int, *, tally: Tally | None = None, note: str = "") -> VoteControl:
    """Args: `tally`, fresher figures than the idea's standing has."""
    known = tally or Tally.shown(idea.standing.up, idea.standing.down)
    shown = sees_counts(viewer, idea.board, has_voted=bool(value))
    return VoteControl(
        idea=idea,
        path=idea_path(idea),
        votes=known.votes if shown else None,
        value=value,
        closed=why_closed(viewer, idea),
        note=note,
        asks_sign_in=viewer.person is None,
    )


def cards(viewer: Viewer, ideas: Sequence[Idea]) -> list[Card]:
    """Queries: one, for what a signed-in viewer voted."""
    mine = my_votes(viewer.person, ideas) if viewer.person and ideas else {}
    return [Card(idea, vote_control(viewer, idea, mine.get(idea.pk, 0)), idea_path(idea)) for idea in ideas]
