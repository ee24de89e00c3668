from django.db import models

from accounts.viewers import Viewer
from ideas.models.boards import Board
from ideas.models.ideas import Idea
from ideas.status import Status
from ideas.visibility import boards_seen

RATE_BEFORE_DATA = 0.05  # up-votes per view: what a board's rate is taken for before there are any


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
    # Views, each weighted by its place, and the up-votes since the first of them.
    seen = models.FloatField(db_default=0.0)
    up_seen = models.IntegerField(db_default=0)

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
        ] + [
            # What few have seen, for the cards beside an order and for `discover`.
            models.Index(
                fields=["board", "status", "seen", "-idea"], name="standing_seen", condition=models.Q(listed=True)
            )
        ]


class BoardRate(models.Model):
    """How many up-votes a view brought on a board, as measured `at`; the latest one is in force.

    Written by `votes` alone, and only when it changed so much that the board's scores are computed anew: `is_applied`
    tells that they are. Old ones stay, so that any past order can be computed again.
    """

    board = models.ForeignKey(Board, models.CASCADE, db_index=False, related_name="rates")
    rate = models.FloatField()
    allows_down_votes = models.BooleanField()  # as the board did then: it decides between two formulas of `best`
    is_applied = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(rate__gt=0), name="board_rate_positive")]
        indexes = [models.Index(fields=["board", "-id"], name="board_rate_latest")]
