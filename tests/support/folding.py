"""Fold in tests. Transactions of other test processes on the server hold a fold back too: these wait for them."""

from collections.abc import Callable

from django.db.models.expressions import RawSQL

from tests.support.waiting import eventually
from votes.folding import Folded, fold
from votes.models import Fold, VoteEvent


def fold_all(by: Callable[[], Folded | None] = fold) -> int:
    """Fold until no line waits; return how many were taken."""
    taken = [0]

    def nothing_waits() -> bool:
        folded = by()
        taken[0] += folded.lines if folded else 0
        state = Fold.objects.get()
        return not VoteEvent.objects.filter(xid__gte=state.mark, id__gt=state.floor_id).exists()

    eventually(nothing_waits, timeout=60)
    return taken[0]


def until_foldable() -> None:
    """Wait until every transaction is over that is as old as a line of the ledger."""
    oldest_running = RawSQL("pg_snapshot_xmin(pg_current_snapshot())", ())
    eventually(lambda: not VoteEvent.objects.filter(xid__gte=oldest_running).exists(), timeout=60)


def fold_lines(count: int, by: Callable[[], Folded | None] = fold) -> None:
    """Fold until `count` lines are taken, and fail if there are more."""
    taken = [0]

    def enough() -> bool:
        folded = by()
        taken[0] += folded.lines if folded else 0
        return taken[0] >= count

    eventually(enough, timeout=60)
    assert taken[0] == count
