"""The export of a Polis conversation: statements in `comments.csv`, opinions in `votes.csv`."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from votes.imports.reading import FileUnusable, LineError, identifier, read_header
from votes.imports.texts import moment_of_milliseconds, short_slug

COMMENTS, VOTES = "comments.csv", "votes.csv"
COLUMNS = {
    COMMENTS: {"timestamp", "comment-id", "author-id", "moderated", "comment-body"},
    VOTES: {"timestamp", "comment-id", "voter-id", "vote"},
}
HIDDEN = "-1"


@dataclass(frozen=True, slots=True)
class Statement:
    external_id: str
    author: str
    text: str
    is_hidden: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """`value`: 1 agree, −1 disagree, 0 pass."""

    statement: str
    voter: str
    value: int
    at: datetime


def check_folder(folder: Path) -> None:
    """Raises: FileUnusable unless both files are there with the columns we read."""
    if not folder.is_dir():
        raise FileUnusable(f"{folder} is not a folder; a Polis export has {COMMENTS} and {VOTES} in one")
    for name, columns in COLUMNS.items():
        if missing := columns - set(read_header(folder / name)):
            raise FileUnusable(f"{folder / name}: no column {', '.join(sorted(missing))}")


def source_of(folder: Path) -> str:
    """Name the conversation after its folder, short enough to stand in a contact.

    >>> source_of(Path("exports/brexit-consensus"))
    'polis-brexit-consensus'
    """
    return short_slug(f"polis-{folder.resolve().name}")


def topic_of(folder: Path) -> str:
    """Return what the conversation was about, or the folder's name."""
    name = folder.resolve().name
    try:
        with (folder / "summary.csv").open(encoding="utf-8-sig", newline="") as lines:
            return dict(row[:2] for row in csv.reader(lines) if len(row) > 1).get("topic", "").strip() or name
    except (OSError, ValueError, csv.Error):
        return name


def statement_of(values: Mapping[str, str]) -> Statement:
    """Raises: LineError."""
    if not values["comment-body"].strip():
        raise LineError("the statement is empty")
    return Statement(
        external_id=identifier(values["comment-id"], "comment-id"),
        author=identifier(values["author-id"], "author-id"),
        text=values["comment-body"],
        is_hidden=values["moderated"].strip() == HIDDEN,
        at=moment_of_milliseconds(values["timestamp"]),
    )


def opinion_of(values: Mapping[str, str]) -> Opinion:
    """Raises: LineError."""
    if values["vote"] not in {"1", "-1", "0"}:
        raise LineError(f"“{values['vote'][:20]}” is not a vote (1, -1 or 0)")
    return Opinion(
        statement=identifier(values["comment-id"], "comment-id"),
        voter=identifier(values["voter-id"], "voter-id"),
        value=int(values["vote"]),
        at=moment_of_milliseconds(values["timestamp"]),
    )
