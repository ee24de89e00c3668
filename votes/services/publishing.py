"""Publish, every night, what was folded since: the exports of boards grow by it (`votes.exports`)."""

import hashlib
import secrets

from django.db import connection, transaction

from votes.exports import published
from votes.ledger import NO_DIGEST, Stretch, stretches_after
from votes.models import BoardPublication, BoardSecret, Publication

LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0"

# Ideas with lines here that were moved since their last publication, or are published for the first time.
LEFT = """
UPDATE votes_boardstay b SET until = %(number)s FROM ideas_standing s
WHERE s.idea_id = b.idea_id AND b.until IS NULL AND b.board_id <> s.board_id
  AND b.idea_id IN (SELECT idea_id FROM {lines})"""
ARRIVED = """
INSERT INTO votes_boardstay (idea_id, board_id, since)
SELECT s.idea_id, s.board_id, %(number)s FROM ideas_standing s
WHERE s.idea_id IN (SELECT idea_id FROM {lines})
  AND NOT EXISTS (SELECT FROM votes_boardstay b WHERE b.idea_id = s.idea_id AND b.until IS NULL)"""
BOARDS = """
SELECT DISTINCT b.board_id FROM votes_boardstay b
WHERE b.until IS NULL AND b.idea_id IN (SELECT idea_id FROM {lines}) ORDER BY 1"""


def publish_ledger() -> list[Publication]:
    """Publish all batches that no publication has; return the new publications, most often one or none.

    May be killed and repeated. Nothing but the last step of each is open to writers, and that is short.
    """
    last = Publication.objects.order_by("id").last()
    new = stretches_after(last.last_batch if last else 0)
    return [_publish(stretch, number) for number, stretch in enumerate(new, start=last.pk + 1 if last else 1)]


def _publish(stretch: Stretch, number: int) -> Publication:
    boards = _settle(stretch, number)
    made = Publication(id=number, era=stretch.era, lo=stretch.lo, hi=stretch.hi, last_batch=stretch.last_batch)
    with transaction.atomic(), connection.cursor() as cursor:  # reads only, so that the fold goes on
        cursor.execute(LIMITS)
        rows = [_grown(board, made) for board in boards]
    with transaction.atomic():
        made.save(force_insert=True)
        BoardPublication.objects.bulk_create(rows)
    return made


@transaction.atomic
def _settle(stretch: Stretch, number: int) -> list[int]:
    """Note on which boards the ideas are now, and return the boards; each has its secret from then on."""
    lines = stretch.lines
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        for sql in (LEFT, ARRIVED, BOARDS):
            cursor.execute(sql.format(lines=lines.sql), {**lines.parameters, "number": number})
        boards = [board for (board,) in cursor.fetchall()]
    known = set(BoardSecret.objects.filter(board__in=boards).values_list("board", flat=True))
    new = [BoardSecret(board_id=board, secret=secrets.token_bytes(32)) for board in boards if board not in known]
    BoardSecret.objects.bulk_create(new, ignore_conflicts=True)
    return boards


def _grown(board: int, made: Publication) -> BoardPublication:
    """Return how far the export of a board goes with a publication that is about to be made."""
    last = BoardPublication.objects.filter(board=board).order_by("publication").last()
    digest, lines = hashlib.sha256(bytes(last.digest) if last else NO_DIGEST), last.lines if last else 0
    for rows in published(board, made):
        for row in rows:
            digest.update(row.hash)
        lines += len(rows)
    return BoardPublication(board_id=board, publication=made, lines=lines, digest=digest.digest())
