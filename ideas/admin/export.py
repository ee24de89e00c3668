"""The filtered list as CSV, a chunk of rows at a time: the answer begins at once and memory does not grow."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from ideas.links import idea_url
from ideas.models import Idea

CHUNK = 500
COLUMNS = (
    *("id", "url", "board", "status", "title", "votes", "votes_for", "votes_against", "comments"),
    *("tags", "author", "assignee", "created_at", "response"),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """Return `value` as a text that no spreadsheet takes for a formula; numbers stay numbers.

    >>> safe_cell("=HYPERLINK(A1)")
    "'=HYPERLINK(A1)"
    >>> safe_cell(-3)
    '-3'
    """
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def csv_of(ideas: "QuerySet[Idea]") -> StreamingHttpResponse:
    """Answer with all of `ideas`, newest first."""
    day = timezone.localdate().isoformat()
    return StreamingHttpResponse(
        _lines(ideas),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="ideas-{day}.csv"', "Cache-Control": "no-store"},
    )


def _lines(ideas: "QuerySet[Idea]") -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)  # the mark by which Excel knows UTF-8
    for idea in _in_chunks(ideas):
        yield _line(_row(idea))


def _in_chunks(ideas: "QuerySet[Idea]") -> Iterator[Idea]:
    """Queries: one per CHUNK, each from the last id on, so that no transaction is held while somebody downloads."""
    ideas = ideas.order_by("-pk").defer("search", "body")
    ideas = ideas.select_related("board", "author", "assignee", "standing", "response")
    rows = list(ideas[:CHUNK])
    yield from rows
    while len(rows) == CHUNK:
        rows = list(ideas.filter(pk__lt=rows[-1].pk)[:CHUNK])
        yield from rows


def _row(idea: Idea) -> tuple[object, ...]:
    standing = idea.standing
    return (
        idea.public_id,
        idea_url(idea),
        idea.board.slug,
        idea.status,
        idea.title,
        standing.up - standing.down,
        standing.up,
        standing.down,
        standing.comments,
        ", ".join(idea.tags),
        idea.author.public_name,
        idea.assignee.public_name if idea.assignee else "",
        idea.created_at.isoformat(timespec="seconds"),
        idea.response.body if idea.response else "",
    )


def _line(cells: tuple[object, ...]) -> str:
    line = StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
