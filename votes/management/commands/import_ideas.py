import re
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from accounts.models import Language
from common.errors import DomainError
from ideas.models import Board
from ideas.services.boards import make_public_board
from ideas.texts import clean_language
from votes.imports import polis
from votes.imports.ideas_csv import FIELDS, Columns, columns_of
from votes.imports.reading import BadLine, FileUnusable, read_header
from votes.services import fold_and_follow
from votes.services.imports import ImportRunning, Outcome, Watch, check_polis, check_table, import_polis, import_table


class Command(BaseCommand):
    help = (
        "Bring in ideas, and votes where there are any, from another system. May be repeated and interrupted: "
        "what is here already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a CSV file, or the folder of a Polis export")
        parser.add_argument("--board", required=True, help="short name of the board; it is made when missing")
        parser.add_argument(
            "--board-name", default="", help="of a board that is made; by default the file's or topic's"
        )
        parser.add_argument("--format", required=True, choices=("polis", "csv"))
        parser.add_argument("--strict", action="store_true", help="write nothing when a single line is bad")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            type=_pair,
            metavar="THEIRS=OURS",
            help=f"csv: which column is what, of {', '.join(FIELDS)}; THEIRS= leaves a column out",
        )
        parser.add_argument("--language", default="", help="of the ideas; by default the board's")
        parser.add_argument("--source", default="csv", help="csv: names the system whose ids the file has")
        parser.add_argument("--portal", default="", help="of a board that is made; by default the first portal")
        parser.add_argument("--team", default="", help="owner of a board that is made; by default the first team")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = self._import(options)
        except (FileUnusable, ImportRunning, DomainError) as error:
            raise CommandError(getattr(error, "message", error)) from error
        fold_and_follow()
        self.stdout.write(_summary(outcome))

    def _import(self, options: dict[str, Any]) -> Outcome:
        path: Path = options["path"]
        language = clean_language(options["language"]) if options["language"] else ""
        if options["format"] == "polis":
            polis.check_folder(path)
            self._refuse(check_polis(path) if options["strict"] else ())
            board = self._board(options, polis.topic_of(path), allows_down_votes=True)
            with _watching(self) as watch:
                return import_polis(path, board=board, language=language, watch=watch)
        columns = columns_of(read_header(path), dict(options["map"]))
        self._name_ignored(columns)
        self._refuse(check_table(path, columns=columns) if options["strict"] else ())
        board = self._board(options, path.stem)
        with _watching(self) as watch:
            return import_table(
                path, board=board, columns=columns, source=options["source"], language=language, watch=watch
            )

    def _refuse(self, bad_lines: Iterable[BadLine]) -> None:
        count = 0
        for line in bad_lines:
            self.stderr.write(str(line), self.style.WARNING)
            count += 1
        if count:
            raise CommandError(f"{_count(count, 'bad line')}; nothing was written.")

    def _name_ignored(self, columns: Columns) -> None:
        if columns.ignored:
            self.stderr.write(f"Columns that are not imported: {', '.join(columns.ignored)}", str)

    def _board(self, options: dict[str, Any], name: str, *, allows_down_votes: bool = False) -> Board:
        """Return the board, made when missing.

        Raises: CommandError for one that cannot take the votes.
        """
        board = Board.objects.filter(slug=options["board"]).first()
        if board is None:
            board = make_public_board(
                _slug(options["board"]),
                name=options["board_name"] or name,
                language=Language.GERMAN if options["language"] == "de" else Language.ENGLISH,
                portal=options["portal"],
                team=options["team"],
                allows_down_votes=allows_down_votes,
            )
            self.stderr.write(f"Made the public board “{board.name}” ({board.slug}).", str)
            return board
        if allows_down_votes and not board.allows_down_votes:
            raise CommandError(f"The board “{board.slug}” allows no votes against, and the conversation has some.")
        return board


class _Bars:
    """One bar per step; nothing where nobody watches."""

    def __init__(self) -> None:
        self._step = ""
        self._bar: tqdm[Any] | None = None

    def show(self, step: str, done: int, total: int) -> None:
        if self._bar is None or step != self._step:
            self.close()
            self._step, self._bar = step, tqdm(desc=step, total=total, unit_scale=True, disable=None)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


@contextmanager
def _watching(command: BaseCommand) -> Iterator[Watch]:
    bars = _Bars()

    def bad_line(line: BadLine) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            command.stderr.write(str(line), command.style.WARNING)

    try:
        yield Watch(bad_line=bad_line, progress=bars.show)
    finally:
        bars.close()


def _pair(text: str) -> tuple[str, str]:
    theirs, sign, ours = text.rpartition("=")
    if not sign or not theirs:
        raise ArgumentTypeError(f"“{text}” does not look like THEIRS=OURS")
    return theirs.strip(), ours.strip()


def _slug(text: str) -> str:
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,60}", text):
        raise CommandError(f"“{text}” cannot be a board's short name: letters, digits, hyphens, at most 60.")
    return text


def _summary(outcome: Outcome) -> str:
    parts = [f"{_count(outcome.ideas, 'idea')} imported", f"{outcome.known:,} already there"]
    if outcome.opinions:
        parts += [f"{_count(outcome.opinions, 'vote')} read", f"{_count(outcome.lines, 'ledger line')} written"]
    parts.append(f"{_count(outcome.bad, 'bad line')} skipped")
    return f"{', '.join(parts)}."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{pluralize(number)}"
