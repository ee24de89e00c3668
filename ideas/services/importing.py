"""Bringing in ideas of another system, many at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ideas.models import Board, Idea, Origin, Standing
from ideas.services.tags import tags_of_portal
from ideas.status import Status


@dataclass(frozen=True, slots=True)
class Draft:
    """An idea as another system has it; its texts have been through `ideas.texts`. `author` is a person's id."""

    external_id: str
    author: int
    title: str
    body: str
    language: str
    created_at: datetime
    status: str = Status.OPEN
    tags: tuple[str, ...] = ()
    is_hidden: bool = False
    votes_elsewhere: int | None = None
    url: str = ""


def known_origins(source: str, external_ids: Sequence[str]) -> dict[str, int]:
    """Return the ids of the ideas that came from `source`, by their ids there. Queries: 1."""
    found = Origin.objects.filter(source=source, external_id__in=external_ids)
    return dict(found.values_list("external_id", "idea_id"))


@transaction.atomic
def import_ideas(board: Board, *, source: str, drafts: Sequence[Draft]) -> int:
    """Post the ideas that are not here yet, and return how many; what is here already is left as people made it.

    They are history: also a closed board takes them, unknown tags enter the vocabulary, and no event is recorded (who
    brings in many records one for all).

    Queries: 4, and up to 4 per distinct tag.
    """
    known = known_origins(source, [draft.external_id for draft in drafts])
    new = {draft.external_id: draft for draft in reversed(drafts) if draft.external_id not in known}
    ordered = list(reversed(new.values()))
    spelled, now = _spelled(board, ordered), timezone.now()
    ideas = Idea.objects.bulk_create([_idea(board, draft, spelled) for draft in ordered])
    Standing.objects.bulk_create(
        [
            Standing(idea=idea, board=board, status=idea.status, listed=idea.is_listed, created_at=idea.created_at)
            for idea in ideas
        ]
    )
    Origin.objects.bulk_create(
        [
            Origin(idea=idea, source=source, external_id=draft.external_id, url=draft.url, imported_at=now)
            for idea, draft in zip(ideas, ordered, strict=True)
        ]
    )
    return len(ideas)


def _spelled(board: Board, drafts: Sequence[Draft]) -> dict[str, str]:
    distinct = {tag.lower(): tag for draft in drafts for tag in draft.tags}
    return {low: tags_of_portal(board.portal_id, [tag], makes_tags=True)[0] for low, tag in distinct.items()}


def _idea(board: Board, draft: Draft, spelled: Mapping[str, str]) -> Idea:
    return Idea(
        board=board,
        author_id=draft.author,
        title=draft.title,
        body=draft.body,
        language=draft.language,
        tags=[spelled[tag.lower()] for tag in draft.tags],
        status=draft.status,
        hidden_at=draft.created_at if draft.is_hidden else None,
        votes_elsewhere=draft.votes_elsewhere,
        created_at=draft.created_at,
        updated_at=draft.created_at,
    )
