"""Read the rows of a CSV file of unknown make, one at a time, so that a bad line costs no other."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import TypeVar, cast

from common.errors import Invalid

RECORD_LENGTH = 500_000  # characters; a record that is longer has a quote that was never closed
ID_LENGTH = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One record; `line` is where it begins, from 1, and `values` are by the header's names."""

    file: str
    line: int
    values: Mapping[str, str]


class LineError(Exception):
    """What is wrong with a row, in a few words."""


class FileUnusable(Exception):
    """The file as a whole cannot be read; the message says why."""


class _Feed:
    """The lines of a file, which can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = enumerate(lines, start=1)
        self._returned: deque[tuple[int, str]] = deque()
        self.taken: list[tuple[int, str]] = []
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._length > RECORD_LENGTH:
            raise csv.Error("a quote is never closed")
        number, line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append((number, line))
        self._length += len(line)
        return line

    def begin(self) -> None:
        """Take what was given as used."""
        self.taken.clear()
        self._length = 0

    def keep_first(self) -> None:
        """Give all lines back but the first that was taken since `begin`."""
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    @property
    def line(self) -> int:
        """Where the record begins that is being read."""
        return self.taken[0][0] if self.taken else 0


def read_header(path: Path) -> list[str]:
    """Raises: FileUnusable."""
    with _opened(path) as lines:
        return _header(path, lines)[0]


def read_rows(path: Path, *, on_bytes: Callable[[int], object] = lambda _position: None) -> Iterator[Row | BadLine]:
    """Yield the records of a file with a header: comma or semicolon, with or without a byte order mark.

    A record with a broken quote costs its first line; reading goes on behind it.

    Args: `on_bytes` hears now and then how far the file is read.
    Raises: FileUnusable.
    """
    with _opened(path) as lines:
        raw = cast("BufferedReader", lines.buffer)
        names, delimiter, header_lines = _header(path, lines)
        feed = _Feed(lines)
        for line, values in _records(feed, delimiter):
            on_bytes(raw.tell())
            if problem := values if isinstance(values, str) else _problem(values, names):
                yield BadLine(path.name, header_lines + line, problem)
            else:
                yield Row(path.name, header_lines + line, dict(zip(names, values, strict=True)))


def parsed(rows: Iterable[Row | BadLine], parse: Callable[[Mapping[str, str]], T]) -> Iterator[tuple[int, T] | BadLine]:
    """Yield (line, `parse(values)`), and a BadLine for what `parse` refuses."""
    for row in rows:
        if isinstance(row, BadLine):
            yield row
            continue
        try:
            yield row.line, parse(row.values)
        except LineError as error:
            yield BadLine(row.file, row.line, str(error))
        except Invalid as error:
            yield BadLine(row.file, row.line, f"{error.field}: {error.message}")


def identifier(text: str, field: str) -> str:
    """Raises: LineError for an id that is missing or too long."""
    text = text.strip()
    if not text:
        raise LineError(f"{field} is missing")
    if len(text) > ID_LENGTH:
        raise LineError(f"{field} has more than {ID_LENGTH} characters")
    return text


def _opened(path: Path) -> TextIOWrapper:
    try:
        # What is no UTF-8 becomes lone surrogates, found again row by row.
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise FileUnusable(f"{path}: {error.strerror}") from error


def _header(path: Path, lines: Iterable[str]) -> tuple[list[str], str, int]:
    """Return the names, the delimiter and the number of lines the header takes."""
    feed = _Feed(lines)
    try:
        first = next(line for line in feed if line.strip())
        delimiter = max(",;", key=re.sub(r'"[^"]*"', "", first).count)
        names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter, strict=True))]
    except (StopIteration, csv.Error):
        raise FileUnusable(f"{path}: there is no header line") from None
    if problem := _unreadable(names):
        raise FileUnusable(f"{path}: the header has {problem}")
    if twice := {name for name in names if name and names.count(name) > 1}:
        raise FileUnusable(f"{path}: the header names {', '.join(sorted(twice))} more than once")
    return names, delimiter, len(feed.taken)


def _records(feed: _Feed, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield (line, values), and (line, reason) for what is no record."""
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            feed.keep_first()
            yield feed.line, f"not readable as CSV: {error}"
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            continue
        if values:
            yield feed.line, values


def _problem(values: list[str], names: list[str]) -> str:
    if len(values) != len(names):
        return f"{len(values)} columns, the header has {len(names)}"
    problem = _unreadable(values)
    return f"there is {problem}" if problem else ""


def _unreadable(values: list[str]) -> str:
    text = "".join(values)
    if "\x00" in text:
        return "a NUL character"
    if not text.isascii() and any("\udc80" <= sign <= "\udcff" for sign in text):
        return "text that is not UTF-8"
    return ""
