from typing import Any

from django.db import models
from django.db.models import Q

from accounts.viewers import Viewer

# Conditions to be joined by "or" as well: an empty Q() would vanish there.
EVERY = Q(pk__isnull=False)
NONE = Q(pk__in=[])


def boards_seen(viewer: Viewer, path: str = "") -> Q:
    """Which boards `viewer` may see, as a condition on the board at `path` (such as `"board__"`)."""
    if viewer.moderates_all:
        return EVERY
    seen = Q(**{f"{path}seen_by": "public"})
    if viewer.is_member:
        seen |= Q(**{f"{path}seen_by": "members"})
    if viewer.team_ids:
        seen |= Q(**{f"{path}team__in": viewer.team_ids})
    return seen


def boards_moderated(viewer: Viewer, path: str = "") -> Q:
    """The boards on which `viewer` is the team, as a condition; nothing for those who are in no team."""
    if viewer.moderates_all:
        return EVERY
    return Q(**{f"{path}team__in": viewer.team_ids}) if viewer.team_ids else NONE


class BoardQuerySet(models.QuerySet["Board"]):
    def visible_to(self, viewer: Viewer) -> "BoardQuerySet":
        return self.filter(boards_seen(viewer))

    def moderated_by(self, viewer: Viewer) -> "BoardQuerySet":
        return self.filter(boards_moderated(viewer))


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, viewer: Viewer) -> "IdeaQuerySet":
        """Ideas that `viewer` may open: hidden ones are the team's, withdrawn ones the team's and the author's."""
        shown = Q(hidden_at=None, withdrawn_at=None)
        if viewer.person_id and not viewer.is_key:
            shown |= Q(hidden_at=None, author=viewer.person_id)
        return self.filter(boards_seen(viewer, "board__")).filter(shown | boards_moderated(viewer, "board__"))

    def moderated_by(self, viewer: Viewer) -> "IdeaQuerySet":
        return self.filter(boards_moderated(viewer, "board__"))

    def with_page_parts(self) -> "IdeaQuerySet":
        """Join what a card or a page of an idea shows, in one query."""
        return self.select_related("board", "author", "standing", "response__author", "merged_into").defer("search")


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, viewer: Viewer) -> "StandingQuerySet":
        """Listed standings on boards that `viewer` may see."""
        return self.filter(boards_seen(viewer, "board__"), listed=True)


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, viewer: Viewer) -> "CommentQuerySet":
        """Comments of ideas that were found through `Idea.visible_to`: internal and hidden ones are the team's."""
        shown = Q(is_internal=False, hidden_at=None, withdrawn_at=None)
        return self.filter(shown | boards_moderated(viewer, "idea__board__"))

    def in_thread_order(self) -> "CommentQuerySet":
        return self.order_by(models.functions.Coalesce("parent_id", "id"), "id")


def touched(**fields: Any) -> dict[str, Any]:
    """The fields of an update that partners see as a new version."""
    return fields | {"version": models.F("version") + 1, "updated_at": models.functions.Now()}
