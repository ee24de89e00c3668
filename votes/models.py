"""Votes and their ledger; how a fold turns them into tallies and scores is in `votes.folding`."""

import uuid

from django.db import models

from accounts.models import ApiKey, Person
from ideas.models import Board, Idea
from votes.fields import ClockTimestamp, CurrentTransaction, TransactionIdField


class Vote(models.Model):
    """What a person thinks of an idea now: +1, or −1 where the board allows it.

    Written by `votes.services` alone: no row changes or goes without a line in the ledger.
    """

    pk = models.CompositePrimaryKey("idea_id", "voter_id")
    idea = models.ForeignKey(Idea, models.PROTECT, db_index=False, related_name="votes")
    # No constraint: the vote statement has the person locked already.
    voter = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False, related_name="votes")
    value = models.SmallIntegerField()
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(value__in=(-1, 1)), name="vote_value_known")]
        indexes = [models.Index(fields=["voter", "-at"], name="vote_of_voter")]  # my votes; uniting persons


class VoterKey(models.Model):
    """Who is behind a key of the ledger: once an account is erased, a nameless person that is nobody's."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="voter_key")
    key = models.UUIDField(unique=True, default=uuid.uuid4)


class VoteEvent(models.Model):
    """One line of the ledger: what a vote was and became. Append-only.

    `id` is the true order of a voter's lines on one idea; `xid`, the writing transaction, is the fold's watermark and
    runs against it now and then.
    """

    idea = models.ForeignKey(Idea, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    voter_key = models.UUIDField()
    old_value = models.SmallIntegerField()
    new_value = models.SmallIntegerField()
    old_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    xid = TransactionIdField(db_default=CurrentTransaction())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(old_value__in=(-1, 0, 1), new_value__in=(-1, 0, 1))
                & ~models.Q(old_value=models.F("new_value")),
                name="vote_event_is_a_change",
            )
        ]
        indexes = [
            models.Index(fields=["xid"], name="vote_event_xid"),  # the fold's batch
            models.Index(fields=["idea", "voter_key"], name="vote_event_of_voter"),  # a voter's own unfolded lines
        ]


class LedgerEra(models.Model):
    """A stretch of the ledger within which transaction numbers can be compared; a restore elsewhere begins a new one.

    Its lines have ids above `floor_id` and, once it is closed, up to `last_id`.
    """

    floor_id = models.BigIntegerField()
    last_id = models.BigIntegerField(null=True)
    mark = TransactionIdField()  # where its first batch begins
    opened_at = models.DateTimeField(db_default=ClockTimestamp())


class LedgerBatch(models.Model):
    """The lines of one fold, `lo` ≤ xid < `hi`, and the digest that chains them to all before.

    One without `hi` closes its era: its lines are those that no fold had taken yet.
    """

    era = models.ForeignKey(LedgerEra, models.PROTECT, related_name="batches")
    lo = TransactionIdField()
    hi = TransactionIdField(null=True)
    count = models.IntegerField()
    last_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=ClockTimestamp())


class Fold(models.Model):
    """How far the ledger is folded: the one row that a fold locks."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    era = models.ForeignKey(LedgerEra, models.PROTECT, related_name="+")
    mark = TransactionIdField()  # every line with a smaller xid is folded
    floor_id = models.BigIntegerField()  # as the era's; here so that a vote's answer reads one row
    last_digest = models.BinaryField(max_length=32)
    system_id = models.BigIntegerField()  # of the cluster whose transactions `mark` counts
    scored_by = models.CharField(max_length=200)  # versions and parameters of the scores in `Standing`

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="fold_is_one_row")]


class ScoreDue(models.Model):
    """An idea with so many votes that its decayed sum is computed at most every RESCORE_AFTER_SECONDS."""

    idea = models.OneToOneField(Idea, models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField(db_default=ClockTimestamp())


class Merge(models.Model):
    """A duplicate's voters went over to the canonical idea `into`; undone when `undone_at` is set.

    `xid` lets the fold find votes that were given to the duplicate while the merge took place.
    """

    duplicate = models.ForeignKey(Idea, models.CASCADE, related_name="merges")
    into = models.ForeignKey(Idea, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    undone_at = models.DateTimeField(null=True)
    xid = TransactionIdField(db_default=CurrentTransaction())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duplicate"], name="merge_once_at_a_time", condition=models.Q(undone_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["xid"], name="merge_xid")]


class MergedVote(models.Model):
    """A vote that the duplicate had; `moved` unless the canonical idea had one of the voter's own."""

    pk = models.CompositePrimaryKey("merge_id", "voter_id")
    merge = models.ForeignKey(Merge, models.CASCADE, db_index=False, related_name="votes")
    voter = models.ForeignKey(Person, models.CASCADE, db_constraint=False, related_name="+")
    value = models.SmallIntegerField()
    at = models.DateTimeField()
    moved = models.BooleanField()


class DailyExposure(models.Model):
    """How many people saw an idea on a day (UTC).

    `weight` sums those views by `ranking.examination`; 0 where an import knew of views but of no places.
    """

    pk = models.CompositePrimaryKey("idea_id", "day")
    idea = models.ForeignKey(Idea, models.CASCADE, db_index=False, related_name="exposures")
    day = models.DateField()
    count = models.IntegerField()
    weight = models.FloatField(db_default=0.0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(count__gt=0), name="daily_exposure_positive")]


class ViewsFlush(models.Model):
    """How far reported views are counted: the one row that a flush locks. `last_id` names an entry of the stream."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_id = models.CharField(max_length=41, default="0-0")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="views_flush_is_one_row")]


class Publication(models.Model):
    """A stretch of an era that exports show since `at`: what was folded since the one before, up to `last_batch`.

    Without `hi` it is what an era that was closed had not folded.
    """

    id = models.IntegerField(primary_key=True)
    era = models.ForeignKey(LedgerEra, models.PROTECT, db_index=False, related_name="+")
    lo = TransactionIdField()
    hi = TransactionIdField(null=True)
    last_batch = models.BigIntegerField()
    at = models.DateTimeField(db_default=ClockTimestamp())


class BoardPublication(models.Model):
    """All lines that a board has published up to a publication: how many, and the digest of them (`votes.exports`)."""

    pk = models.CompositePrimaryKey("board_id", "publication_id")
    board = models.ForeignKey(Board, models.CASCADE, db_index=False, related_name="+")
    publication = models.ForeignKey(Publication, models.PROTECT, db_index=False, related_name="+")
    lines = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)


class BoardStay(models.Model):
    """Where an idea's lines are published: `since` ≤ publication < `until`. An idea that moves begins a new stay."""

    idea = models.ForeignKey(Idea, models.CASCADE, db_index=False, related_name="+")
    board = models.ForeignKey(Board, models.CASCADE, related_name="+")
    since = models.IntegerField()
    until = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea"], name="board_stay_one_at_a_time", condition=models.Q(until__isnull=True)
            )
        ]


class BoardSecret(models.Model):
    """What makes pseudonyms of a board's export: without it they lead to no key, and to no other idea's."""

    board = models.OneToOneField(Board, models.CASCADE, primary_key=True, related_name="+")
    secret = models.BinaryField(max_length=32)
