"""Ideas in a table: which column is which, and what a row says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common.text import clean_line
from ideas.status import Status
from ideas.texts import clean_body, clean_language, clean_tags, clean_title
from votes.imports.reading import FileUnusable, LineError, identifier
from votes.imports.texts import as_markdown, moment, title_and_body

REQUIRED = ("external_id", "title")
OPTIONAL = ("body", "language", "status", "tags", "author_name", "author_email", "created_at", "url", "votes")
FIELDS = REQUIRED + OPTIONAL
URL_LENGTH = 500
NAME_LENGTH = 80
MOST_VOTES = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Columns:
    """`names`: our field by the file's column; `ignored`: the columns that are nothing of ours."""

    names: Mapping[str, str]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableIdea:
    """One row; what it leaves open is empty or None."""

    external_id: str
    title: str
    body: str
    language: str
    status: str
    tags: tuple[str, ...]
    author_name: str
    author_email: str
    created_at: datetime | None
    url: str
    votes: int | None


def columns_of(header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Find our fields in a header: by `mapping` (theirs → ours, empty: none of ours), else by name.

    >>> columns = columns_of(["Nr", "Title", "Ward"], {"Nr": "external_id"})
    >>> columns.names, columns.ignored
    ({'Nr': 'external_id', 'Title': 'title'}, ('Ward',))

    Raises: FileUnusable.
    """
    if unknown := [theirs for theirs in mapping if theirs not in header]:
        raise FileUnusable(f"the file has no column “{unknown[0]}”; it has {', '.join(header)}")
    if wrong := [ours for ours in mapping.values() if ours and ours not in FIELDS]:
        raise FileUnusable(f"“{wrong[0]}” is none of our fields: {', '.join(FIELDS)}")
    named = [ours for ours in mapping.values() if ours]
    if twice := [ours for ours in named if named.count(ours) > 1]:
        raise FileUnusable(f"two columns are mapped to {twice[0]}")
    found = {theirs: ours for theirs, ours in mapping.items() if ours}
    for theirs in header:
        if theirs not in mapping and (ours := theirs.lower()) in FIELDS and ours not in found.values():
            found[theirs] = ours
    if missing := [ours for ours in REQUIRED if ours not in found.values()]:
        raise FileUnusable(f"no column for {missing[0]}; name it with --map theirs={missing[0]}: {', '.join(header)}")
    return Columns(found, tuple(theirs for theirs in header if theirs and theirs not in found))


def idea_of(values: Mapping[str, str], columns: Columns) -> TableIdea:
    """Raises: LineError, Invalid."""
    given = dict.fromkeys(FIELDS, "") | {ours: values[theirs].strip() for theirs, ours in columns.names.items()}
    title, body = title_and_body(given["title"], as_markdown(given["body"]))
    return TableIdea(
        external_id=identifier(given["external_id"], "external_id"),
        title=clean_title(title),
        body=clean_body(body),
        language=clean_language(given["language"]) if given["language"] else "",
        status=_status(given["status"]),
        tags=tuple(clean_tags([tag for tag in re.split(r"[,;|]", given["tags"]) if tag.strip()])),
        author_name=clean_line(given["author_name"], field="author_name", max_length=NAME_LENGTH),
        author_email=_email(given["author_email"]),
        created_at=moment(given["created_at"]) if given["created_at"] else None,
        url=_url(given["url"]),
        votes=_votes(given["votes"]),
    )


def _status(text: str) -> str:
    """Accept our names in any spelling; nothing said is open."""
    name = re.sub(r"[\s-]+", "_", text.lower()) or Status.OPEN
    if name not in Status.values:
        raise LineError(f"“{text[:40]}” is not a status: {', '.join(Status.values)}")
    return name


def _email(text: str) -> str:
    try:
        if text:
            validate_email(text)
    except ValidationError:
        raise LineError(f"“{text[:40]}” is not an e-mail address") from None
    return text.lower()


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if text and not (parts.scheme in {"http", "https"} and parts.netloc and len(text) <= URL_LENGTH):
        raise LineError(f"“{text[:40]}” is not a web address")
    return text


def _votes(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,10}(\.0+)?", text) or float(text) > MOST_VOTES:
        raise LineError(f"“{text[:40]}” is not a number of votes")
    return int(float(text))
