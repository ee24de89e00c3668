"""Ideas as lists show them: plain rows. A model with the ones it is joined with costs more to make than to find."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import pseudonym_of
from common.prepared import fetch_all
from ideas.models import Board, Idea, OfficialResponse
from ideas.models.ideas import slug_of

# `places` gives the ideas to be shown, by (id, key): what they are sorted by.
SHOWN = """
SELECT i.board_id, i.id, i.public_id, i.title, i.body, i.language, i.tags, i.status, i.is_pinned, i.is_locked,
       i.created_at, i.updated_at, a.public_id, a.display_name, s.up, s.down, s.comments,
       r.body, r.created_at, ra.public_id, ra.display_name, place.key
FROM ({places}) place (id, key)
     JOIN ideas_standing s ON s.idea_id = place.id AND s.listed
     JOIN ideas_idea i ON i.id = place.id AND i.board_id = ANY(%(shown_boards)s::bigint[])
     JOIN accounts_person a ON a.id = i.author_id
     LEFT JOIN ideas_officialresponse r ON r.id = i.response_id
     LEFT JOIN accounts_person ra ON ra.id = r.author_id
ORDER BY place.key {direction}, place.id {direction}"""
BY_ID = "SELECT id, n FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS asked(id, n)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the company says to an idea; its author is None where a partner's key answered."""

    body: str
    created_at: datetime
    author_id: str | None
    author_name: str


@dataclass(frozen=True, slots=True)
class ListedIdea:
    """All that a list, or the API, shows of an idea.

    Attributes: `author_id` and `merged_into` public ids; `key`, the idea's score in the order it was read in.
    """

    board: Board
    pk: int
    public_id: str
    title: str
    body: str
    language: str
    tags: list[str]
    status: str
    is_pinned: bool
    is_locked: bool
    created_at: datetime
    updated_at: datetime
    author_id: str
    author_name: str
    up: int
    down: int
    comments: int
    response: Answer | None = None
    key: Any = None
    withdrawn_at: datetime | None = None
    merged_into: str | None = None

    @property
    def slug(self) -> str:
        return slug_of(self.title)

    @classmethod
    def of(cls, idea: Idea) -> "ListedIdea":
        """Args: `idea` loaded with its page parts."""
        return cls(
            **{name: getattr(idea, name) for name in SAME},
            author_id=idea.author.public_id,
            author_name=idea.author.public_name,
            up=idea.standing.up,
            down=idea.standing.down,
            comments=idea.standing.comments,
            response=_answer_of(idea.response) if idea.response else None,
            withdrawn_at=idea.withdrawn_at,
            merged_into=idea.merged_into.public_id if idea.merged_into else None,
        )


SAME = (
    *("board", "pk", "public_id", "title", "body", "language", "tags", "status"),
    *("is_pinned", "is_locked", "created_at", "updated_at"),
)


def _answer_of(response: OfficialResponse) -> Answer:
    author = response.author
    values = (author.public_id, author.public_name) if author else (None, "")
    return Answer(response.body, response.created_at, *values)


def as_listed(idea: Idea | ListedIdea) -> ListedIdea:
    return idea if isinstance(idea, ListedIdea) else ListedIdea.of(idea)


def listed_ideas(
    places: str, parameters: Mapping[str, Any], *, boards: Iterable[Board], ascending: bool = False
) -> list[ListedIdea]:
    """Return the listed ones among the ideas that `places`, an SQL query for (id, key), gives, by key and id.

    Args: `boards`, those whose ideas may be shown: ids that were kept may have moved to others since.
    Queries: 1, prepared.
    """
    by_id = {board.pk: board for board in boards}
    statement = SHOWN.format(places=places, direction="ASC" if ascending else "DESC")
    values = {**parameters, "shown_boards": list(by_id)}
    return fetch_all(lambda row: _listed(by_id[row[0]], row), statement, values)


def _listed(board: Board, values: Sequence[Any]) -> ListedIdea:
    author_id, author_name, up, down, comments, *answer, key = values[12:]
    name = author_name or pseudonym_of(author_id)
    shown: list[Any] = [board, *values[1:12], author_id, name, up, down, comments, _answer(*answer), key]
    return ListedIdea(*shown)


def _answer(body: str | None, created_at: Any, author_id: str | None, author_name: str | None) -> Answer | None:
    if body is None:
        return None
    return Answer(body, created_at, author_id, author_name or (pseudonym_of(author_id) if author_id else ""))


def listed_by_id(ids: Iterable[int], *, boards: Iterable[Board]) -> list[ListedIdea]:
    """Return those of the ideas `ids` that are listed, on one of `boards`, in the order of `ids`. Queries: 1."""
    return listed_ideas(BY_ID, {"ids": list(ids)}, boards=boards, ascending=True)
