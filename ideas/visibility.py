"""Which boards a viewer sees and moderates, as conditions that every queryset uses before it reaches a person."""

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
