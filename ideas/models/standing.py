from django.db import models

from accounts.viewers import Viewer
from ideas.models.boards import Board
from ideas.models.ideas import Idea
from ideas.status import Status
from ideas.visibility import boards_seen


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, viewer: Viewer) -> "StandingQuerySet":
        """Listed standings on boards that `viewer` may see."""
        return self.filter(boards_seen(viewer, "board__"), listed=True)


class Standing(models.Model):
    """Where an idea stands: one narrow row that lists read in order.

    `up`, `down` and the scores are written by the fold of `votes` alone; `board`, `status`, `listed` and `comments` by
    the services of `ideas`, in the transaction that changes the idea. A tally may be −1 for a moment (a vote taken back
    that is folded before its cast), so no constraint forbids it.
    """

    idea = models.OneToOneField(Idea, models.CASCADE, primary_key=True, related_name="standing")
    board = models.ForeignKey(Board, models.PROTECT, db_index=False, related_name="+")
    status = models.CharField(max_length=16, choices=Status)
    listed = models.BooleanField()
    created_at = models.DateTimeField()
    up = models.IntegerField(db_default=0)
    down = models.IntegerField(db_default=0)
    comments = models.IntegerField(db_default=0)
    # Orders, all descending. No vote yet: trending is -Infinity (the logarithm of 0); pages are keyed by it.
    trending = models.FloatField(db_default=float("-inf"))
    top = models.IntegerField(db_default=0)
    best = models.FloatField(db_default=0.0)

    objects = StandingQuerySet.as_manager()

    class Meta:
        # Every list is a merge of scans per (board, status), each one index range (docs/architecture.md).
        indexes = [
            models.Index(
                fields=["board", "status", f"-{order}", "-idea"],
                name=f"standing_{order}",
                condition=models.Q(listed=True),
            )
            for order in ("trending", "top", "created_at", "best")
        ]
