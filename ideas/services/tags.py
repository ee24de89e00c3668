from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Func, Value
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from activity.services import record
from common.errors import Invalid
from ideas.errors import UnknownTag
from ideas.models import Idea, Tag
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


@transaction.atomic
def rename_tag(tag: Tag, *, name: str, by: Person) -> Tag:
    """Give a word another spelling, in the vocabulary and in all ideas of its portal that have it.

    Raises: Invalid (`name`), also for a word that the portal has already.
    """
    [name] = clean_tags([name])
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    old = tag.name
    if name == old:
        return tag
    if Tag.objects.filter(portal=tag.portal_id, name__iexact=name).exclude(pk=tag.pk).exists():
        raise Invalid(_("There is such a tag already."), field="name", code="unique")
    Tag.objects.filter(pk=tag.pk).update(name=name)
    _replace_in_ideas(tag.portal_id, old, Func(F("tags"), Value(old), Value(name), function="array_replace"))
    tag.name = name
    record("tag.changed", subject_type="tag", subject_id=tag.pk, actor=by, data={"old": old, "name": name})
    return tag


@transaction.atomic
def remove_tag(tag: Tag, *, by: Person) -> None:
    """Take a word out of the vocabulary and off all ideas of its portal."""
    _replace_in_ideas(tag.portal_id, tag.name, Func(F("tags"), Value(tag.name), function="array_remove"))
    record("tag.deleted", subject_type="tag", subject_id=tag.pk, actor=by, data={"name": tag.name})
    tag.delete()


def _replace_in_ideas(portal_id: int, word: str, tags: Func) -> None:
    """Locks: the ideas, in id order as everybody does who locks several."""
    ideas = Idea.objects.filter(board__portal=portal_id, tags__contains=[word])
    ids = list(ideas.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    Idea.objects.filter(pk__in=ids).update(tags=tags, version=F("version") + 1, updated_at=Now())


def _spellings(portal_id: int, tags: Sequence[str]) -> dict[str, str]:
    names = (
        Tag.objects.filter(portal=portal_id)
        .annotate(lower=Lower("name"))
        .filter(lower__in=[tag.lower() for tag in tags])
        .values_list("name", flat=True)
    )
    return {name.lower(): name for name in names}
