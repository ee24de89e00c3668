"""Merging duplicates: their voters follow the canonical idea, each counted once.

What an undo gives back: the duplicate has exactly the votes again that it had when it was merged. The canonical idea
loses those of them that came with the merge and are still unchanged. A vote that somebody gave, changed or took back on
the canonical idea after the merge stays as they left it.
"""

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import ApiKey, Person
from activity.services import record
from common.errors import NotFound
from common.generation import tallies
from ideas.errors import AlreadyMerged
from ideas.models import Idea
from ideas.services.merging_state import mark_merged, unmark_merged
from votes.errors import MergeIntoItself, NotMerged
from votes.folding import Folded, fold
from votes.models import Merge
from votes.services.transfer import move_later_votes_of_idea, move_votes_of_idea, return_votes_of_idea

TURN = "SELECT pg_advisory_xact_lock(hashtextextended('votes.merging', 0))"


def take_turn() -> None:
    """Wait until no other merge, undo or union is under way; until our transaction ends none begins."""
    with connection.cursor() as cursor:
        cursor.execute(TURN)


@transaction.atomic
def merge_ideas(idea: Idea, *, into: Idea, by: Person | None, key: ApiKey | None = None) -> Merge:
    """Merge `idea` into `into`, or into what that is merged into; what was merged into `idea` follows.

    Raises: AlreadyMerged, MergeIntoItself.
    Locks: the ideas in the order of their ids, against changes; votes go on meanwhile (`follow_strays`).
    """
    take_turn()
    target = Idea.objects.values_list("merged_into", flat=True).filter(pk=into.pk).first() or into.pk
    followers = _merged_into(idea.pk)
    locked = _lock(idea.pk, target, *followers)
    duplicate, canonical = locked[idea.pk], locked[target]
    if duplicate.pk == canonical.pk:
        raise MergeIntoItself(field="into")
    if duplicate.merged_into_id:
        raise AlreadyMerged
    merge = Merge.objects.create(duplicate=duplicate, into=canonical, by=by, key=key)
    move_votes_of_idea(merge=merge.pk, duplicate=duplicate.pk, into=canonical.pk)
    for follower in (duplicate.pk, *followers):
        mark_merged(locked[follower], into=canonical)
    data = {"into": canonical.pk}
    record("idea.merged", subject_type="idea", subject_id=duplicate.pk, actor=by, key=key, data=data)
    return merge


@transaction.atomic
def undo_merge(idea: Idea, *, by: Person | None, key: ApiKey | None = None) -> Merge:
    """Make `idea`, and what had been merged into it before, an idea of its own again.

    Raises: NotMerged.
    """
    take_turn()
    merge = _merge_of(idea.pk)
    if merge is None:
        raise NotMerged
    since, now_at = _onward(merge)
    followers = _led_by(idea.pk)
    locked = _lock(idea.pk, now_at, *followers)
    return_votes_of_idea(merge=merge.pk, duplicate=idea.pk, now_at=now_at, since=since)
    Merge.objects.filter(pk=merge.pk).update(undone_at=Now())
    unmark_merged(locked[idea.pk])
    for follower in followers:
        mark_merged(locked[follower], into=locked[idea.pk])
    data = {"from": now_at}
    record("idea.unmerged", subject_type="idea", subject_id=idea.pk, actor=by, key=key, data=data)
    return merge


def fold_and_follow() -> Folded | None:
    """Fold, let votes follow that a merge passed by, and tell that there are new counts."""
    folded = fold()
    if folded and folded.strays:
        follow_strays(*folded.strays)
    if folded and folded.ideas:
        tallies.advance()
    return folded


@transaction.atomic
def follow_strays(*idea_ids: int) -> None:
    """Move votes that were given to merged ideas: by statements that had begun before the merge was committed."""
    take_turn()
    for idea in Idea.objects.filter(pk__in=idea_ids, merged_into__isnull=False).order_by("pk"):
        move_later_votes_of_idea(duplicate=idea.pk, into=idea.merged_into_id or 0)


def _lock(*idea_ids: int) -> dict[int, Idea]:
    """Return the ideas, locked in the order of their ids; voters, whose rows refer to them, go on (`no_key`)."""
    ideas = Idea.objects.select_for_update(no_key=True, of=("self",)).select_related("board").order_by("pk")
    found = {idea.pk: idea for idea in ideas.filter(pk__in=idea_ids)}
    if len(found) != len(set(idea_ids)):
        raise NotFound
    return found


def _merged_into(idea_id: int) -> list[int]:
    return list(Idea.objects.filter(merged_into=idea_id).values_list("pk", flat=True))


def _merge_of(idea_id: int) -> Merge | None:
    return Merge.objects.filter(duplicate=idea_id, undone_at=None).first()


def _onward(merge: Merge) -> tuple[list[int], int]:
    """Return the merges by which the votes of `merge` moved on, and the idea where they are now."""
    since, at = [], merge.into_id
    while following := _merge_of(at):
        since.append(following.pk)
        at = following.into_id
    return since, at


def _led_by(idea_id: int) -> list[int]:
    """Return the ideas that lead to `idea_id` by merges, over however many steps."""
    found: list[int] = []
    newest = [idea_id]
    while newest:
        newest = list(Merge.objects.filter(into__in=newest, undone_at=None).values_list("duplicate_id", flat=True))
        found += newest
    return found
