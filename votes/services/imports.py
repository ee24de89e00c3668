"""Bring in what another system has. Every chunk is a transaction of its own, so an import that was killed is repeated:
what is here already stays as it is."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activity.services import record
from customers.services import Named, people_for_contacts
from ideas.models import Board
from ideas.services.importing import Draft, import_ideas, known_origins
from votes.imports import polis
from votes.imports.ideas_csv import Columns, TableIdea, idea_of
from votes.imports.reading import BadLine, Row, parsed, read_rows
from votes.imports.texts import short_slug, title_and_body
from votes.services.exposures import raise_exposures
from votes.services.past_votes import record_past_votes
from votes.services.staging import Staged, stage, staged_passes, staged_votes, staging

IDEAS_PER_COMMIT = 1_000
VOTES_PER_COMMIT = 5_000
COMMIT_EVERY_SECONDS = 1.0

T = TypeVar("T")


class ImportRunning(Exception):
    """Somebody else is importing from the same source just now."""

    def __str__(self) -> str:
        return _("Another import from this source is running.")


@dataclass(slots=True)
class Watch:
    """What the caller is told on the way: each bad line, and how much of which step is done (bytes, or votes)."""

    bad_line: Callable[[BadLine], object] = lambda _line: None
    progress: Callable[[str, int, int], object] = lambda _step, _done, _total: None


@dataclass(slots=True)
class Outcome:
    """`lines` are those the ledger got, `known` the ideas that were here already."""

    ideas: int = 0
    known: int = 0
    opinions: int = 0
    lines: int = 0
    exposed_days: int = 0
    bad: int = 0
    _watch: Watch = field(default_factory=Watch)

    @property
    def is_change(self) -> bool:
        return bool(self.ideas or self.lines or self.exposed_days)

    def good(self, items: Iterable[tuple[int, T] | BadLine]) -> Iterator[tuple[int, T]]:
        """Pass on what can be used; tell and count the rest."""
        for item in items:
            if isinstance(item, BadLine):
                self.refuse(item)
            else:
                yield item

    def refuse(self, line: BadLine) -> None:
        self.bad += 1
        self._watch.bad_line(line)


def check_table(path: Path, *, columns: Columns) -> Iterator[BadLine]:
    """Yield what an import would skip; nothing is written."""
    yield from _bad(_table_ideas(path, columns, Watch()))


def check_polis(folder: Path) -> Iterator[BadLine]:
    """Yield what an import would skip; nothing is written."""
    statements: set[str] = set()
    for item in _statements(folder, Watch()):
        if isinstance(item, BadLine):
            yield item
        else:
            statements.add(item[1].external_id)
    for opinion in _opinions(folder, Watch()):
        if isinstance(opinion, BadLine):
            yield opinion
        elif opinion[1].statement not in statements:
            yield _no_statement(*opinion)


def import_table(path: Path, *, board: Board, columns: Columns, source: str, language: str, watch: Watch) -> Outcome:
    """Bring the ideas of a CSV file onto a board.

    Args: `source` and the file's ids say which ideas are here already; `language` of rows that name none, by default
        the board's.
    Raises: FileUnusable, ImportRunning.
    """
    outcome = Outcome(_watch=watch)
    origin = f"{source}@{board.slug}"
    with _alone(origin):
        rows = outcome.good(_table_ideas(path, columns, watch))
        for chunk in _chunks(rows, most=IDEAS_PER_COMMIT):
            _import_table_ideas([row for _line, row in chunk], board, origin, language or board.language, outcome)
        _tell(board, origin, outcome)
    return outcome


def import_polis(folder: Path, *, board: Board, language: str, watch: Watch) -> Outcome:
    """Bring a Polis conversation onto a board that allows −1: statements, votes, and passes as exposures.

    Raises: FileUnusable, ImportRunning.
    """
    outcome = Outcome(_watch=watch)
    people = polis.source_of(folder)
    origin = f"{people}@{board.slug}"
    with _alone(origin), staging():
        for statements in _chunks(outcome.good(_statements(folder, watch)), most=IDEAS_PER_COMMIT):
            _import_statements([row for _line, row in statements], board, people, origin, language, outcome)
        for opinions in _chunks(outcome.good(_opinions(folder, watch)), most=VOTES_PER_COMMIT):
            _stage_opinions(opinions, people, origin, outcome)
        given = 0
        for votes in staged_votes(VOTES_PER_COMMIT):
            outcome.lines += record_past_votes(votes)
            watch.progress(_("votes"), given := given + len(votes), outcome.opinions)
        for counts in staged_passes(VOTES_PER_COMMIT):
            outcome.exposed_days += raise_exposures(counts)
        _tell(board, origin, outcome)
    return outcome


def _table_ideas(path: Path, columns: Columns, watch: Watch) -> Iterator[tuple[int, TableIdea] | BadLine]:
    return parsed(_rows(path, watch), lambda values: idea_of(values, columns))


def _statements(folder: Path, watch: Watch) -> Iterator[tuple[int, polis.Statement] | BadLine]:
    return parsed(_rows(folder / polis.COMMENTS, watch), polis.statement_of)


def _opinions(folder: Path, watch: Watch) -> Iterator[tuple[int, polis.Opinion] | BadLine]:
    return parsed(_rows(folder / polis.VOTES, watch), polis.opinion_of)


def _rows(path: Path, watch: Watch) -> Iterator[Row | BadLine]:
    size = path.stat().st_size
    return read_rows(path, on_bytes=lambda position: watch.progress(path.name, position, size))


def _bad(items: Iterable[tuple[int, T] | BadLine]) -> Iterator[BadLine]:
    return (item for item in items if isinstance(item, BadLine))


def _no_statement(line: int, opinion: polis.Opinion) -> BadLine:
    return BadLine(polis.VOTES, line, f"there is no statement {opinion.statement}")


@transaction.atomic
def _import_table_ideas(rows: list[TableIdea], board: Board, origin: str, language: str, outcome: Outcome) -> None:
    with translation.override(board.language):
        nobody = Named("", name=_("Imported"))
    authors = [_author(row, nobody) for row in rows]
    people = people_for_contacts(authors, source=short_slug(f"csv-{board.slug}"))
    now = timezone.now()
    drafts = [
        Draft(
            external_id=row.external_id,
            author=people[author.external_id],
            title=row.title,
            body=row.body,
            language=row.language or language,
            created_at=row.created_at or now,
            status=row.status,
            tags=row.tags,
            votes_elsewhere=row.votes,
            url=row.url,
        )
        for row, author in zip(rows, authors, strict=True)
    ]
    _count(outcome, len(drafts), import_ideas(board, source=origin, drafts=drafts))


def _author(row: TableIdea, nobody: Named) -> Named:
    if row.author_email or row.author_name:
        return Named(row.author_email or row.author_name, email=row.author_email, name=row.author_name)
    return nobody


@transaction.atomic
def _import_statements(
    statements: list[polis.Statement], board: Board, people_source: str, origin: str, language: str, outcome: Outcome
) -> None:
    people = people_for_contacts((Named(each.author) for each in statements), source=people_source)
    drafts = []
    for each in sorted(statements, key=lambda each: each.at):
        title, body = title_and_body(each.text)
        drafts.append(
            Draft(
                external_id=each.external_id,
                author=people[each.author],
                title=title,
                body=body,
                language=language or board.language,
                created_at=each.at,
                is_hidden=each.is_hidden,
            )
        )
    _count(outcome, len(drafts), import_ideas(board, source=origin, drafts=drafts))


@transaction.atomic
def _stage_opinions(
    opinions: list[tuple[int, polis.Opinion]], people_source: str, origin: str, outcome: Outcome
) -> None:
    ideas = known_origins(origin, [*{opinion.statement for _line, opinion in opinions}])
    people = people_for_contacts((Named(opinion.voter) for _line, opinion in opinions), source=people_source)
    rows: list[Staged] = []
    for line, opinion in opinions:
        if idea := ideas.get(opinion.statement):
            rows.append((idea, people[opinion.voter], opinion.value, opinion.at, line))
        else:
            outcome.refuse(_no_statement(line, opinion))
    stage(rows)
    outcome.opinions += len(rows)


def _count(outcome: Outcome, given: int, new: int) -> None:
    outcome.ideas += new
    outcome.known += given - new


def _chunks(items: Iterable[T], *, most: int) -> Iterator[list[T]]:
    """Yield lists of at most `most`, and at least one a second where there is something."""
    chunk: list[T] = []
    due = time.monotonic() + COMMIT_EVERY_SECONDS
    for item in items:
        chunk.append(item)
        if len(chunk) >= most or time.monotonic() >= due:
            yield chunk
            chunk = []
            due = time.monotonic() + COMMIT_EVERY_SECONDS
    if chunk:
        yield chunk


@contextmanager
def _alone(origin: str) -> Iterator[None]:
    """Keep a second import from the same source out. One that was killed is waited for until the server notices.

    Raises: ImportRunning.
    """
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SET LOCAL lock_timeout = '10s'")
                cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"import {origin}"])
        except OperationalError as error:
            raise ImportRunning from error
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"import {origin}"])


def _tell(board: Board, origin: str, outcome: Outcome) -> None:
    """One event stands for all that an import brought, so that it causes no storm of mails."""
    if outcome.is_change:
        data = {"source": origin, "ideas": outcome.ideas, "votes": outcome.lines, "bad_lines": outcome.bad}
        record("board.imported", subject_type="board", subject_id=board.pk, data=data)
