"""The public export of a board's part of the ledger, and the receipt by which a voter checks it.

Every night what was folded since is *published*. A published line is never changed again: its row holds a pseudonym in
place of the voter's key, another for each idea, and the SHA-256 of its other columns. A publication's digest is the
SHA-256 of the digest before and those hashes, so whoever holds one knows when any earlier row is altered, added or left
out. Of an idea that is not public any more the hashes stay and the rest is blank. `docs/adr/0009-receipts.md` says why
it is so.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Person
from common.errors import NotFound
from ideas.models import Audience, Board, CountsShown
from votes.errors import LedgerNotPublic
from votes.ledger import Range, Stretch
from votes.models import BoardPublication, BoardSecret, Publication, VoterKey

HEADER = ("publication", "idea", "voter", "old", "new", "nonce", "hash")
FETCHED = 2_000

# 128 bits of SHA-256 with the board's secret before: nobody else can make them, and they cannot be continued.
KEYED = "encode(substring(sha256(%(secret)s::bytea || '{kind}' || {of}) FOR 16), 'hex')"
VOTER = KEYED.format(kind="voter", of="int8send(e.idea_id) || uuid_send(e.voter_key)")
NONCE = KEYED.format(kind="line", of="int8send(e.id)")

ROWS = f"""
SELECT i.hidden_at IS NULL AND i.withdrawn_at IS NULL AND b.publishes_votes AND b.seen_by = '{Audience.PUBLIC}'
           AND b.counts_shown = '{CountsShown.ALWAYS}' AS is_public,
       i.public_id, {VOTER}, e.old_value, e.new_value, {NONCE} AS nonce
FROM (SELECT * FROM {{lines}}) e
     JOIN votes_boardstay s ON s.idea_id = e.idea_id AND s.board_id = %(board)s
         AND s.since <= %(publication)s AND (s.until IS NULL OR s.until > %(publication)s)
     JOIN ideas_idea i ON i.id = e.idea_id JOIN ideas_board b ON b.id = i.board_id
WHERE true {{which}}
ORDER BY nonce"""


LINES_OF_VOTER = """
SELECT e.id, e.xid::text FROM votes_boardstay s
     JOIN votes_voteevent e ON e.idea_id = s.idea_id AND e.voter_key = %(key)s::uuid
WHERE s.board_id = %(board)s"""


@dataclass(frozen=True, slots=True)
class Row:
    """A published line. `content` is what its hash is made of, in the order of HEADER."""

    publication: int
    content: tuple[str, ...]
    is_public: bool

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(",".join((str(self.publication), *self.content)).encode()).digest()

    @property
    def full(self) -> tuple[str, ...]:
        return (str(self.publication), *self.content, self.hash.hex())

    @property
    def cells(self) -> tuple[str, ...]:
        return self.full if self.is_public else (str(self.publication), *[""] * len(self.content), self.hash.hex())


def check_exported(board: Board) -> None:
    """Raises: LedgerNotPublic unless the board publishes its votes, and everybody sees it and its counts."""
    if not is_exported(board):
        raise LedgerNotPublic


def is_exported(board: Board) -> bool:
    return board.publishes_votes and board.seen_by == Audience.PUBLIC and board.counts_shown == CountsShown.ALWAYS


def export(board: Board) -> Iterator[str]:
    """Yield the export as CSV, in pieces.

    Memory: constant. Queries: 2, and 2 per publication with lines of the board.
    """
    yield _csv([HEADER])
    for publication in _publications_of(board):
        for rows in published(board.pk, publication):
            yield _csv(row.cells for row in rows)


def receipt(board: Board, person: Person) -> dict[str, Any]:
    """Return what `person` needs to check the export: their pseudonym on each idea, their lines, the newest digest.

    Raises: NotFound before anything of theirs is published there.
    Queries: 4, one of which looks for an index entry per idea of the board; 2 per publication with a line of theirs.
    """
    key = VoterKey.objects.filter(person=person).values_list("key", flat=True).first()
    last = BoardPublication.objects.filter(board=board).order_by("publication").last()
    rows = _rows_of_voter(board, key) if key and last else []
    if not rows or not last:
        raise NotFound
    return {
        "board": board.slug,
        "voters": {row.content[0]: row.content[1] for row in rows},
        "publication": last.publication_id,
        "rows": last.lines,
        "digest": bytes(last.digest).hex(),
        "lines": [dict(zip(HEADER, row.full, strict=True)) for row in rows],
    }


def _rows_of_voter(board: Board, key: UUID) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(LINES_OF_VOTER, {"board": board.pk, "key": str(key)})
        lines = [(line_id, int(xid)) for line_id, xid in cursor]
    found: list[Row] = []
    for publication in _publications_of(board):
        held = _lines_of(publication)
        if any(held.holds(*line) for line in lines):
            found += (row for rows in published(board.pk, publication, voter=key) for row in rows)
    return found


def published(board_id: int, publication: Publication, *, voter: UUID | None = None) -> Iterator[list[Row]]:
    """Yield the rows that a publication added to a board's export, in their order, some at a time."""
    lines = _lines_of(publication)
    sql = ROWS.format(lines=lines.sql, which="AND e.voter_key = %(voter)s::uuid" if voter else "")
    parameters: dict[str, Any] = {
        **lines.parameters,
        "board": board_id,
        "publication": publication.pk,
        "secret": bytes(BoardSecret.objects.get(board=board_id).secret),
        "voter": str(voter),
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(FETCHED):
            yield [Row(publication.pk, tuple(map(str, content)), is_public) for is_public, *content in rows]


def _lines_of(publication: Publication) -> Range:
    return Stretch(publication.era, publication.lo, publication.hi, publication.last_batch).lines


def _publications_of(board: Board) -> list[Publication]:
    held = BoardPublication.objects.filter(board=board).values("publication")
    return list(Publication.objects.filter(pk__in=held).select_related("era").order_by("pk"))


def _csv(rows: Iterable[Iterable[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
