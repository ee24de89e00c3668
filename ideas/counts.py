"""Whose counts are shown. Who voted for what is known above this room, which registers the answer here."""

from collections.abc import Callable, Collection, Iterable

from accounts.models import Person
from accounts.viewers import Viewer
from ideas.listed import ListedIdea
from ideas.models import Idea
from ideas.policies import sees_counts

VotedAmong = Callable[[Person, Collection[int]], Collection[int]]

_voted_among: list[VotedAmong] = []


def register_voted_among(voted_among: VotedAmong) -> None:
    """Have `voted_among(person, ids)` say for which of the ideas a person has voted, in one query."""
    _voted_among[:] = [voted_among]


def ideas_with_counts(viewer: Viewer, ideas: Iterable[Idea | ListedIdea]) -> frozenset[int]:
    """Return the ids of those `ideas`, at hand with their boards, whose counts `viewer` sees.

    Queries: one for a person who meets a board that hides counts before voting; none for others.
    """
    found = list(ideas)
    open_ones = {idea.pk for idea in found if sees_counts(viewer, idea.board, has_voted=False)}
    rest = [idea.pk for idea in found if idea.pk not in open_ones]
    if rest and viewer.person and _voted_among:
        open_ones.update(_voted_among[0](viewer.person, rest))
    return frozenset(open_ones)
