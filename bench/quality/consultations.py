"""Real consultations as Polis exports them, read by the product's own importer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from votes.imports.polis import COMMENTS, VOTES, Opinion, Statement, opinion_of, statement_of
from votes.imports.reading import BadLine, parsed, read_rows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Consultation:
    """Statements that moderation let stand, in the order they were posted, and the opinions on them, by time."""

    name: str
    statements: list[Statement]
    opinions: list[Opinion]

    @property
    def begins_at(self) -> datetime:
        return min(self.statements[0].at, self.opinions[0].at)


def consultations(folder: Path) -> list[Consultation]:
    """Return all consultations below `folder`, sorted by name."""
    return [read_consultation(path.parent) for path in sorted(folder.glob(f"*/{VOTES}"))]


def read_consultation(folder: Path) -> Consultation:
    statements = [item for item in _good(parsed(read_rows(folder / COMMENTS), statement_of)) if not item.is_hidden]
    shown = {item.external_id for item in statements}
    opinions = [item for item in _good(parsed(read_rows(folder / VOTES), opinion_of)) if item.statement in shown]
    by_time = sorted(opinions, key=lambda item: item.at)  # stable: then by line
    return Consultation(folder.name, sorted(statements, key=lambda item: item.at), by_time)


def _good(items: Iterable[tuple[int, T] | BadLine]) -> Iterator[T]:
    for item in items:
        if not isinstance(item, BadLine):
            yield item[1]
