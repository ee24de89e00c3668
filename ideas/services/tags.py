from collections.abc import Sequence

from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ideas.errors import UnknownTag
from ideas.models import Tag
from ideas.texts import clean_tags


def tags_of_portal(portal_id: int, tags: Sequence[str], *, makes_tags: bool, known: Sequence[str] = ()) -> list[str]:
    """Return `tags` as the portal's vocabulary spells them; unknown ones are made or refused.

    Args: `known`, tags that the idea has already and may keep.
    Raises: UnknownTag, Invalid.
    """
    wanted = clean_tags(list(tags))
    if not wanted:
        return []
    found = _spellings(portal_id, wanted) | {tag.lower(): tag for tag in known}
    missing = [tag for tag in wanted if tag.lower() not in found]
    if missing and not makes_tags:
        raise UnknownTag(_("There is no tag “%(tag)s”.") % {"tag": missing[0]}, field="tags")
    if missing:
        Tag.objects.bulk_create([Tag(portal_id=portal_id, name=tag) for tag in missing], ignore_conflicts=True)
        found |= _spellings(portal_id, missing)  # another's spelling counts where it came first
    return [found[tag.lower()] for tag in wanted]


def _spellings(portal_id: int, tags: Sequence[str]) -> dict[str, str]:
    names = (
        Tag.objects.filter(portal=portal_id)
        .annotate(lower=Lower("name"))
        .filter(lower__in=[tag.lower() for tag in tags])
        .values_list("name", flat=True)
    )
    return {name.lower(): name for name in names}
