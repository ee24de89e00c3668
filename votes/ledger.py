"""The chain of digests over the ledger, and its proof."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from votes.models import LedgerBatch, LedgerEra, VoteEvent

NO_DIGEST = bytes(32)
# The lines of each run of this many ids are digested first, so that no batch is too large for one value.
IDS_PER_CHUNK = 10_000

# Every column of a line as PostgreSQL sends it: integers big-endian, times in µs since 2000.
LINE = """(
    int8send(id) || int8send(idea_id) || uuid_send(voter_key) || int2send(old_value) || int2send(new_value)
    || coalesce(timestamptz_send(old_at), '\\xffffffffffffffff') || timestamptz_send(at)
    || timestamptz_send(recorded_at) || xid8send(xid))"""


def digest_sql(lines: str) -> str:
    """Return the SELECT of (digest, count, last_id) over `lines`, chained to the parameter `previous`."""
    return f"""
    SELECT sha256(%(previous)s::bytea || coalesce(string_agg(chunk.digest, ''::bytea ORDER BY chunk.number), ''))
               AS digest,
           coalesce(sum(chunk.count), 0)::int AS count, coalesce(max(chunk.last_id), 0) AS last_id
    FROM (SELECT id / {IDS_PER_CHUNK} AS number, sha256(string_agg({LINE}, ''::bytea ORDER BY id)) AS digest,
                 count(*), max(id) AS last_id
          FROM {lines} GROUP BY number) chunk"""


@dataclass(frozen=True, slots=True)
class Range:
    """The lines of a batch: `floor_id` < id ≤ `ceiling_id`, and either the watermark's range or what was left."""

    floor_id: int
    ceiling_id: int
    lo: int
    hi: int | None
    folded_up_to_id: int = 0

    @property
    def sql(self) -> str:
        kept = "(id > %(folded)s OR xid >= %(lo)s::xid8)" if self.hi is None else "xid >= %(lo)s::xid8 AND xid < %(hi)s"
        return f"votes_voteevent WHERE id > %(floor)s AND id <= %(ceiling)s AND {kept}"

    def holds(self, line_id: int, xid: int) -> bool:
        """Return whether a line is one of these: the same condition as `sql`."""
        if not self.floor_id < line_id <= self.ceiling_id:
            return False
        if self.hi is None:
            return line_id > self.folded_up_to_id or xid >= self.lo
        return self.lo <= xid < self.hi

    @property
    def parameters(self) -> dict[str, int | str]:
        return {
            "floor": self.floor_id,
            "ceiling": self.ceiling_id,
            "folded": self.folded_up_to_id,
            "lo": str(self.lo),
            "hi": str(self.hi),
        }

    def digest(self, previous: bytes) -> tuple[bytes, int, int]:
        """Return (digest, count of lines, largest id) of the lines as they are stored now. Queries: 1."""
        with connection.cursor() as cursor:
            cursor.execute(digest_sql(self.sql), {"previous": previous, **self.parameters})
            digest, count, last_id = cursor.fetchone()
        return bytes(digest), count, last_id


def open_era(mark: int) -> tuple[LedgerEra, bytes]:
    """Close the era, with a batch of what no fold has taken, and begin the next one from `mark`.

    Args: the ledger's table must be locked against writers.
    Returns: the new era and the digest it goes on from.
    """
    last_id = VoteEvent.objects.aggregate(last=Max("id"))["last"] or 0
    digest = _close_era(last_id) if last_id else NO_DIGEST
    return LedgerEra.objects.create(floor_id=last_id, mark=mark), digest


def _close_era(last_id: int) -> bytes:
    era = LedgerEra.objects.order_by("id").last() or LedgerEra.objects.create(floor_id=0, mark=0)
    last = LedgerBatch.objects.order_by("id").last()
    lines = _rest_of(era, last_id)
    digest, count, last_line = lines.digest(bytes(last.digest) if last else NO_DIGEST)
    LedgerBatch.objects.create(era=era, lo=lines.lo, hi=None, count=count, last_id=last_line, digest=digest)
    LedgerEra.objects.filter(pk=era.pk).update(last_id=last_id)
    return digest


def _rest_of(era: LedgerEra, last_id: int) -> Range:
    folded = era.batches.filter(hi__isnull=False).order_by("id").last()
    folded_up_to_id = _last_folded_id(era)
    return Range(era.floor_id, last_id, folded.hi if folded else era.mark, None, folded_up_to_id)


def _last_folded_id(era: LedgerEra) -> int:
    last: int | None = era.batches.filter(hi__isnull=False).aggregate(last=Max("last_id"))["last"]
    return last or era.floor_id


def broken_batch(watch: Callable[[int], object] = lambda _lines: None) -> LedgerBatch | None:
    """Return the first batch whose lines are not those it was made of, or that does not follow on its predecessor.

    Args: `watch` is told after each batch how many lines it had.
    Memory: constant. Queries: one per batch, in all one scan of the ledger.
    """
    previous = NO_DIGEST
    for batch, lines, begins_at in _batches():
        digest, count, _last = lines.digest(previous)
        if (digest, count, batch.lo) != (bytes(batch.digest), batch.count, begins_at):
            return batch
        previous = digest
        watch(count)
    return None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Successive batches of one era, up to `last_batch`; the one that closes an era stands alone, without `hi`."""

    era: LedgerEra
    lo: int
    hi: int | None
    last_batch: int

    @property
    def lines(self) -> Range:
        if self.hi is None:
            return _rest_of(self.era, self.era.last_id or 0)
        return Range(self.era.floor_id, _ceiling_of(self.era), self.lo, self.hi)


def stretches_after(batch_id: int) -> Iterator[Stretch]:
    """Yield all batches after `batch_id`, in their order. Queries: 3 per era."""
    for era in LedgerEra.objects.order_by("id"):
        batches = era.batches.filter(id__gt=batch_id).order_by("id")
        folded = batches.filter(hi__isnull=False)
        if (first := folded.first()) and (last := folded.last()):
            yield Stretch(era, first.lo, last.hi, last.pk)
        if closing := batches.filter(hi__isnull=True).first():
            yield Stretch(era, closing.lo, None, closing.pk)


def _ceiling_of(era: LedgerEra) -> int:
    return 2**63 - 1 if era.last_id is None else _last_folded_id(era)


def _batches() -> Iterator[tuple[LedgerBatch, Range, int]]:
    """Yield every batch in order, with the lines it must have and the number its `lo` must be."""
    for era in LedgerEra.objects.order_by("id"):
        begins_at = era.mark
        ceiling = _ceiling_of(era)
        for batch in era.batches.order_by("id").iterator():
            if batch.hi is None:
                yield batch, _rest_of(era, era.last_id or 0), begins_at
            else:
                yield batch, Range(era.floor_id, ceiling, batch.lo, batch.hi), begins_at
                begins_at = batch.hi
