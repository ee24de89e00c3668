import hashlib
import struct
from datetime import UTC, datetime
from itertools import groupby, pairwise

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Person
from ideas.models import Idea, Standing
from tests.support.folding import fold_all
from tests.support.scene import make_person
from tests.votes.proofs import assert_tallies_are_the_votes
from votes import ledger
from votes.folding import fold
from votes.ledger import NO_DIGEST, broken_batch
from votes.models import Fold, LedgerBatch, LedgerEra, VoteEvent, VoterKey
from votes.services import cast_vote, retract_vote

pytestmark = pytest.mark.usefixtures("folding")

POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def batches(idea: Idea, voter: Person) -> list[LedgerBatch]:
    cast_vote(idea, voter=voter)
    cast_vote(idea, voter=make_person(), value=-1)
    fold_all()
    retract_vote(idea, voter=voter)
    fold_all()
    return [*LedgerBatch.objects.order_by("id")]


def microseconds(at: datetime | None) -> bytes:
    if at is None:
        return b"\xff" * 8
    since = at - POSTGRES_EPOCH
    return struct.pack("!q", (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def line_of(event: VoteEvent) -> bytes:
    numbers = struct.pack("!qq", event.pk, event.idea_id)
    values = struct.pack("!hh", event.old_value, event.new_value)
    times = b"".join(microseconds(at) for at in (event.old_at, event.at, event.recorded_at))
    return numbers + event.voter_key.bytes + values + times + struct.pack("!q", event.xid)


def chained(previous: bytes, events: QuerySet[VoteEvent]) -> bytes:
    chunks = groupby(events.order_by("id"), key=lambda event: event.pk // ledger.IDS_PER_CHUNK)
    digests = [hashlib.sha256(b"".join(line_of(event) for event in chunk)).digest() for _number, chunk in chunks]
    return hashlib.sha256(previous + b"".join(digests)).digest()


def test_a_digest_is_what_the_docs_say(batches: list[LedgerBatch]) -> None:
    digest = NO_DIGEST
    for batch in batches:
        events = VoteEvent.objects.filter(xid__gte=batch.lo, xid__lt=batch.hi)
        digest = chained(digest, events)
        assert (digest, len(events)) == (bytes(batch.digest), batch.count)
    assert bytes(Fold.objects.get().last_digest) == digest
    assert broken_batch() is None


def test_every_folded_line_is_in_one_batch(batches: list[LedgerBatch]) -> None:
    assert sum(batch.count for batch in batches) == VoteEvent.objects.count() == 3
    assert all(batch.hi == following.lo for batch, following in pairwise(batches))


def test_a_changed_line_is_found(batches: list[LedgerBatch]) -> None:
    VoteEvent.objects.filter(old_value=1, new_value=0).update(new_value=-1)
    assert broken_batch() == batches[-1]


def test_a_line_that_is_taken_out_is_found(batches: list[LedgerBatch]) -> None:
    VoteEvent.objects.order_by("id").first().delete()  # type: ignore[union-attr]
    assert broken_batch() == batches[0]


def test_a_line_that_is_forged_into_the_past_is_found(batches: list[LedgerBatch]) -> None:
    last = VoteEvent.objects.order_by("id").last()
    assert last
    VoteEvent.objects.create(
        idea_id=last.idea_id, voter_key=last.voter_key, old_value=0, new_value=1, at=last.at, xid=batches[-1].hi - 1
    )
    assert broken_batch() == batches[-1]


def test_a_batch_that_is_taken_out_is_found(batches: list[LedgerBatch]) -> None:
    batches[0].delete()
    assert broken_batch() is not None


def test_forgetting_who_a_voter_is_leaves_the_chain_valid(batches: list[LedgerBatch], voter: Person) -> None:
    VoterKey.objects.filter(person=voter).delete()
    assert broken_batch() is None


def test_a_large_batch_is_digested_in_chunks(idea: Idea) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, at)"
            " SELECT %s, gen_random_uuid(), 0, 1, now() FROM generate_series(1, %s)",
            [idea.pk, ledger.IDS_PER_CHUNK],
        )
    fold_all()
    assert bytes(LedgerBatch.objects.get().digest) == chained(NO_DIGEST, VoteEvent.objects.all())
    assert broken_batch() is None


def test_a_ledger_of_another_cluster_is_counted_anew_and_its_chain_goes_on(
    idea: Idea, voter: Person, batches: list[LedgerBatch]
) -> None:
    cast_vote(idea, voter=make_person())  # not folded when the ledger is taken elsewhere
    Fold.objects.update(system_id=1, mark=2**60)
    cast_vote(idea, voter=voter)  # there, before the first fold
    fold()
    now = Standing.objects.get(pk=idea.pk)
    assert (now.up, now.down) == (2, 1)
    assert (LedgerEra.objects.count(), LedgerBatch.objects.order_by("id").last().count) == (2, 2)  # type: ignore[union-attr]
    retract_vote(idea, voter=voter)
    fold_all()
    assert_tallies_are_the_votes()
    VoteEvent.objects.filter(xid__gte=batches[-1].hi, old_value=0).update(new_value=-1)
    assert broken_batch() == LedgerBatch.objects.get(hi=None)


def test_a_clock_of_transactions_that_went_back_is_noticed(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    fold_all()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE votes_fold SET mark = '9000000000000'")
    cast_vote(idea, voter=make_person())
    fold()
    assert Standing.objects.get(pk=idea.pk).up == 2
