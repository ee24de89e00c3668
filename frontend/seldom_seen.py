"""Two cards beside the order, for ideas that few have seen: or what stands low would never be seen at all."""

import random
import time
from collections.abc import Sequence
from typing import TypeVar

from accounts.viewers import Viewer
from frontend.portals import remembered
from ideas.discovering import least_seen
from ideas.listed import ListedIdea, listed_by_id
from ideas.models import Board
from ideas.status import Status

T = TypeVar("T")

PLACES = (2, 5)  # behind so many cards of the order
CANDIDATES = 24
READ = 60  # as many more as a page may show of them
TURN_SECONDS = 60


def seldom_seen(viewer: Viewer, boards: Sequence[Board], listed: Sequence[ListedIdea]) -> list[ListedIdea]:
    """Return up to two open ideas of `boards` that are not `listed`: others every minute, never the viewer's own.

    Queries: 1 where there are any, and 1 every few seconds.
    """
    ids = tuple(board.pk for board in boards)
    candidates = remembered(("least seen", ids), lambda: least_seen(boards, limit=READ))
    shown = {idea.pk for idea in listed}
    others = [pk for pk in candidates if pk not in shown][:CANDIDATES]
    chance = random.Random(int(time.time() // TURN_SECONDS))  # noqa: S311 - chance, no secret
    chosen = chance.sample(others, min(len(PLACES), len(others)))
    found = listed_by_id(chosen, boards=boards) if chosen else []
    return [idea for idea in found if _is_fit(viewer, idea)]


def _is_fit(viewer: Viewer, idea: ListedIdea) -> bool:
    """Whether the idea still is what it was chosen for a few seconds ago."""
    me = viewer.person and viewer.person.public_id
    return idea.status == Status.OPEN and not idea.is_locked and idea.author_id != me


def with_seldom_seen(listed: Sequence[T], few: Sequence[T]) -> list[T]:
    """Put the ideas behind the second and the fifth of the list, as far as it goes.

    >>> with_seldom_seen(list("abcdefg"), list("12"))
    ['a', 'b', '1', 'c', 'd', 'e', '2', 'f', 'g']
    """
    ideas = list(listed)
    for before, (place, idea) in enumerate(zip(PLACES, few, strict=False)):
        ideas.insert(place + before, idea)
    return ideas
